import { basename, isAbsolute } from 'node:path';
import { FlowdeckError, fail } from '../../../shared/failure.ts';
import type { RunSummary } from '../../../shared/run-view.ts';
import type { DiffRef, DiffSide } from '../../../shared/workflow-diff.ts';
import type { Database } from '../../db/database.ts';
import { noWorkflow } from '../../history/backup.ts';
import { wholeContent } from '../../history/contents.ts';
import { type FindDeps, findBackup } from '../../history/find-backup.ts';
import { nameOf } from '../../history/lineage.ts';
import { runInput } from '../../history/run-input.ts';
import { realPlaceOf } from '../../platform/real-place.ts';

/** One side of a comparison, with its content. */
export interface SideContent {
  side: Omit<DiffSide, 'sha256'>;
  bytes: Uint8Array;
}

/** As much of an id as must be told at least. */
const SHORTEST = 8;

/**
 * Finds what is to be compared, and reads it. Rejects with `workflow-missing` where a file is not there, and with
 * `not-found` for an entry or a run that is not there, or whose content is gone.
 */
export async function readSide(ref: DiffRef, deps: FindDeps): Promise<SideContent> {
  switch (ref.of) {
    case 'file':
      return readFileSide(ref.path, deps);
    case 'entry': {
      // A line of the history that is a run has the id of that run: what it wrote.
      const run = runNamed(ref.id, deps.db);
      return run === null ? readEntry(ref.id, deps) : readOutput(run, deps);
    }
    case 'run': {
      const run = runNamed(ref.runId, deps.db);
      if (run === null) throw noRun(ref.runId);
      return ref.side === 'input' ? readInput(run, deps) : readOutput(run, deps);
    }
  }
}

/** By its id, or the beginning of it. Throws `usage` where that is the beginning of several. */
function runNamed(id: string, db: Database): RunSummary | null {
  const run = db.runs.known(id);
  if (run !== null || id.length < SHORTEST || !/^[\da-f-]+$/i.test(id)) return run?.summary ?? null;
  const [first, second] = db.runs.startingWith(id.toLowerCase());
  if (first !== undefined && second !== undefined) {
    throw fail('usage', `${id} is the beginning of more than one run.`, {
      where: id,
      cure: 'Name it in full: "flowdeck runs --json" has the ids.',
    });
  }
  return first?.summary ?? null;
}

async function readFileSide(path: string, { disk, folders }: FindDeps): Promise<SideContent> {
  const real = await realPlaceOf(path, disk);
  const facts = await folders.file(real);
  const bytes = await disk.read(real);
  if (bytes === null) throw noWorkflow(path);
  return { side: { label: labelOf(real), path: real, at: facts && iso(facts.mtimeMs) }, bytes };
}

async function readEntry(id: string, deps: FindDeps): Promise<SideContent> {
  const found = await findBackup(id, deps).catch((error: unknown) => {
    // Who names a workflow by its path wants the file.
    const missing = error instanceof FlowdeckError && error.failure.code === 'not-found';
    throw missing && isAbsolute(id) && /\.nbflow$/i.test(id) ? noWorkflow(id) : error;
  });
  const bytes = await found.read();
  if (bytes === null) throw gone(found.label, id);
  return { side: { label: found.label, path: await placeOf(found.path, deps), at: iso(found.at) }, bytes };
}

/** Where the copy lies, if it does. */
const placeOf = async (path: string | null, { folders }: FindDeps): Promise<string | null> =>
  path !== null && (await folders.file(path)) !== null ? path : null;

async function readInput(run: RunSummary, deps: FindDeps): Promise<SideContent> {
  const label = `input of the run of ${run.name}`;
  const backup = runInput(run, deps.db);
  if (backup === null) {
    throw fail('not-found', `What the run of ${run.name} began with is not kept any more.`, {
      where: `run ${run.runId}`,
      cure: 'Its backup was thinned, or the run ended before it took one. Compare with another backup.',
    });
  }
  const bytes = await wholeContent(backup, deps);
  if (bytes === null) throw gone(label, backup.id);
  return { side: { label, path: await placeOf(backup.path, deps), at: run.startedAt }, bytes };
}

async function readOutput(run: RunSummary, { disk }: FindDeps): Promise<SideContent> {
  const where = `run ${run.runId}`;
  if (run.output === null) {
    throw fail('not-found', `The run of ${run.name} wrote no file of its own: its status is ${run.status}.`, {
      where,
      cure: 'Compare with the workflow as it is now.',
    });
  }
  const bytes = await disk.read(run.output);
  if (bytes === null) {
    throw fail(
      'not-found',
      `What the run of ${run.name} wrote is not there any more: ${basename(run.output)}.`,
      {
        where: run.output,
        cure: 'Put the file back, or compare with the workflow as it is now.',
      },
    );
  }
  return {
    side: { label: `output of the run of ${run.name}`, path: run.output, at: run.finishedAt },
    bytes,
  };
}

/** A copy in `backups/` is called as it is; a workflow by its name. */
const labelOf = (path: string): string => (/\.nbflow$/i.test(path) ? nameOf(path) : basename(path));

const iso = (at: number): string => new Date(at).toISOString();

const gone = (label: string, where: string) =>
  fail('not-found', `The content of ${label} is damaged or gone.`, {
    where,
    cure: '"flowdeck verify" says what is sound, and mends what it can.',
  });

const noRun = (runId: string) =>
  fail('not-found', `There is no run ${runId}.`, {
    where: runId,
    cure: '"flowdeck runs --json" lists the runs with their ids.',
  });
