import { Command } from 'commander';
import { ServiceView } from '../../shared/services.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import { systemClock } from '../platform/clock.ts';
import { stillRuns } from '../platform/process-identity.ts';
import { createProbe } from '../services/probe.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { runsTable } from './runs.ts';

/** What `status` says of G-Labs: as the process that supervises it sees it, else as it answers now. */
type GlabsStatus = Pick<
  ServiceView,
  'state' | 'pid' | 'url' | 'since' | 'restarts' | 'adopted' | 'demo' | 'problem'
> & { supervised: boolean };

const SavedView = ServiceView.omit({ log: true });

/** `flowdeck status`: services, and the runs that go on or ended last. Asks, and changes nothing. */
export const addStatus: AddCommand = (work) =>
  new Command('status')
    .description('services, tunnel address, what is running')
    .action((_flags, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const opened = await flowdeck();
        const glabs = await glabsStatus(opened);
        const runs = (await opened.runner.recentRuns(20)).filter((run) => run.finishedAt === null);
        // Nothing supervises a tunnel yet: it is down, and nobody asked for it.
        const tunnel = { state: 'stopped', url: null, revision: null, verifiedAt: null };
        output.record({ type: 'status', glabs, tunnel, runs });
        output.text(glabsWords(glabs));
        output.text('Tunnel: stopped');
        output.text(runs.length === 0 ? 'No run is going on.' : runsTable(runs));
        return exitCodes.done;
      }),
    );

async function glabsStatus({ db, settings }: Flowdeck): Promise<GlabsStatus> {
  const record = db.serviceState.get('glabs');
  if (record !== null && (await stillRuns({ pid: record.ownerPid, startTime: record.ownerStarted }))) {
    const { state, pid, url, since, restarts, adopted, demo, problem } = SavedView.parse(
      JSON.parse(record.view),
    );
    return { state, pid, url, since, restarts, adopted, demo, problem, supervised: true };
  }
  const url = settings.get('glabs.url');
  const probe = createProbe(() => systemClock.monotonic());
  const outcome = await probe(
    { url, healthPaths: settings.get('glabs.healthPaths') },
    AbortSignal.timeout(10_000),
  );
  const states = { up: 'ready', down: 'stopped', silent: 'unhealthy', foreign: 'foreign' } as const;
  return {
    state: states[outcome.kind],
    pid: null,
    url: outcome.kind === 'down' ? null : url,
    since: new Date(systemClock.now()).toISOString(),
    restarts: 0,
    adopted: outcome.kind === 'up',
    demo: outcome.demo,
    problem: null,
    supervised: false,
  };
}

function glabsWords({ state, url, pid, demo, supervised, problem }: GlabsStatus): string {
  const beside = [
    url,
    pid === null ? null : `pid ${pid}`,
    demo ? 'demo: nothing is real' : null,
    state !== 'stopped' && !supervised ? 'not started by Flowdeck' : null,
  ].filter(Boolean);
  const head = `G-Labs: ${state}${beside.length > 0 ? ` (${beside.join(', ')})` : ''}`;
  return problem === null ? head : `${head}\n  ${problem.message}\n  cure:  ${problem.cure}`;
}
