import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { openDatabase } from '../../src/main/db/database.ts';
import type { CommitsResult } from './commits-result.ts';

// Writes to the journal as a run makes them, one after the other or several side by side, each a commit at FULL.

const Input = z.object({ folder: z.string(), writers: z.number(), writes: z.number() });
const { folder, writers, writes } = Input.parse(JSON.parse(process.argv[2] ?? ''));
const db = openDatabase(join(folder, `commits-${writers}.db`));
const waits: number[] = [];
await Promise.all(
  Array.from({ length: writers }, async (_, writer) => {
    for (let n = 0; n < writes / writers; n++) {
      const began = performance.now();
      await db.commits.write(() => db.setMark(`writer ${writer}`, `${n} ${'x'.repeat(400)}`));
      waits.push(performance.now() - began);
    }
  }),
);
db.close();
const result: CommitsResult = { waits };
process.stdout.write(`${JSON.stringify(result)}\n`);
