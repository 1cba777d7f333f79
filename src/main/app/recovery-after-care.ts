import { basename } from 'node:path';
import type { RunOutcome } from '../../shared/domain.ts';
import { toFailure } from '../../shared/failure.ts';
import type { AfterCare, AfterCareDone, Diagnosis, RecoveryAction } from '../../shared/recovery.ts';
import { nextVersion, versionOf } from '../../shared/version.ts';
import type { RecoveryRow } from '../db/recoveries.ts';
import type { BackupDeps } from '../history/backup.ts';
import { findRegistry, registerVersion } from '../history/registry.ts';
import { trackerFolder, writeTracker } from '../history/tracker.ts';
import type { FileLocks } from '../platform/held-file.ts';
import { recoveryNote } from '../recovery/note.ts';
import type { Editing } from './editing.ts';
import type { AfterCareWish } from './recovery-api.ts';

export interface AfterCareDeps extends BackupDeps, FileLocks {
  editing: Pick<Editing, 'bump'>;
  /** The diagnosis by which the plan was carried out; null: another process did it. */
  decided(path: string): Diagnosis | null;
  /** How a run ended; null: it goes on, or is not known. */
  outcomeOf(runId: string): Promise<RunOutcome | null>;
}

/** Why the next version is in order after this, or is not (the manual: bump if you modified the source). Pure. */
export function bumpAdvice(
  action: RecoveryAction | null,
  fixed: boolean,
): { suggested: boolean; why: string } {
  if (fixed) return { suggested: true, why: 'The workflow was repaired.' };
  switch (action) {
    case 'wipe':
      return { suggested: true, why: 'Output was cleared and made anew.' };
    case 'restore':
      return { suggested: true, why: 'A backup was put back.' };
    case 'rebuild':
      return { suggested: true, why: 'Everything was made anew.' };
    case 'none':
    case 'export':
    case 'resume':
    case null:
      return { suggested: false, why: 'Nothing that was there was changed.' };
  }
}

/** What is worth doing after a recovery (behaviour.md §8): the next version, a note in the registry, the tracker. */
export function createAfterCare(deps: AfterCareDeps) {
  const { db, disk, editing } = deps;
  return {
    async suggest(workflow: string): Promise<AfterCare> {
      const name = nameOf(workflow);
      const row = db.recoveries.find(workflow);
      const version = versionIn(name);
      const next = version === null ? null : versionOf(nextVersion(name));
      return {
        bump: {
          ...bumpAdvice(row?.action ?? null, wasFixed(workflow, row)),
          from: version ?? name,
          to: next,
        },
        note: recoveryNote({
          version: version ?? name,
          diagnosis: deps.decided(workflow),
          action: row?.action ?? 'resume',
          outcome: row?.appliedRunId == null ? null : await deps.outcomeOf(row.appliedRunId),
        }),
        registry: await findRegistry(workflow, disk),
        tracker: await trackerFolder(workflow, disk),
      };
    },

    /** Each for itself: what cannot be done keeps nothing else from being done. */
    async carryOut(
      workflow: string,
      { bump, note, registry, tracker }: AfterCareWish,
    ): Promise<AfterCareDone> {
      const done: AfterCareDone = { path: null, movedTo: null, registry: null, tracker: [], problems: [] };
      const attempt = async (what: string, work: () => Promise<void>) => {
        try {
          await work();
        } catch (error) {
          const failure = toFailure(error);
          if (failure.code === 'internal') throw error;
          done.problems.push(
            `${what}: ${failure.message}${failure.cure === undefined ? '' : ` ${failure.cure}`}`,
          );
        }
      };
      if (bump) {
        await attempt('The next version was not made', async () => {
          const { path, movedTo, problems } = await editing.bump(workflow, {
            note: () => note,
            ownBooks: true,
          });
          done.path = path;
          done.movedTo = movedTo;
          done.problems.push(...problems);
        });
      }
      const now = done.path ?? workflow;
      if (registry) {
        await attempt('The registry was not written', async () => {
          const registered = await registerVersion(
            { workflow: now, version: versionOf(nameOf(now)), note, add: true },
            deps,
          );
          done.registry = registered?.registry ?? null;
        });
      }
      if (tracker) {
        await attempt('The tracker was not written', async () => {
          const { files, problems } = await writeTracker({ workflow: now, note }, deps);
          done.tracker = files;
          done.problems.push(...problems);
        });
      }
      const made = done.path === null ? null : db.versions.madeLast(done.path);
      if (made !== null && registry) {
        const books = done.registry === null ? 'refused' : 'written';
        await db.commits.write(() => db.versions.setBooks(made.id, books));
      }
      return done;
    },
  };

  /** `check --fix` since the run that was cut short. */
  function wasFixed(workflow: string, row: RecoveryRow | null): boolean {
    const since = row?.runId == null ? null : (db.runs.find(row.runId)?.summary.startedAt ?? null);
    if (since === null) return false;
    return db.backups.of(workflow).some(({ reason, at }) => reason === 'pre-fix' && at >= Date.parse(since));
  }
}

const nameOf = (workflow: string): string => basename(workflow).replace(/\.nbflow$/i, '');

/** Null: the name has none by the scheme. */
function versionIn(name: string): string | null {
  try {
    return versionOf(name);
  } catch (error) {
    if (toFailure(error).code === 'usage') return null;
    throw error;
  }
}
