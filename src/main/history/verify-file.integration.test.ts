import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import { openDatabase } from '../db/database.ts';
import { mendDatabase } from '../db/mend.ts';
import { mendDeps } from '../db/testing/filled.ts';
import { systemClock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { takeBackup } from './backup.ts';
import type { Proof } from './verify.ts';
import { proveAll, sketchAll } from './verify-all.ts';

/** Damage to the database file itself, as a bad disk does it. */

let folder: string;
let whole: Buffer;
/** Every content by its hash. */
const contents = new Map<string, string>();
const file = () => join(folder, 'flowdeck.db');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-verify-'));
  const db = openDatabase(file());
  const workflow = join(folder, 'project', 'testing', 'XYZG3-V0-1.nbflow');
  const large = randomBytes(40_000).toString('hex');
  for (let n = 0; n < 12; n += 1) {
    const content = n % 3 === 0 ? `small ${n}` : `${large}${n}`;
    const { sha256 } = await takeBackup(workflow, Buffer.from(content), 'pre-run', {
      ...{ db, disk: nodeDisk, clock: systemClock },
    });
    contents.set(sha256, content);
  }
  db.close();
  whole = await readFile(file());
  await cp(join(folder, 'project'), join(folder, 'as it was'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Opens as a start of Flowdeck does, and verifies; on damage in the middle it ends, and another one starts. */
async function startAndVerify(): Promise<{ told: boolean; readable: number }> {
  let told = false;
  for (let start = 1; start <= 3; start += 1) {
    try {
      told = (await mendDatabase(file(), mendDeps)) !== null || told;
      const db = openDatabase(file());
      try {
        const proofs: Proof[] = [];
        const all = await sketchAll(null, db);
        await proveAll(all, { db, disk: nodeDisk, clock: systemClock }, (proof) => proofs.push(proof));
        told ||= proofs.length < contents.size || proofs.some(({ outcome }) => outcome !== 'sound');
        let readable = 0;
        for (const [sha256, content] of contents) {
          const kept = await db.backups.unpacked(sha256);
          if (kept !== null && Buffer.from(kept).toString() === content) readable += 1;
        }
        return { told, readable };
      } finally {
        db.close();
      }
    } catch (error) {
      // Nothing but a failure with a cure; the next start mends.
      if (!(error instanceof FlowdeckError)) throw error;
      expect(error.failure.cure).toBeDefined();
      told = true;
      if (error.message.includes('newer Flowdeck')) return { told, readable: 0 };
    }
  }
  throw new Error('It was damaged after it had been mended.');
}

/** Each case takes some tenths of a second; FLOWDECK_DAMAGES=500 tries that many. */
it('a flipped bit anywhere in the database is told, or every content is what it was', async () => {
  let outcomes = 0;
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 0.999_999, noNaN: true }), fc.nat(7), async (where, bit) => {
      const bytes = Buffer.from(whole);
      const at = Math.floor(where * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      for (const ending of ['', '-wal', '-shm', '.suspect']) await rm(`${file()}${ending}`, { force: true });
      await writeFile(file(), bytes);
      await rm(join(folder, 'project'), { recursive: true, force: true });
      await cp(join(folder, 'as it was'), join(folder, 'project'), { recursive: true });
      const { told, readable } = await startAndVerify();
      if (told) outcomes += 1;
      else expect(readable).toBe(contents.size);
    }),
    { numRuns: Number(process.env.FLOWDECK_DAMAGES ?? 15), endOnFailure: true },
  );
  // Most of the file are contents: a verification that told nothing would not come this far.
  expect(outcomes).toBeGreaterThan(0);
}, 300_000);
