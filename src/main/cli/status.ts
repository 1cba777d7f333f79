import { Command } from 'commander';
import { ServiceView } from '../../shared/services.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import type { ServiceRecord } from '../db/service-state.ts';
import { type Clock, isoTime, systemClock } from '../platform/clock.ts';
import { stillRuns } from '../platform/process-identity.ts';
import { createProbe } from '../services/probe.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { runsTable } from './runs.ts';
import { glabsStatus, glabsText, type Saved, savedGlabs, tunnelStatus, tunnelText } from './status-words.ts';

const SavedView = ServiceView.omit({ log: true });

/**
 * `flowdeck status`: services, and the runs that go on. Asks, and changes nothing: of a service that is supervised what
 * its supervisor wrote last, else what answers now.
 */
export const addStatus: AddCommand = (work) =>
  new Command('status')
    .description('services, tunnel address, what is running')
    .action((_flags, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const opened = await flowdeck();
        const { db, runner } = opened;
        const saved = await savedView(db.serviceState.get('glabs'));
        const glabs = saved === null ? await lookAt(opened, systemClock) : savedGlabs(saved);
        const tunnel = tunnelStatus(
          await savedView(db.serviceState.get('tunnel')),
          db.tunnelAddresses.current(),
        );
        const runs = (await runner.recentRuns(20)).filter((run) => run.finishedAt === null);
        output.record({ type: 'status', glabs, tunnel, runs });
        output.text(glabsText(glabs));
        output.text(tunnelText(tunnel));
        output.text(runs.length === 0 ? 'No run is going on.' : runsTable(runs));
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

const LOOK_MS = 10_000;

async function lookAt({ settings }: Flowdeck, clock: Clock) {
  const url = settings.get('glabs.url');
  const outcome = await createProbe(() => clock.monotonic())(
    { url, healthPaths: settings.get('glabs.healthPaths') },
    AbortSignal.timeout(LOOK_MS),
  );
  return glabsStatus(outcome, url, isoTime(clock));
}
