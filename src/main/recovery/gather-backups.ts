import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import { hashOf } from '../platform/content-hash.ts';
import { type GenerationNode, generationNodes } from '../workflow/generation.ts';
import { decodeWorkflow, parseWorkflow } from '../workflow/read.ts';
import type { GatherDeps } from './gather-deps.ts';

/** A backup, and what it holds where it can be read. */
export interface SeenBackup {
  /** What the database calls it; null: only found on disk. */
  id: string | null;
  path: string | null;
  at: number;
  reason: string;
  /** Null: it is damaged, or was not looked into. */
  content: BackupContent | null;
}

export interface BackupContent {
  sha256: string;
  nodes: readonly GenerationNode[];
  read(): Promise<Uint8Array | null>;
}

/** Older ones are told, but hardly anybody goes back so far; each costs a parse. */
const LOOKED_INTO = 40;
/** Text of all that is looked into, in bytes: a large workflow is looked into less often. */
const LOOKED_THROUGH = 32 * 2 ** 20;

/**
 * Backups of a workflow, newest first: those of the database, and copies on disk that it does not know (behaviour.md
 * §9). `into` is filled as they come, so that what was seen in time counts. Returns how many were not looked into.
 */
export async function gatherBackups(
  path: string,
  into: SeenBackup[],
  deps: Pick<GatherDeps, 'db' | 'disk' | 'backupFolder' | 'fields'>,
  signal: AbortSignal,
): Promise<number> {
  const rows = deps.db.backups.of(path);
  const known = new Set(rows.map((row) => row.path));
  const found: Found[] = [
    ...rows.map(({ id, path: copy, at, reason, sha256 }) => ({ id, path: copy, at, reason, sha256 })),
    ...(await copiesOnDisk(path, deps)).filter((copy) => !known.has(copy.path)),
  ].sort((a, b) => b.at - a.at);

  const contents = new Map<string, ReadContent | null>();
  let bytesRead = 0;
  let left = 0;
  for (const { sha256, ...backup } of found) {
    signal.throwIfAborted();
    const tell = (content: ReadContent | null) => {
      const read = () => readBackup({ path: backup.path, sha256: content?.sha256 ?? null }, deps);
      into.push({ ...backup, content: content && { ...content, read } });
    };
    const seen = sha256 === null ? undefined : contents.get(sha256);
    if (seen !== undefined) {
      tell(seen);
      continue;
    }
    if (contents.size >= LOOKED_INTO || bytesRead > LOOKED_THROUGH) {
      left++;
      continue;
    }
    const bytes = await readBackup({ path: backup.path, sha256 }, deps);
    if (bytes === null) {
      tell(null);
      continue;
    }
    const hash = await hashOf(bytes);
    const content = contents.has(hash) ? (contents.get(hash) ?? null) : contentOf(path, bytes, hash, deps);
    contents.set(hash, content);
    bytesRead += bytes.byteLength;
    tell(content);
    // Parsing holds the thread: others have their turn in between.
    await setImmediate();
  }
  return left;
}

type ReadContent = Omit<BackupContent, 'read'>;

/** `sha256` null: a copy that the database does not know. */
type Found = Omit<SeenBackup, 'content'> & { sha256: string | null };

/** The content with this hash, of the database or the copy on disk. Null: neither has it. */
async function readBackup(
  { path, sha256 }: { path: string | null; sha256: string | null },
  { db, disk }: Pick<GatherDeps, 'db' | 'disk'>,
): Promise<Uint8Array | null> {
  if (sha256 !== null) {
    const kept = await db.backups.unpacked(sha256);
    if (kept !== null && (await hashOf(kept)) === sha256) return kept;
  }
  const copy = path === null ? null : await disk.read(path);
  if (copy === null || (sha256 !== null && (await hashOf(copy)) !== sha256)) return null;
  return copy;
}

/** Null: it is no workflow. */
function contentOf(
  path: string,
  bytes: Uint8Array,
  sha256: string,
  { fields }: Pick<GatherDeps, 'fields'>,
): ReadContent | null {
  try {
    return { sha256, nodes: generationNodes(parseWorkflow(decodeWorkflow(bytes, path), path, fields)) };
  } catch (error) {
    if (error instanceof FlowdeckError) return null;
    throw error;
  }
}

const COPY = /^(\d{4}-\d{2}-\d{2})-(.+)$/;

async function copiesOnDisk(
  path: string,
  { disk, backupFolder }: Pick<GatherDeps, 'disk' | 'backupFolder'>,
): Promise<Found[]> {
  const folder = backupFolder(path);
  const prefix = `${basename(path)}.bak-`;
  const copies = (await disk.list(folder)).flatMap((name) => {
    const [, day, reason] = (name.startsWith(prefix) ? COPY.exec(name.slice(prefix.length)) : null) ?? [];
    return day === undefined || reason === undefined ? [] : [{ copy: join(folder, name), day, reason }];
  });
  const dated = await Promise.all(
    copies.map(async ({ copy, day, reason }) => {
      const stat = await disk.stat(copy);
      return stat === null
        ? []
        : [{ id: null, path: copy, at: timeOfCopy(day, stat.mtimeMs), reason, sha256: null }];
    }),
  );
  return dated.flat();
}

/** A copy that was itself copied has a later time than its name says: the day of its name is over then. */
function timeOfCopy(day: string, mtimeMs: number): number {
  const end = new Date(`${day}T23:59:59.999`).getTime();
  return Math.round(Number.isNaN(end) ? mtimeMs : Math.min(end, mtimeMs));
}
