import { basename } from 'node:path';
import { FlowdeckError } from '../../shared/failure.ts';
import type { BackupRow } from '../db/backups.ts';
import { hashOf } from '../platform/content-hash.ts';
import { errorCode } from '../platform/error-code.ts';
import {
  ChangedMeanwhile,
  findContent,
  mendBase,
  mendContent,
  type RepairDeps,
  rewriteCopy,
} from './repair.ts';

/** What a proof of one backup came to. */
export interface Proof {
  id: string;
  /** `unchecked`: its content is whole in the database, but the copy on disk cannot be read now. */
  outcome: 'sound' | 'repaired' | 'damaged' | 'unchecked';
  /** What was wrong, and what became of it or can be done about it; null: nothing was. */
  problem: string | null;
  /** A whole copy of its own lies on disk. */
  onDisk: boolean;
}

export interface VerifyDeps extends RepairDeps {
  /** Contents that this pass found whole in the database: identical ones are read once. */
  whole: Set<string>;
}

/** The copy on disk as it was met. */
type Copy =
  /** `isOwn`: not just that of a newer backup with the same content, which has the name by now. */
  | { is: 'whole'; content: Uint8Array; isOwn: boolean }
  /** None was written, it is gone, or its name is another backup's by now. */
  | { is: 'absent' }
  | { is: 'damaged'; content: Uint8Array; seen: Awaited<ReturnType<RepairDeps['disk']['stat']>> }
  | { is: 'unreadable' };

/** How often a backup is looked at again that others change meanwhile. */
const LOOKS = 5;

/**
 * Reads and hashes both twins of a backup, off the main thread, and makes whole what can be: the database's content from
 * the copy on disk or from any other file that has it, the copy from the database. What is beyond repair is told and left
 * as it is. Null: there is no such backup (any more).
 *
 * A backup is in the database only when its copy is whole, and is gone from there last, so what other processes write or
 * remove meanwhile looks like damage at most until it is looked at again. Rejects with `folder` when the database file
 * itself is damaged: the next start mends it.
 */
export async function proveBackup(id: string, deps: VerifyDeps): Promise<Proof | null> {
  const { db, whole } = deps;
  for (let look = 1; ; look += 1) {
    const row = db.backups.find(id);
    if (row === null) return null;
    const kept = await keptContent(row.sha256, deps);
    const copy = await lookAtCopy(row, deps);
    if (kept !== 'damaged') whole.add(row.sha256);
    const sound = kept !== 'damaged' && (copy.is === 'whole' || copy.is === 'absent');
    if (sound) return { id, outcome: 'sound', problem: null, onDisk: copy.is === 'whole' && copy.isOwn };
    if (look < LOOKS && !isSame(row, db.backups.find(id))) continue;
    try {
      const { outcome, problem, onDisk } = await repair(row, kept === 'damaged' ? null : kept, copy, deps);
      return { id, outcome, problem: `${nameOf(row)}: ${problem}`, onDisk };
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || look === LOOKS) throw error;
    }
  }
}

/** Of the database. `known`: it was read before, and was whole. */
async function keptContent(
  sha256: string,
  { db, whole }: Pick<VerifyDeps, 'db' | 'whole'>,
): Promise<Uint8Array | 'known' | 'damaged'> {
  if (whole.has(sha256)) return 'known';
  const content = await db.backups.unpacked(sha256);
  return content !== null && (await hashOf(content)) === sha256 ? content : 'damaged';
}

async function lookAtCopy(row: BackupRow, { db, disk }: Pick<VerifyDeps, 'db' | 'disk'>): Promise<Copy> {
  const { path, sha256 } = row;
  if (path === null) return { is: 'absent' };
  try {
    const seen = await disk.stat(path);
    const content = await disk.read(path);
    if (content === null) return { is: 'absent' };
    // Its own copy is gone when the name was given again: what lies there is the newer one's.
    const isOwn = db.proofs.claiming(path).at(-1)?.id === row.id;
    if ((await hashOf(content)) === sha256) return { is: 'whole', content, isOwn };
    return isOwn ? { is: 'damaged', content, seen } : { is: 'absent' };
  } catch (error) {
    // Rights, a share that does not answer, a folder in its place: that is no damage.
    if (error instanceof FlowdeckError || /^E[A-Z]/.test(errorCode(error))) return { is: 'unreadable' };
    throw error;
  }
}

