import type { RunCause } from '../../shared/domain.ts';
import type { RecoveriesView, RecoveryEntry } from '../../shared/recovery.ts';
import { atTime, fileName } from '../components/format.ts';

/** Recoveries as the whole window sees them: what waits, in which order, and how it is announced. Pure. */

/** Steps at which nothing has been carried out yet. */
const before = new Set<RecoveryEntry['step']>(['happened', 'have', 'plan']);

/** The run of a recovery was cut short itself. */
const wasCutShort = ({ step, cause, appliedRunId }: RecoveryEntry): boolean =>
  step === 'carry-out' && cause !== null && appliedRunId !== null;

/**
 * Interrupted runs that nobody has carried a plan out for, or whose recovery was interrupted too: they wait for a person.
 * What somebody cancelled does not: that person knows.
 */
export function waitingRecoveries(entries: readonly RecoveryEntry[]): RecoveryEntry[] {
  return inOrder(entries).filter(
    (entry) =>
      (wasCutShort(entry) || (entry.runId !== null && before.has(entry.step))) &&
      entry.cause?.kind !== 'cancelled',
  );
}

/** Those to be announced: nobody has turned to them, here or elsewhere. */
export function freshRecoveries(entries: readonly RecoveryEntry[], seen: readonly string[]): RecoveryEntry[] {
  return waitingRecoveries(entries).filter(
    (entry) => (entry.step === 'happened' || wasCutShort(entry)) && !seen.includes(interruptionKey(entry)),
  );
}

/** Interrupted runs first, the newest of them first; then what somebody began, by name. */
export function inOrder(entries: readonly RecoveryEntry[]): RecoveryEntry[] {
  const time = ({ interruptedAt }: RecoveryEntry) => (interruptedAt === null ? 0 : Date.parse(interruptedAt));
  return entries.toSorted(
    (a, b) =>
      Number(b.runId !== null) - Number(a.runId !== null) || time(b) - time(a) || (a.name < b.name ? -1 : 1),
  );
}

/** What one has before anything is known of a workflow's recovery. */
export function newEntry(path: string): RecoveryEntry {
  return {
    path,
    name: fileName(path).replace(/\.nbflow$/i, ''),
    runId: null,
    cause: null,
    interruptedAt: null,
    step: 'happened',
    action: null,
    appliedRunId: null,
    undoBackupId: null,
  };
}

/** The view with this entry in the place of the one of the same workflow, or at the end. */
export function withEntry({ entries }: RecoveriesView, entry: RecoveryEntry): RecoveriesView {
  const isKnown = entries.some(({ path }) => path === entry.path);
  if (!isKnown) return { entries: [...entries, entry] };
  return { entries: entries.map((each) => (each.path === entry.path ? entry : each)) };
}

const causes: Record<RunCause, string> = {
  killed: 'killed',
  rebooted: 'machine restarted',
  backend: 'G-Labs went away',
  tunnel: 'tunnel went away',
  network: 'no network',
  cancelled: 'cancelled',
  other: 'ended early',
};

/** A cause where there is no room for a sentence: `killed`. */
export const causeWord = (kind: RunCause): string => causes[kind];

/** `XYZG3-V0-1 was interrupted at 23:14: Flowdeck was killed.` */
export function interruptedSentence(entry: RecoveryEntry, nowMs: number): string {
  const { name, cause, interruptedAt } = entry;
  const when = interruptedAt === null ? '' : ` ${atTime(interruptedAt, nowMs)}`;
  const why = cause === null ? '' : `: ${cause.message.replace(/\.$/, '')}`;
  return `${name} was interrupted${when}${why}.`;
}

/**
 * What tells one interruption from the next of the same workflow, also that of its recovery: for "seen, do not show it
 * again".
 */
export const interruptionKey = ({ path, runId, appliedRunId }: RecoveryEntry): string =>
  `${appliedRunId ?? runId} ${path}`;
