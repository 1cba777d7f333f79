import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import { openDatabase } from './database.ts';
import { suspectFile } from './failures.ts';
import { mendDatabase } from './mend.ts';
import { migrations } from './migrations/list.ts';
import { fillDatabase, filled, mendDeps } from './testing/filled.ts';
import { type Rows, readPlainly } from './testing/read-plainly.ts';

const PAGE = 4096;
let folder: string;
let whole: Buffer;
let cases = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-random-'));
  fillDatabase(join(folder, 'whole.db'));
  whole = readFileSync(join(folder, 'whole.db'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Blow =
  | { what: 'flip'; at: number; bits: number }
  | { what: 'zero'; page: number; pages: number }
  | { what: 'cut'; at: number };

/** Where: anywhere, or in the first page, which holds the header and the schema. Shrinks towards the beginning. */
const share = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const blow: fc.Arbitrary<Blow> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('flip' as const),
      at: share,
      bits: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('flip' as const),
      at: share.map((where) => (where * PAGE) / 2_000_000),
      bits: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('zero' as const),
      page: share,
      pages: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('cut' as const), at: share }) },
);

function damaged(blows: readonly Blow[]): Buffer {
  let bytes: Buffer = Buffer.from(whole);
  for (const each of blows) {
    if (each.what === 'cut') bytes = bytes.subarray(0, Math.floor(each.at * bytes.length));
    else if (each.what === 'zero') {
      const from = Math.floor((each.page * bytes.length) / PAGE) * PAGE;
      bytes.fill(0, from, Math.min(bytes.length, from + each.pages * PAGE));
    } else if (bytes.length > 0) {
      const at = Math.floor(each.at * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ each.bits;
    }
  }
  return bytes;
}

/** Of these rows, those that a journal takes: a damaged byte may have made a state that is none. */
function acceptable(rows: Rows): Rows {
  const db = new Sqlite(':memory:');
  for (const migration of migrations) db.exec(migration);
  db.pragma('foreign_keys = OFF');
  const taken: Rows = new Map();
  for (const [id, text] of rows) {
    const row = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(row);
    try {
      db.prepare(`INSERT INTO journal (${names}) VALUES (${names.map(() => '?')})`).run(
        ...Object.values(row),
      );
      taken.set(id, text);
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError)) throw error;
    }
  }
  db.close();
  return taken;
}

/** Opens as a Flowdeck does, and reads the whole journal; on damage in the middle it ends, and another one starts. */
async function openAndRead(file: string): Promise<{ rows: Rows; aside: string | null } | 'newer'> {
  let aside: string | null = null;
  for (let start = 1; start <= 2; start++) {
    aside = (await mendDatabase(file, mendDeps))?.aside ?? aside;
    try {
      const db = openDatabase(file);
      try {
        const ids = Array.from({ length: filled.runs }, (_, i) => i).flatMap((i) => readRun(db, `r${i}`));
        expect(ids.length).toBeLessThanOrEqual(filled.journal);
      } finally {
        db.close();
      }
      return { rows: readPlainly(file, filled.journal), aside };
    } catch (error) {
      // Nothing but a failure with a cure, and none twice.
      if (!(error instanceof FlowdeckError) || start === 2) throw error;
      if (error.message.includes('newer Flowdeck')) return 'newer';
      expect(error.failure).toMatchObject({ code: 'folder', where: file });
      expect(existsSync(suspectFile(file))).toBe(true);
    }
  }
  throw new Error('It was damaged after it had been mended.');
}

const readRun = (db: ReturnType<typeof openDatabase>, run: string) =>
  Array.from({ length: 50 }, (_, i) => db.journal.ofNode(run, Number(run.slice(1)) + i * filled.runs)).flat();

/** Each case takes some tenths of a second; FLOWDECK_DAMAGES=500 tries that many. */
describe('whatever happens to the bytes of a database', () => {
  it('it opens as it was, or is set aside unchanged with every entry of the journal carried over that SQLite can read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(blow, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (blows, suspected) => {
          cases += 1;
          const file = join(folder, `${cases}.db`);
          const bytes = damaged(blows);
          writeFileSync(file, bytes);
          if (suspected) writeFileSync(suspectFile(file), '');
          const copy = join(folder, `${cases}.copy`);
          copyFileSync(file, copy);
          const expected = acceptable(readPlainly(copy, filled.journal));

          const outcome = await openAndRead(file);
          if (outcome === 'newer') {
            expect(bytes.readUInt32BE(60)).toBeGreaterThan(migrations.length);
            expect(readFileSync(file).equals(bytes)).toBe(true);
            return;
          }
          if (outcome.aside !== null) expect(readFileSync(outcome.aside).equals(bytes)).toBe(true);
          const missing = [...expected].filter(([id, row]) => outcome.rows.get(id) !== row);
          expect(missing).toEqual([]);
        },
      ),
      { numRuns: Number(process.env.FLOWDECK_DAMAGES ?? 12), endOnFailure: true },
    );
  }, 300_000);
});
