import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packContent } from './backups.ts';
import { openDatabase } from './database.ts';

const workflows = ['/p/testing/a.nbflow', '/p/testing/b.nbflow', '/p/approved/c.nbflow', '/other/d.nbflow'];
const taken = fc.record({
  workflow: fc.constantFrom(...workflows),
  reason: fc.constantFrom('pre-run', 'pre-recovery', 'pre-wipe'),
  /** What else happens with it. */
  after: fc.constantFrom(
    'nothing',
    'nothing',
    'undo of a restore',
    'undo of a recovery',
    'restore without undo',
  ),
});

it('what is in use is the same whether all of a folder is asked for or one backup', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-proofs-'));
  const content = await packContent(Buffer.from('one'));
  let cases = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(taken, { maxLength: 25 }), async (all) => {
        cases += 1;
        const db = openDatabase(join(folder, `${cases}.db`));
        try {
          await db.commits.write(() => {
            for (const [n, { workflow, reason, after }] of all.entries()) {
              const id = `b${n}`;
              db.backups.put({ id, workflow, path: null, reason, origin: 'automatic', at: 0 }, content);
              const restore = {
                id,
                workflow,
                backupId: id,
                how: 'wiped',
                path: workflow,
                sha256: '',
                at: 0,
              } as const;
              if (after === 'undo of a restore') db.restores.insert({ ...restore, undoBackupId: id });
              if (after === 'restore without undo') db.restores.insert({ ...restore, undoBackupId: null });
              if (after === 'undo of a recovery')
                db.recoveries.put({
                  ...{ workflow, runId: null, step: 'after-care', action: null, appliedRunId: null },
                  ...{ undoBackupId: id, changedAt: 0 },
                });
            }
          });
          const oneByOne = all.map((_, n) => `b${n}`).filter((id) => db.proofs.isInUse(id));
          const inFolders = new Set([...db.proofs.inUse('/p'), ...db.proofs.inUse('/other')]);
          expect(new Set(oneByOne)).toEqual(inFolders);
          const last = all.findLastIndex(({ workflow }) => workflow === workflows[0]);
          if (last >= 0) expect(oneByOne).toContain(`b${last}`);
          expect(db.proofs.places('/p')).toEqual(
            all.flatMap(({ workflow }, n) => (workflow.startsWith('/p/') ? n + 1 : [])),
          );
        } finally {
          db.close();
        }
      }),
      { numRuns: 25 },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
