import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startEdge } from '../../src/simulator/cloudflared/test-cloudflared.ts';
import { type Claim, figure } from '../claim.ts';
import { work } from '../processes.ts';
import { type Held, IdleResult, ProbesResult } from '../workers/idle-result.ts';

/** A minute: as often as the rarest of what is done at rest. */
const SECONDS = 60;
/** Let what a start leaves behind pass. */
const SETTLE_S = 10;
const MOST_RUNS = 2;
/** A pause of 2 s takes a few milliseconds: 10,000 probes are over in a minute or two. */
const PAUSES = 300;
const CLOCK = 30;
const LOOKS = [1000, 2500, 5000, 7500, 10_000];
/** Growth that is none: what code that runs for the first time leaves, and how well two looks agree. */
const SCATTER_MB = 1;
/** Connections that are under way in the moment of a look. */
const SCATTER_DESCRIPTORS = 3;

/** What supervision costs while nothing happens, and whether it keeps anything of it. */
export const idleClaim: Claim = {
  name: 'idle',
  async measure({ runs, scratch, say }) {
    const edge = await startEdge({ speed: 1 });
    const rests: IdleResult[] = [];
    try {
      for (let run = 1; run <= Math.min(runs, MOST_RUNS); run++) {
        say(`at rest, run ${run}`);
        const dataDir = await mkdtemp(join(scratch, 'idle-'));
        const input = { dataDir, edge: edge.url, env: edge.env(), settleS: SETTLE_S, seconds: SECONDS };
        rests.push(await work('idle.ts', input, IdleResult));
      }
    } finally {
      await edge.stop();
    }
    say(`${LOOKS.at(-1)} probes`);
    const dataDir = await mkdtemp(join(scratch, 'probes-'));
    const probes = await work(
      'probes.ts',
      { dataDir, pauses: PAUSES, clock: CLOCK, looks: LOOKS },
      ProbesResult,
    );
    const percent = (of: (rest: IdleResult) => number) => rests.map((rest) => 100 * of(rest));
    const growth = (of: (held: Held) => number | null): number[] => {
      const [first, last] = [probes.held[0], probes.held.at(-1)];
      if (!first || !last) return [Number.NaN];
      return [(of(last) ?? 0) - (of(first) ?? 0)];
    };
    return {
      name: 'idle',
      title: 'At rest, and 10,000 probes later',
      how: `The whole Flowdeck with its window side open and no page, G-Labs and the tunnel up and supervised (the simulators, as processes of their own); processor time of all threads over ${SECONDS} s. For the growth every pause is ${PAUSES} times shorter once both are up, and the clock ${CLOCK} times faster: those between the probes of G-Labs, the looks at the tunnel, and all that the window side does by itself. What is held is read at the pace of life, 9 s after the last hurried probe and after two full collections of garbage.`,
      figures: [
        figure(
          'both supervised, window side open: share of a core',
          '%',
          percent(({ upShare }) => upShare),
          0.5,
        ),
        figure(
          'of it with both stopped',
          '%',
          percent(({ downShare }) => downShare),
        ),
        figure(
          'heap that is held more after 10,000 probes than after 1,000',
          'MB',
          growth(({ heapMB }) => heapMB),
          SCATTER_MB,
        ),
        figure(
          'memory outside of the heap, likewise',
          'MB',
          growth(({ externalMB }) => externalMB),
          SCATTER_MB,
        ),
        figure(
          'open descriptors, likewise',
          '',
          growth(({ descriptors }) => descriptors),
          SCATTER_DESCRIPTORS,
        ),
        figure(
          'what Node waits for (sockets, timers), likewise',
          '',
          growth(({ resources }) => resources),
        ),
        figure('processor time a probe, with all else that goes on', 'ms', [probes.cpuMsEach]),
        figure('restarts meanwhile', '', [probes.restarts], 0),
      ],
      tables: [
        {
          title: `What is held (${probes.throughTunnel} of the probes went through the tunnel)`,
          columns: ['probes', 'heap MB', 'outside MB', 'resident MB', 'what Node waits for', 'descriptors'],
          rows: probes.held.map((held) => [
            held.probes,
            held.heapMB.toFixed(2),
            held.externalMB.toFixed(2),
            held.residentMB.toFixed(0),
            held.resources,
            held.descriptors ?? '',
          ]),
        },
      ],
      notes: [`A leak of ${Math.round((SCATTER_MB * 2 ** 20) / 9000)} bytes a probe would show.`],
    };
  },
};
