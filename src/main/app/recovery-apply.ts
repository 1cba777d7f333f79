import type { RunOptions } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import { type Diagnosis, isStillRunning, type RecoveryPlan } from '../../shared/recovery.ts';
import type { RecoveryRow } from '../db/recoveries.ts';
import type { Runner, Salvage } from '../runner/runner-api.ts';
import type { Editing } from './editing.ts';
import type { Applied, RecoveryEvent, RecoveryWish } from './recovery-api.ts';

/** What is there just now. */
export interface Examined {
  /** Links resolved. */
  path: string;
  diagnosis: Diagnosis;
  /** As a run has to be asked for that goes on with it. */
  options: RunOptions;
  /** Every file and object that was found under the name of a candidate. */
  found: ReadonlySet<string>;
  /**
   * What was found and need not be made. `without`: nodes that are to be made anew all the same. `among`: nothing but
   * this: what an earlier look found, and so what its plan counted on.
   */
  salvage(which?: { without?: ReadonlySet<number>; among?: ReadonlySet<string> }): Salvage;
}

export interface ApplyParts {
  examine(): Promise<Examined>;
  /** What a person decided on, if this process showed it. */
  shown: Diagnosis | null;
  row(path: string): RecoveryRow | null;
  remember(
    path: string,
    change: Partial<Pick<RecoveryRow, 'step' | 'action' | 'appliedRunId' | 'undoBackupId'>>,
  ): Promise<void>;
  /** Hears what was there when it began. */
  decide(diagnosis: Diagnosis): void;
  /** Between two runs; rejects with `locked`. Null: there is no file. */
  backup(
    path: string,
  ): Promise<{ id: string; path: string | null; sha256: string; problem: string | null } | null>;
  /** The backup's id, also of a copy that only the disk knows. Rejects with `not-found`. */
  backupId(path: string, idOrPath: string): Promise<string>;
  editing: Pick<Editing, 'wipe' | 'restore'>;
  runner: Pick<Runner, 'start'>;
  /** Hears of each backup and restoring as it happens. */
  tell?: (what: RecoveryEvent) => void;
  signal?: AbortSignal;
  waitAtGates?: boolean;
}

/**
 * Carries a plan out (behaviour.md §8): looks anew, backs up, changes the file where the plan says so, and begins the run.
 * What has been done is written down before the next step begins. A process that dies in between leaves a file that can be
 * diagnosed and a backup of the one before; doing it again pays nothing twice, for what was paid for stands in the journal
 * and every step but the run costs nothing.
 */
export async function applyPlan(wish: RecoveryWish, parts: ApplyParts): Promise<Applied> {
  const seen = await parts.examine();
  const { path, diagnosis } = seen;
  if (isStillRunning(diagnosis)) throw stillRuns(diagnosis);
  if (wish.action === 'none') return { handle: null, backupId: null };
  assertStillFits(wish, diagnosis, parts.shown);

  parts.decide(diagnosis);
  const backup = await parts.backup(path);
  if (backup !== null) parts.tell?.({ type: 'backup.created', ...backup });
  const before = parts.row(path);
  // Begun before, and ended in the middle: the way back leads to what was there before that.
  const begun = before?.step === 'carry-out' && before.appliedRunId === null ? before.undoBackupId : null;
  const undoBackupId = begun ?? backup?.id ?? null;
  await parts.remember(path, { step: 'carry-out', action: wish.action, appliedRunId: null, undoBackupId });

  const { options, salvage } = await change(wish, seen, parts);
  const handle = await parts.runner.start(path, options, {
    ...(parts.signal === undefined ? {} : { signal: parts.signal }),
    ...(parts.waitAtGates === undefined ? {} : { waitAtGates: parts.waitAtGates }),
    ...(salvage === null ? {} : { salvage }),
    asked: new Set(wish.asked),
  });
  await parts.remember(path, { appliedRunId: handle.runId });
  return { handle, backupId: undoBackupId };
}

/** What is done to the file first, and what the run is then asked. */
async function change(
  wish: RecoveryWish,
  seen: Examined,
  parts: ApplyParts,
): Promise<{ options: RunOptions; salvage: Salvage | null }> {
  const { path, options } = seen;
  const { editing } = parts;
  switch (wish.action) {
    case 'none':
    case 'export':
    case 'resume':
      return { options, salvage: seen.salvage() };
    case 'rebuild': {
      const { reroll: _only, ...all } = options;
      if (options.mode !== 'images') return { options: { ...all, mode: 'clean' }, salvage: null };
      // A clean run makes clips too: what was planned is the pictures.
      const images = seen.diagnosis.nodes.filter(({ kind }) => kind === 'image');
      await editing.wipe(path, { nodes: images.map(({ nodeId }) => nodeId) });
      return { options: all, salvage: null };
    }
    case 'wipe': {
      await editing.wipe(path, { nodes: wish.nodes });
      const anew = await parts.examine();
      return {
        options: anew.options,
        salvage: anew.salvage({ without: new Set(wish.nodes), among: seen.found }),
      };
    }
    case 'restore': {
      if (wish.backup === null) throw noPlan(path, 'It does not say which backup to put back.');
      const backupId = await parts.backupId(path, wish.backup);
      const { undoBackupId } = await editing.restore(path, backupId);
      parts.tell?.({ type: 'restored', backupId, path, undoBackupId });
      const anew = await parts.examine();
      return { options: anew.options, salvage: anew.salvage({ among: seen.found }) };
    }
  }
}

/** Throws `usage` when what is there now would cost more than what a person decided on. Pure. */
export function assertStillFits(wish: RecoveryWish, now: Diagnosis, shown: Diagnosis | null): void {
  const plan = planOf(wish, now);
  if (plan === null) throw noPlan(now.path, 'What is there now allows no such plan.');
  const decided = shown === null ? null : planOf(wish, shown);
  if (decided === null || plan.generations <= decided.generations) return;
  throw fail(
    'usage',
    `${now.name} has changed: this would make ${plan.generations} candidates now, not ${decided.generations}.`,
    { where: now.path, cure: 'Look again, and decide with what is there now.' },
  );
}

/** The plan of a diagnosis that a wish is for. To export and to resume is the same run. Pure. */
export function planOf(wish: RecoveryWish, { plan, alternatives }: Diagnosis): RecoveryPlan | null {
  const all = [plan, ...alternatives];
  const goesOn = ({ action }: Pick<RecoveryPlan, 'action'>) => action === 'export' || action === 'resume';
  if (goesOn(wish)) return all.find(goesOn) ?? all.find(({ action }) => action === 'none') ?? null;
  const same = all.filter(({ action }) => action === wish.action);
  if (wish.action === 'wipe') return same.find(({ nodes }) => isSame(nodes, wish.nodes)) ?? null;
  if (wish.action === 'restore') return same.find(({ backup }) => backup === wish.backup) ?? null;
  return same[0] ?? null;
}

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id));

const stillRuns = ({ name, path, run }: Diagnosis) =>
  fail('locked', `${name} still runs, since ${run?.startedAt ?? 'some time'}.`, {
    where: path,
    cure: 'Wait until it has ended, or cancel it where it was begun.',
  });

const noPlan = (path: string, message: string) =>
  fail('usage', message, { where: path, cure: 'Look again: flowdeck recover says what can be done.' });
