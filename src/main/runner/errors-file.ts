import { join } from 'node:path';
import { z } from 'zod';
import type { ErrorClass } from '../../shared/domain.ts';
import type { Disk } from '../platform/disk.ts';

/** An entry of `Generations/errors.json` (behaviour.md §6). Foreign entries keep what they hold. */
export interface ErrorEntry {
  nodeId: number;
  tab: string;
  title: string;
  type: z.infer<typeof ErrorClass>;
  code: number;
  attempts: number;
  message: string;
  prompt: string;
  row: number;
  workflow: string;
  runId: string;
  at: string;
}

const Entries = z.array(z.looseObject({ workflow: z.string().optional(), nodeId: z.unknown() }));

/**
 * Puts the failures of a run into errors.json in place of what the same workflow had there, but for nodes that were
 * not tried (`untried`); removes the file when nothing is left. A file that is not ours to read (not a list) is set aside, not lost.
 * Returns its path, or null when there is none.
 */
export async function updateErrorsFile(
  generations: string,
  workflow: string,
  entries: readonly ErrorEntry[],
  disk: Disk,
  untried: ReadonlySet<unknown> = new Set(),
): Promise<string | null> {
  const path = join(generations, 'errors.json');
  const bytes = await disk.read(path);
  const others = bytes === null ? [] : parseEntries(bytes);
  if (bytes !== null && others === null) {
    await disk.writeNew(generations, (n) => `errors.json.unreadable-${n}`, bytes);
  }
  const kept = (others ?? []).filter((entry) => entry.workflow !== workflow || untried.has(entry.nodeId));
  const all = [...kept, ...entries];
  if (all.length === 0) {
    if (bytes !== null) await disk.remove(path);
    return null;
  }
  const text = `${JSON.stringify(all, null, 2)}\n`;
  if (bytes === null || Buffer.from(bytes).toString('utf8') !== text) await disk.write(path, text);
  return entries.length > 0 ? path : null;
}

function parseEntries(bytes: Uint8Array): z.infer<typeof Entries> | null {
  try {
    const parsed = Entries.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
