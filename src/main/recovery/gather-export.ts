import { join } from 'node:path';
import { FlowdeckError } from '../../shared/failure.ts';
import { generationNodes } from '../workflow/generation.ts';
import { decodeWorkflow, parseWorkflow } from '../workflow/read.ts';
import type { ExportEvidence } from './evidence.ts';
import { type GatherDeps, isWanted, type SeenPlan, wantedOf } from './gather-deps.ts';

/**
 * The newest `-generated.nbflow` of this code and version (behaviour.md §6, §8), by the time in its name: copies of
 * files have other times. Null: there is none.
 */
export async function gatherExport(
  { nodes, places }: SeenPlan,
  { disk, fields }: Pick<GatherDeps, 'disk' | 'fields'>,
): Promise<ExportEvidence | null> {
  const newest = newestExport(await disk.list(places.generations), places);
  if (newest === null) return null;
  const path = join(places.generations, newest.name);
  const bytes = await disk.read(path);
  if (bytes === null) return null;
  const about = { path, at: newest.at };
  let made: Map<number, (string | null)[]>;
  try {
    const workflow = parseWorkflow(decodeWorkflow(bytes, path), path, fields);
    made = new Map(generationNodes(workflow).map((node) => [node.nodeId, node.saved]));
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    const { message, where = path } = error.failure;
    return { ...about, state: 'unreadable', gaps: [], message: `${message} (${where})` };
  }
  if (made.size !== nodes.length || nodes.some(({ node }) => !made.has(node.nodeId)))
    return { ...about, state: 'other', gaps: [], message: null };
  const gaps = nodes
    .filter(
      (seen) =>
        isWanted(seen) && lacks(made.get(seen.node.nodeId) ?? [], seen.node.saved, wantedOf(seen.node)),
    )
    .map(({ node }) => node.nodeId);
  return { ...about, state: gaps.length === 0 ? 'complete' : 'with gaps', gaps, message: null };
}

/** An output is missing, or the source has another one since. */
function lacks(
  exported: readonly (string | null)[],
  source: readonly (string | null)[],
  wanted: number,
): boolean {
  for (let index = 0; index < wanted; index++) {
    const url = exported[index] ?? null;
    if (url === null || ((source[index] ?? null) !== null && url !== source[index])) return true;
  }
  return false;
}

/** `at` is the time the name tells, local as it is there. Pure. */
export function newestExport(
  names: readonly string[],
  { code, version }: { code: string; version: string },
): { name: string; at: number } | null {
  const prefix = `${code}-${version}-generated-`.toLowerCase();
  const found = names.flatMap((name) => {
    if (!name.toLowerCase().startsWith(prefix)) return [];
    const parts = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})(?:-(\d+))?\.nbflow$/i.exec(
      name.slice(prefix.length),
    );
    if (parts === null) return [];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, n = 1] = parts
      .slice(1)
      .map((part) => (part === undefined ? 1 : Number(part)));
    return [{ name, at: new Date(year, month - 1, day, hour, minute, second).getTime(), n }];
  });
  const [first] = found.sort((a, b) => b.at - a.at || b.n - a.n);
  return first === undefined ? null : { name: first.name, at: first.at };
}
