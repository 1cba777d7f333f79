import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, figure } from '../claim.ts';
import { work } from '../processes.ts';
import { ConsumersResult } from '../workers/consumers-result.ts';

const OF_EACH_KIND = 4;
/** Addresses told in one session; each session is a process of its own. */
const CHANGES = 4;
/** As long as a tunnel takes to come up: the threads that edit have started by then, as in earnest. */
const BRING_UP_S = 5;

/** How long the files of people lack a new address. */
export const consumersClaim: Claim = {
  name: 'consumers',
  async measure({ runs, scratch, say }) {
    const sessions: ConsumersResult[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const folder = await mkdtemp(join(scratch, 'consumers-'));
      const once = (session: number) =>
        work(
          'consumers.ts',
          { folder, session, bringUpS: BRING_UP_S, ofEachKind: OF_EACH_KIND, changes: CHANGES },
          ConsumersResult,
        );
      sessions.push(await once(1), await once(2));
    }
    const first = (of: (result: ConsumersResult) => number[]) =>
      sessions.flatMap((result) => of(result).slice(0, 1));
    const change = (of: (result: ConsumersResult) => number[]) =>
      sessions.flatMap((result) => of(result).slice(1));
    const told = change(({ confirmedMs }) => confirmedMs);
    const bare = change(({ bareMs }) => bareMs);
    return {
      name: 'consumers',
      title: `A new address into ${OF_EACH_KIND * 3} files`,
      how: `${OF_EACH_KIND} env files, ${OF_EACH_KIND} JSON files and ${OF_EACH_KIND} text files of a few KB, told by the address book with its database and its threads: each is locked, read, edited, what it was kept with a sync, replaced with a sync, read back, and its confirmation committed. Counted from the publishing of the address until all are confirmed; ${CHANGES} addresses one after the other in the session that meets the files first, and ${CHANGES} in the next one, a process of its own. Beside it, in turns, the same number of files with the same two synced writes each and nothing else.`,
      figures: [
        figure(`a new address, until all ${OF_EACH_KIND * 3} files are confirmed`, 'ms', told, 200),
        figure(
          'the first address of a session, by code that never ran',
          'ms',
          first(({ confirmedMs }) => confirmedMs),
          200,
        ),
        figure('the synced writes by themselves', 'ms', bare),
        figure(
          'against the synced writes, each pair',
          '×',
          told.map((ms, i) => ms / (bare[i] ?? Number.NaN)),
        ),
        figure(
          'processor time of Flowdeck, all threads',
          'ms',
          change(({ cpuMs }) => cpuMs),
        ),
        figure(
          'processor time of the first',
          'ms',
          first(({ cpuMs }) => cpuMs),
        ),
      ],
      tables: [],
      notes: [
        `The first one comes ${BRING_UP_S} s after the opening, as a tunnel takes that long. In the first session of a file it keeps twice as much: also what the file was before Flowdeck ever changed it.`,
      ],
    };
  },
};
