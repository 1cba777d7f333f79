import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, figure } from '../claim.ts';
import { work } from '../processes.ts';
import { type Fall, NoticingResult } from '../workers/noticing-result.ts';

/** A hang takes about 15 s each. */
const MOST_HANGS = 3;

/** How soon a G-Labs that ended, or hangs, is noticed, and how soon another one is healthy. */
export const noticingClaim: Claim = {
  name: 'noticing',
  async measure({ runs, scratch, say }) {
    const hangs = Math.min(runs, MOST_HANGS);
    say(`${runs} times it ends, ${hangs} times it hangs`);
    const dataDir = await mkdtemp(join(scratch, 'noticing-'));
    const result = await work('noticing.ts', { dataDir, exits: runs, hangs }, NoticingResult);
    const exits = (value: (fall: Fall) => number) => result.exits.map(value);
    return {
      name: 'noticing',
      title: 'A G-Labs that ends, or hangs',
      how: 'The whole Flowdeck supervises the simulator as a process of its own. It is killed with SIGKILL; or stopped with SIGSTOP right after it answered a probe, the worst moment: connections are still taken, nothing is answered. Counted from the signal until a listener, as the window is one, hears of it, and until it hears that the next process is healthy. Each from a fresh Start.',
      figures: [
        figure(
          'exit: noticed',
          'ms',
          exits(({ noticedMs }) => noticedMs),
          100,
        ),
        figure(
          'exit: healthy again, without the start time of G-Labs itself',
          'ms',
          exits(({ healthyMs, startMs }) => healthyMs - startMs),
          1000,
        ),
        figure(
          'of it until the new start is due: a pause of 400 to 600 ms, by chance',
          'ms',
          exits(({ dueMs }) => dueMs),
        ),
        figure(
          'the start time of G-Labs itself, until it says that it listens',
          'ms',
          exits(({ startMs }) => startMs),
        ),
        figure(
          'processor time of Flowdeck from the exit until healthy again',
          'ms',
          exits(({ cpuMs }) => cpuMs),
        ),
        figure(
          'hang: noticed',
          's',
          result.hangs.map(({ noticedMs }) => noticedMs / 1000),
          8,
        ),
        figure(
          'hang: healthy again',
          's',
          result.hangs.map(({ healthyMs }) => healthyMs / 1000),
        ),
      ],
      tables: [],
      notes: [
        'A process that hangs has 5 s to end by itself before it is ended by force; one that was stopped cannot.',
      ],
    };
  },
};