async function repair(
  row: BackupRow,
  kept: Uint8Array | 'known' | null,
  copy: Copy,
  deps: VerifyDeps,
): Promise<Pick<Proof, 'outcome' | 'problem' | 'onDisk'>> {
  const onDisk = copy.is === 'whole' && copy.isOwn;
  if (kept !== null && copy.is === 'unreadable')
    return {
      outcome: 'unchecked',
      problem: `the copy on disk cannot be read now and was not checked (${row.path}). The content in the database is whole.`,
      onDisk,
    };
  const source = await wholeContent(row, kept, copy, deps);
  if (source === null) return { outcome: 'damaged', problem: beyondRepair(row, copy), onDisk };
  const done: string[] = [];
  try {
    if (kept === null) {
      await mendContent(source.content, deps);
      deps.whole.add(row.sha256);
      done.push(`the content in the database was damaged. It was made whole from ${source.from}.`);
    }
    if (copy.is === 'damaged' && row.path !== null) {
      const aside = await rewriteCopy(row.path, source.content, copy, deps);
      done.push(
        `the copy on disk was not what was written. It was written anew; what lay there is now ${basename(aside)}.`,
      );
    }
    return { outcome: 'repaired', problem: done.join(' And '), onDisk: onDisk || copy.is === 'damaged' };
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    const { message, cure } = error.failure;
    const what =
      kept === null && done.length === 0 ? 'the content in the database' : `the copy on disk (${row.path})`;
    const failed = `${what} is damaged and could not be made whole: ${message} ${cure ?? ''}`.trim();
    return { outcome: 'damaged', problem: [...done, failed].join(' And '), onDisk };
  }
}

/** The content, and where it was found whole. Null: nowhere. */
async function wholeContent(
  row: BackupRow,
  kept: Uint8Array | 'known' | null,
  copy: Copy,
  deps: VerifyDeps,
): Promise<{ content: Uint8Array; from: string } | null> {
  if (kept instanceof Uint8Array) return { content: kept, from: 'the database' };
  if (kept === 'known') return again(row, deps);
  if (copy.is === 'whole') return { content: copy.content, from: 'the copy on disk' };
  const found = await findContent(row.sha256, row.workflow, deps);
  if (found !== null) return { content: found.content, from: found.file };
  // It is kept as the difference from another one: perhaps only that is damaged, and can be had.
  return (await mendBase(row, deps)) ? again(row, deps) : null;
}

async function again(
  { sha256 }: BackupRow,
  { db }: VerifyDeps,
): Promise<{ content: Uint8Array; from: string } | null> {
  const content = await keptContent(sha256, { db, whole: new Set() });
  return content instanceof Uint8Array ? { content, from: 'the database' } : null;
}

function beyondRepair({ path }: BackupRow, copy: Copy): string {
  const cure =
    path === null
      ? 'Use an earlier backup.'
      : `Use an earlier backup; or put a whole copy at ${path}, from a backup of your own, and verify again.`;
  switch (copy.is) {
    case 'damaged':
      return `damaged in the database and on disk. ${cure}`;
    case 'unreadable':
      return `damaged in the database, and the copy on disk cannot be read now. Verify again when ${path} can be read.`;
    default:
      return `damaged in the database, and there is no copy on disk. ${cure}`;
  }
}

const isSame = (row: BackupRow, now: BackupRow | null): boolean =>
  now !== null && now.path === row.path && now.sha256 === row.sha256;

const nameOf = ({ path, workflow, reason }: BackupRow): string =>
  path === null ? `${basename(workflow)} (${reason})` : basename(path);
