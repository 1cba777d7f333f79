import { join } from 'node:path';
import { z } from 'zod';
import type { ErrorClass, Finding } from '../../shared/domain.ts';
import type { Disk } from '../platform/disk.ts';

/** An entry of `Generations/errors.json` (behaviour.md §6, docs/errors.md). Foreign entries keep what they hold. */
export interface ErrorEntry {
  /** Null: a link between two nodes that are not there. */
  nodeId: number | null;
  tab: string;
  title: string;
  type: z.infer<typeof ErrorClass>;
  /** HTTP status or task code, 0 if there was none. */
  code: number;
  /** Most submissions any candidate of the node had. */
  attempts: number;
  message: string;
  prompt: string;
  /** From 1; 0 where it is not about a row. */
  row: number;
  /** Path. */
  workflow: string;
  /** Null: refused before it was a run. */
  runId: string | null;
  /** ISO 8601. */
  at: string;
}

const Entries = z.array(
  z.looseObject({
    workflow: z.string().optional(),
    nodeId: z.unknown().optional(),
    type: z.unknown().optional(),
  }),
);
type Entries = z.infer<typeof Entries>;

const DANGLING = 'dangling link';

/**
 * Puts the failures of a run into errors.json in place of what the same workflow had there, but for nodes that were
 * not tried (`untried`); removes the file when nothing is left. A file that is not ours to read (not a list) is set
 * aside, not lost. Returns its path, or null when this run put nothing in.
 */
export async function updateErrorsFile(
  generations: string,
  workflow: string,
  entries: readonly ErrorEntry[],
  disk: Disk,
  untried: ReadonlySet<unknown> = new Set(),
): Promise<string | null> {
  // A run that was let in has no dangling link any more.
  const stays = (entry: Entries[number]) =>
    entry.workflow !== workflow || (untried.has(entry.nodeId) && entry.type !== DANGLING);
  return rewrite(generations, entries, stays, disk);
}

/**
 * Puts the dangling links that refused a run (behaviour.md §5) into errors.json, in place of those of an earlier
 * refusal; what earlier runs failed of stays. Returns the path of the file, null when no finding is a dangling link.
 */
export async function noteDangling(
  generations: string,
  workflow: string,
  findings: readonly Finding[],
  at: string,
  disk: Disk,
): Promise<string | null> {
  const entries = danglingEntries(workflow, findings, at);
  if (entries.length === 0) return null;
  const stays = (entry: Entries[number]) => entry.workflow !== workflow || entry.type !== DANGLING;
  return rewrite(generations, entries, stays, disk);
}

function danglingEntries(workflow: string, findings: readonly Finding[], at: string): ErrorEntry[] {
  return findings
    .filter((finding) => finding.code === 'dangling-link')
    .map(({ nodeId, tab, title, message, where }) => ({
      nodeId,
      tab: tab ?? '',
      title: title ?? '',
      type: DANGLING,
      code: 0,
      attempts: 0,
      message: `${message} (${where})`,
      prompt: '',
      row: 0,
      workflow,
      runId: null,
      at,
    }));
}

async function rewrite(
  generations: string,
  entries: readonly ErrorEntry[],
  stays: (entry: Entries[number]) => boolean,
  disk: Disk,
): Promise<string | null> {
  const path = join(generations, 'errors.json');
  const bytes = await disk.read(path);
  const others = bytes === null ? [] : parseEntries(bytes);
  if (bytes !== null && others === null) {
    await disk.writeNew(generations, (n) => `errors.json.unreadable-${n}`, bytes);
  }
  const all = [...(others ?? []).filter(stays), ...entries];
  if (all.length === 0) {
    if (bytes !== null) await disk.remove(path);
    return null;
  }
  const text = `${JSON.stringify(all, null, 2)}\n`;
  if (bytes === null || Buffer.from(bytes).toString('utf8') !== text) await disk.write(path, text);
  return entries.length > 0 ? path : null;
}

function parseEntries(bytes: Uint8Array): Entries | null {
  try {
    const parsed = Entries.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
