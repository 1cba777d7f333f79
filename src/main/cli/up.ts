import { Command } from 'commander';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import type { ServiceView } from '../../shared/services.ts';
import { startUpkeep } from '../app/history/upkeep-timer.ts';
import type { Services } from '../app/services.ts';
import { systemClock } from '../platform/clock.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { tellInterrupted } from './interrupted.ts';
import { aborted } from './interruption.ts';
import type { Output } from './output.ts';
import { createServiceReport } from './service-report.ts';
import type { Session } from './session.ts';

interface UpFlags {
  tunnel: boolean;
  demo?: boolean;
}

/**
 * `flowdeck up`: brings up G-Labs, then the tunnel, and keeps them up (behaviour.md §10). Ctrl-C or SIGTERM ends what
 * was started here and nothing else: exit 0, a second one no longer waits. Exit 5 when G-Labs cannot be brought up at
 * the start; a tunnel that cannot be is told, and G-Labs goes on without it.
 */
export const addUp: AddCommand = (work) =>
  new Command('up')
    .description(
      'starts (or adopts) G-Labs, then the tunnel; stays, and keeps them up; Ctrl-C stops what it started, and only that',
    )
    .option('--no-tunnel', 'G-Labs only')
    .option(
      '--demo',
      'the built-in simulator as G-Labs, as long as this goes on; the settings stay as they are',
    )
    .action((flags: UpFlags, command: Command) => work(command, (session) => up(session, flags)));

async function up(session: Session, flags: UpFlags): Promise<number> {
  const { output, flowdeck, interruption } = session;
  const { signal } = interruption();
  const { demo = false } = flags;
  const opened = await flowdeck();
  await tellInterrupted(session, opened, systemClock.now());
  const services = await opened.services({ demo });
  const report = createServiceReport(output, systemClock);
  const supervisor = watchSupervisor(services, output);
  const stopHearing = services.subscribe(({ service }) => {
    supervisor.look();
    report.hear(service);
  });
  const upkeep = startUpkeep((until) => opened.history.upkeep(until), systemClock, opened.onFault);
  try {
    supervisor.look();
    if (demo) assertDemoCanBe(services);
    const { glabs, tunnel } = services.view();
    report.hear(glabs);
    report.hear(tunnel);
    await unlessAborted(signal, bringUp(services, output, flags, 'fail'));
    await Promise.race([aborted(signal), supervisor.taken]);
    if (!signal.aborted) {
      // What the other one stopped when it ended is to be up here.
      await unlessAborted(signal, bringUp(services, output, flags, 'stay'));
      await aborted(signal);
    }
    return exitCodes.done;
  } finally {
    await upkeep.close();
    // Whatever services.onQuit says: what this command started is as short-lived as it is.
    await services.close({ keep: false });
    stopHearing();
  }
}

/** `otherwise`: whether a G-Labs that cannot be had is the end. At the beginning a person waits for it; later nobody does. */
async function bringUp(
  services: Services,
  output: Output,
  { tunnel, demo = false }: UpFlags,
  otherwise: 'fail' | 'stay',
): Promise<void> {
  try {
    await services.glabs.start();
    if (demo) assertIsDemo(services.glabs.view());
  } catch (error) {
    const failure = glabsFailure(error, services.glabs.view(), demo);
    // Stopped from a window meanwhile, or another Flowdeck's end came in between.
    if (failure.failure.code === 'interrupted') return;
    // One that another Flowdeck supervises is for that one to mend, and is worth watching.
    if (otherwise === 'fail' && (services.supervisor() === null || failure.failure.code === 'usage')) {
      showLastOutput(services.glabs.view(), output);
      throw failure;
    }
    output.note(failure.failure.message);
  }
  if (!tunnel) return;
  if (services.tunnel.view().tunnel?.mode === 'none') {
    output.note('There is no tunnel: tunnel.mode is none.');
    return;
  }
  try {
    await services.tunnel.start();
  } catch (error) {
    // Its state tells what is wrong and what to do. Runs on this machine do without a tunnel.
    if (!(error instanceof FlowdeckError) || error.failure.code === 'internal') throw error;
    if (error.failure.code === 'interrupted') return;
    output.note('G-Labs goes on without a tunnel. To try the tunnel again: flowdeck up in another terminal.');
  }
}

/** The work, or nothing when a person wants to stop before it is done; then its end is of no interest. */
const unlessAborted = (signal: AbortSignal, work: Promise<void>): Promise<void> =>
  Promise.race([
    work.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
    aborted(signal),
  ]);

/** Says whose the services are, at the start and when that changes. `taken`: another one's became this process' own. */
function watchSupervisor(services: Services, output: Output): { look(): void; taken: Promise<void> } {
  let known: number | null = null;
  const taken = Promise.withResolvers<void>();
  return {
    look: () => {
      const pid = services.supervisor();
      if (pid === known) return;
      if (pid === null) {
        output.note(`The Flowdeck that supervised (process ${known}) is gone. This one takes its place.`);
        taken.resolve();
      } else {
        output.note(
          `Another Flowdeck (process ${pid}) supervises this data folder. It is asked to start what is down; Ctrl-C here leaves its services alone.`,
        );
      }
      known = pid;
    },
    taken: taken.promise,
  };
}

/** What a person asked to be the demo must not be a G-Labs that is paid for. */
function assertDemoCanBe(services: Services): void {
  const pid = services.supervisor();
  const { state, demo } = services.glabs.view();
  if (pid === null || (state === 'ready' && demo)) return;
  throw fail('usage', `Another Flowdeck (process ${pid}) supervises this data folder, and not the demo.`, {
    cure: 'End that one first, or give --data-dir another folder.',
  });
}

function assertIsDemo({ demo, url }: ServiceView): void {
  if (demo) return;
  throw fail('usage', 'A real G-Labs answers here; the demo does not take its place.', {
    ...(url === null ? {} : { where: url }),
    cure: 'Leave --demo out to use it, or set glabs.url to a free port for the demo.',
  });
}

function glabsFailure(error: unknown, { state, url, problem }: ServiceView, demo: boolean): FlowdeckError {
  if (!(error instanceof FlowdeckError)) throw error;
  // Nothing was started although a start was wanted: the demo may not stand here.
  const refused = demo && state === 'unhealthy' && error.failure.code === 'backend-unreachable';
  if (!refused) return error;
  return fail('usage', 'The demo never stands where a real G-Labs was, nor on another machine.', {
    ...(url === null ? {} : { where: url }),
    cure: 'Set glabs.url to a free port of this machine for the demo, or give --data-dir another folder.',
    cause: problem?.message,
  });
}

/** The last lines the program printed, for who has to find out why it does not start. */
const LAST_LINES = 50;

function showLastOutput({ log, problem }: ServiceView, output: Output): void {
  const printed = log.filter(({ stream }) => stream !== 'note').slice(-LAST_LINES);
  if (problem === null || printed.length === 0) return;
  output.note(['Its last output:', ...printed.map(({ text }) => `  ${text}`)].join('\n'));
}
