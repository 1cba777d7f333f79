import { Command } from 'commander';
import { type ServiceName, ServiceView } from '../../shared/services.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import type { ServiceRecord } from '../db/service-state.ts';
import { type Clock, isoTime, systemClock } from '../platform/clock.ts';
import { stillRuns } from '../platform/process-identity.ts';
import { createProbe } from '../services/probe.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { tellInterrupted } from './interrupted.ts';
import { runsTable } from './runs.ts';
import { glabsStatus, glabsText, type Saved, savedGlabs, tunnelStatus, tunnelText } from './status-words.ts';
import { count } from './words.ts';

const SavedView = ServiceView.omit({ log: true });

/**
 * `flowdeck status`: services, and the runs that go on. Asks, and changes nothing: of a service that is supervised what
 * its supervisor wrote last, else what answers now.
 */
export const addStatus: AddCommand = (work) =>
  new Command('status')
    .description('services, tunnel address, what is running')
    .action((_flags, command: Command) =>
      work(command, async (session) => {
        const { output } = session;
        const opened = await session.flowdeck();
        const { db, runner } = opened;
        const saved = await savedView(db.serviceState.get('glabs'));
        const glabs = saved === null ? await lookAt(opened, systemClock) : savedGlabs(saved);
        const savedTunnel = await savedView(db.serviceState.get('tunnel'));
        const left = {
          glabs: saved === null ? await leftRunning(opened, 'glabs') : null,
          tunnel: savedTunnel === null ? await leftRunning(opened, 'tunnel') : null,
        };
        const tunnel = tunnelStatus(savedTunnel, db.tunnelAddresses.current());
        const runs = (await runner.recentRuns(20)).filter((run) => run.finishedAt === null);
        output.record({
          type: 'status',
          glabs: { ...glabs, pid: glabs.pid ?? left.glabs },
          tunnel: { ...tunnel, pid: tunnel.pid ?? left.tunnel },
          runs,
        });
        output.text(glabsText(glabs));
        if (left.glabs !== null) output.text(leftText(left.glabs));
        output.text(tunnelText(tunnel));
        if (left.tunnel !== null) output.text(leftText(left.tunnel));
        output.text(runs.length === 0 ? 'No run is going on.' : runsTable(runs));
        const damaged = db.proofs.withProblem().length;
        if (damaged > 0) output.text(damagedText(damaged));
        await tellInterrupted(session, opened, systemClock.now());
        return exitCodes.done;
      }),
    );

/** Null: nobody supervises it now, or one of another version does, whose words are not ours. */
async function savedView(record: ServiceRecord | null): Promise<Saved | null> {
  if (record === null || !(await stillRuns({ pid: record.ownerPid, startTime: record.ownerStarted })))
    return null;
  const view = SavedView.safeParse(JSON.parse(record.view)).data;
  return view === undefined ? null : { view, supervisor: record.ownerPid };
}

/** Process of a service that an earlier Flowdeck left running, on purpose or by its own sudden end. */
async function leftRunning({ db }: Flowdeck, service: ServiceName): Promise<number | null> {
  for (const child of db.serviceChildren.all().filter((each) => each.service === service)) {
    if (child.started !== null && (await stillRuns({ pid: child.pid, startTime: child.started })))
      return child.pid;
  }
  return null;
}

const damagedText = (damaged: number): string =>
  `${count(damaged, 'backup')} ${damaged === 1 ? 'is' : 'are'} damaged: "flowdeck verify" says which, and what can be done.`;

const leftText = (pid: number): string =>
  `  Process ${pid}, which Flowdeck started, runs on and nobody watches it. The next window or flowdeck up looks after it.`;

const LOOK_MS = 10_000;

async function lookAt({ settings }: Flowdeck, clock: Clock) {
  const url = settings.get('glabs.url');
  const outcome = await createProbe(() => clock.monotonic())(
    { url, healthPaths: settings.get('glabs.healthPaths') },
    AbortSignal.timeout(LOOK_MS),
  );
  return glabsStatus(outcome, url, isoTime(clock));
}
