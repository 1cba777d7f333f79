import { dirname, join } from 'node:path';
import { FlowdeckError } from '../../shared/failure.ts';
import { writerOf } from '../platform/atomic-file.ts';
import type { RunState } from './run-state.ts';
import type { RunnerDeps } from './runner-deps.ts';

/**
 * Takes away the temporary files that processes left which were killed while they wrote, wherever a run of this workflow
 * writes. Those of a living one stay. A folder that cannot be looked through is told of, and keeps no run from going on.
 */
export async function removeLeftBehind(run: RunState, deps: RunnerDeps): Promise<void> {
  const { disk, db, self, isAlive } = deps;
  const { opened, planned, places } = run;
  const backup = db.backups.of(opened.path).find(({ path }) => path !== null);
  const folders = new Set([
    dirname(opened.path),
    planned.projectFolder,
    join(planned.projectFolder, 'Assets'),
    ...places.folders,
    ...(backup?.path ? [dirname(backup.path)] : []),
  ]);
  for (const folder of folders) {
    try {
      for (const name of await disk.list(folder)) {
        const writer = writerOf(name);
        if (writer === null || writer === self.pid || (await isAlive(writer, null))) continue;
        await disk.remove(join(folder, name));
      }
    } catch (error) {
      if (!(error instanceof FlowdeckError)) throw error;
      run.notice(`What an earlier process left in ${folder} cannot be removed: ${error.failure.message}`);
    }
  }
}
