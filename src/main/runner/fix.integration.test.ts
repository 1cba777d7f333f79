import { writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { editWorkflow } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, openBench } from './test-support.ts';

let bench: Bench | null = null;
afterEach(() => bench?.close());

it('a repair starts from the file as it is once nobody else holds it', async () => {
  const b = await openBench({ server: 'http://127.0.0.1:9', fixture: 'broken/01-wrong-model.nbflow' });
  bench = b;
  const { lock } = b.deps;
  b.deps.lock = async (path, what) => {
    // A run that ended while we waited for the file has written to it.
    await writeFile(
      b.workflow,
      editWorkflow(await b.read(), [{ nodeId: 1, properties: { note: 'just written' } }]),
    );
    return lock(path, what);
  };
  const { fixed, backup, backupId } = await b.runner.fix(b.workflow);
  expect(backup).not.toBeNull();
  expect(fixed.length).toBeGreaterThan(0);
  // What Undo asks for by its id is the copy whose path was told.
  expect(b.deps.db.backups.find(backupId ?? '')?.path).toBe(backup);
  expect(parseWorkflow(await b.read(), b.workflow).nodes.get(1)?.properties.note).toBe('just written');
});
