import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import { type GenerationNode, generationNodes } from '../workflow/generation.ts';
import { parseWorkflowName } from '../workflow/names.ts';
import { decodeWorkflow, parseWorkflow } from '../workflow/read.ts';
import type { GatherDeps, SeenPlan } from './gather-deps.ts';
import { namedFor } from './place-names.ts';

/** Nodes whose addresses are read in one go. */
const NODES = 200;
/** Former versions that are looked into, newest first, and their text in bytes: each costs a parse. */
const LOOKED_INTO = 10;
const LOOKED_THROUGH = 32 * 2 ** 20;

export const carriedId = (nodeId: number, url: string): string => `${nodeId} ${url}`;

/**
 * Addresses named for another version that came here with a bump: a version that was superseded has them at the same node,
 * for the same prompts. A bump keeps what was made, so their names say nothing against them. `into` is filled with their
 * ids (`carriedId`) as they come.
 */
export async function gatherFormer(
  path: string,
  { nodes, places }: SeenPlan,
  into: Set<string>,
  deps: Pick<GatherDeps, 'disk' | 'backupFolder' | 'fields'>,
  signal: AbortSignal,
): Promise<void> {
  const open = new Map<number, { node: GenerationNode; urls: Set<string> }>();
  for (const [at, { node }] of nodes.entries()) {
    if (at % NODES === NODES - 1) await setImmediate();
    const urls = node.saved.flatMap((url) =>
      url !== null && namedFor(url, { node, proven: false }, places) === 'other version' ? [url] : [],
    );
    if (urls.length > 0) open.set(node.nodeId, { node, urls: new Set(urls) });
  }
  let bytesRead = 0;
  for (const file of open.size === 0 ? [] : await formerFiles(path, places, deps)) {
    signal.throwIfAborted();
    if (open.size === 0 || bytesRead > LOOKED_THROUGH) return;
    const bytes = await deps.disk.read(file);
    if (bytes === null) continue;
    bytesRead += bytes.byteLength;
    for (const was of nodesOf(file, bytes, deps)) {
      const now = open.get(was.nodeId);
      if (now === undefined || !samePrompts(was, now.node)) continue;
      for (const url of was.saved) {
        if (url !== null && now.urls.delete(url)) into.add(carriedId(was.nodeId, url));
      }
      if (now.urls.size === 0) open.delete(was.nodeId);
    }
    // Parsing holds the thread: others have their turn in between.
    await setImmediate();
  }
}

const samePrompts = (was: GenerationNode, now: GenerationNode): boolean =>
  was.prompts.length === now.prompts.length &&
  was.prompts.every((prompt, row) => prompt === now.prompts[row]);

/** Files of other versions that a bump moved to `backups/` under their own names, the newest first. */
async function formerFiles(
  path: string,
  { code, version }: SeenPlan['places'],
  { disk, backupFolder }: Pick<GatherDeps, 'disk' | 'backupFolder'>,
): Promise<string[]> {
  const folder = backupFolder(path);
  const files = (await disk.list(folder)).flatMap((name) => {
    const base = /^(.+)\.nbflow$/i.exec(name)?.[1];
    const named = base === undefined ? null : parseWorkflowName(base);
    const isFormer =
      named !== null &&
      named.version !== null &&
      named.code === code &&
      named.versionKey !== version.toUpperCase();
    return isFormer ? [join(folder, name)] : [];
  });
  return files.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, LOOKED_INTO);
}

/** None: it is no workflow. */
function nodesOf(
  file: string,
  bytes: Uint8Array,
  { fields }: Pick<GatherDeps, 'fields'>,
): readonly GenerationNode[] {
  try {
    return generationNodes(parseWorkflow(decodeWorkflow(bytes, file), file, fields));
  } catch (error) {
    if (error instanceof FlowdeckError) return [];
    throw error;
  }
}
