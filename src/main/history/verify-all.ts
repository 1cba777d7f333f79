import { setImmediate } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { BackupSketch } from '../db/proofs.ts';
import type { BackupDeps } from './backup.ts';
import { createFileSizes } from './space.ts';
import { type Proof, proveBackup, type VerifyDeps } from './verify.ts';

/** Contents read at once unless told otherwise: as many are in memory, and what they were compressed against. */
const AT_ONCE = 3;
/** Backups asked of the database in one piece. */
const PAGE = 500;
/** Proofs written down in one commit. */
const TOGETHER = 50;

/** All backups in the order they were taken, or those below a folder, read piece by piece beside whatever else goes on. */
export async function sketchAll(
  folder: string | null,
  { proofs }: Pick<Database, 'proofs'>,
): Promise<BackupSketch[]> {
  const places = proofs.places(folder);
  const all: BackupSketch[] = [];
  for (let at = 0; at < places.length; at += PAGE) {
    all.push(...proofs.sketches(places.slice(at, at + PAGE)));
    await setImmediate();
  }
  return all;
}

/**
 * Proves these backups, a few at a time, in an order that reads what belongs together in one go, and tells of each when it
 * is done. What was proven is written down, also when it is ended on the way: at `signal`, or by `enough`, which is asked
 * before each of them. Resolves when all is written.
 */
export async function proveAll(
  backups: readonly BackupSketch[],
  deps: BackupDeps,
  tell: (proof: Proof, backup: BackupSketch) => void,
  { enough = () => false, atOnce = AT_ONCE }: { enough?: () => boolean; atOnce?: number } = {},
): Promise<void> {
  const pass: VerifyDeps = { ...deps, sizes: createFileSizes(deps.disk), whole: new Set() };
  const notes: Proof[] = [];
  const note = async () => {
    const batch = notes.splice(0);
    if (batch.length === 0) return;
    const at = deps.clock.now();
    await deps.db.commits.write(() => {
      // What was made whole is sound now; what cannot be read is as good as its content in the database, which is sound.
      for (const { id, outcome, problem } of batch)
        deps.db.backups.prove(id, at, outcome === 'damaged' ? problem : null);
    });
  };
  const proveOne = async (backup: BackupSketch) => {
    const proof = await proveBackup(backup.id, pass);
    if (proof === null) return;
    notes.push(proof);
    tell(proof, backup);
    if (notes.length >= TOGETHER) await note();
  };
  try {
    for (const stage of inStages(backups)) await fewAtATime(stage, proveOne, enough, atOnce);
  } finally {
    await note();
  }
}

/** What stands alone first, since other contents are differences from it; then those, by what they share. */
function inStages(backups: readonly BackupSketch[]): BackupSketch[][] {
  const byContent = (a: BackupSketch, b: BackupSketch) =>
    order(a.base ?? '', b.base ?? '') || order(a.sha256, b.sha256);
  return [
    backups.filter(({ base }) => base === null),
    backups.filter(({ base }) => base !== null).sort(byContent),
  ];
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Rejects with what went wrong first, when nothing is at work any more. */
async function fewAtATime<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  enough: () => boolean,
  atOnce: number,
): Promise<void> {
  const left = items.values();
  const faults: unknown[] = [];
  const worker = async () => {
    try {
      for (const item of left) {
        if (faults.length > 0 || enough()) return;
        await work(item);
      }
    } catch (error) {
      faults.push(error);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (faults.length > 0) throw faults[0];
}
