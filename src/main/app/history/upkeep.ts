import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../../shared/failure.ts';
import type { BackupSketch } from '../../db/proofs.ts';
import { localDay } from '../../history/backup.ts';
import { lineageOf } from '../../history/lineage.ts';
import { type ThinningDeps, thinLineage } from '../../history/thinning.ts';
import { proveAll, sketchAll } from '../../history/verify-all.ts';
import { acquireLock, type Lock, lockFileFor } from '../../platform/lock.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import type { Notice } from '../run-notices.ts';
import { damageNotice, type Found } from './upkeep-words.ts';

export interface UpkeepParts extends ThinningDeps {
  settings: Pick<SettingsStore, 'get'>;
  /** Writes what a process that died did not write into registry and tracker. */
  catchUp(): Promise<void>;
  /** Tells a person who looks elsewhere. */
  tell(notice: Notice): void;
  /** Hears what went wrong with one of the parts; the others go on. */
  onFault(error: unknown): void;
}

/** The local day on which all was done last. */
const DONE = 'upkeep.day';

/** How much is proven a day: so that everything has its turn in 20 days that Flowdeck runs on, within these bounds. */
const PARTS = 20;
const LEAST_BYTES = 20e6;
const MOST_BYTES = 200e6;
const MOST_MS = 120_000;

/**
 * Thins, proves a part and catches up, once a local day; of several processes of a data folder one does it. What `signal`
 * cuts short counts as not done, and goes on another time with what was proven longest ago.
 */
export async function doUpkeep(parts: UpkeepParts, signal: AbortSignal): Promise<void> {
  const { db, clock } = parts;
  const isDone = () => db.mark(DONE) === localDay(clock.now());
  if (isDone() || signal.aborted) return;
  const lock = await takeTurn(parts);
  if (lock === null) return;
  try {
    if (isDone()) return;
    const all = await sketchAll(null, db);
    await unlessFault(parts, () => parts.catchUp());
    await unlessFault(parts, () => thinAll(all, parts, signal));
    await unlessFault(parts, () => provePart(all, parts, signal));
    if (!signal.aborted) await db.commits.write(() => db.setMark(DONE, localDay(clock.now())));
  } finally {
    await lock.release();
  }
}

/** Null: another process is at it. */
async function takeTurn({ db, clock }: UpkeepParts): Promise<Lock | null> {
  try {
    return await acquireLock(await lockFileFor(`${db.file}#upkeep`), { what: 'upkeep' }, { clock });
  } catch (error) {
    if (error instanceof FlowdeckError && error.failure.code === 'locked') return null;
    throw error;
  }
}

async function unlessFault({ onFault }: UpkeepParts, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    onFault(error);
  }
}

async function thinAll(all: readonly BackupSketch[], parts: UpkeepParts, signal: AbortSignal): Promise<void> {
  const rules = parts.settings.get('history.retention');
  for (const { group, backups } of await byLineage(all)) {
    if (signal.aborted) return;
    // No rule gives up one of so few.
    if (backups.length > rules.latest) await thinLineage(group, backups, rules, parts, signal);
    await setImmediate();
  }
}

async function byLineage(
  all: readonly BackupSketch[],
): Promise<Iterable<{ group: string; backups: BackupSketch[] }>> {
  const lineages = new Map<string, { group: string; backups: BackupSketch[] }>();
  for (const [at, backup] of all.entries()) {
    const { group, code } = lineageOf(backup.workflow);
    const key = `${group}\n${code}`;
    const lineage = lineages.get(key) ?? { group, backups: [] };
    lineage.backups.push(backup);
    lineages.set(key, lineage);
    if (at % 1000 === 999) await setImmediate();
  }
  return lineages.values();
}

async function provePart(
  all: readonly BackupSketch[],
  parts: UpkeepParts,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = parts;
  const until = clock.monotonic() + MOST_MS;
  const found: Found[] = [];
  await proveAll(
    portion(all, clock.now()),
    parts,
    ({ outcome, problem }, { workflow }) => {
      if (problem !== null && outcome !== 'unchecked')
        found.push({ workflow, problem, repaired: outcome === 'repaired' });
    },
    // One at a time: nobody waits for it, and a run may go on beside it.
    { enough: () => signal.aborted || clock.monotonic() > until, atOnce: 1 },
  );
  const notice = damageNotice(found);
  if (notice !== null) parts.tell(notice);
}

/** What was proven longest ago, or never. Pure. A proof that lies ahead is of a clock that was set back since: no proof. */
export function portion(all: readonly BackupSketch[], now: number): BackupSketch[] {
  const provenAt = ({ provenAt: at }: BackupSketch) => (at === null || at > now ? 0 : at);
  // Both twins are read.
  const bytesOf = ({ size }: BackupSketch) => 2 * (size ?? 0);
  const total = all.reduce((sum, backup) => sum + bytesOf(backup), 0);
  let left = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, total / PARTS));
  const chosen: BackupSketch[] = [];
  for (const backup of all.toSorted((a, b) => provenAt(a) - provenAt(b) || a.place - b.place)) {
    if (left <= 0) break;
    chosen.push(backup);
    left -= bytesOf(backup);
  }
  return chosen;
}
