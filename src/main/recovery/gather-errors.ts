import { join } from 'node:path';
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import type { ErrorEvidence } from './evidence.ts';
import type { GatherDeps, SeenPlan } from './gather-deps.ts';

/** Ours (behaviour.md §6) and those of other tools, which do not say of which workflow they are. */
const Entry = z.looseObject({
  workflow: z.string().optional().catch(undefined),
  nodeId: z.number().nullable().catch(null),
  title: z.string().optional().catch(undefined),
  type: z.string().catch('api_error'),
  message: z.string().catch(''),
  attempts: z.number().catch(1),
});

/**
 * What `Generations/errors.json` says of this workflow. Null: nothing. Rejects for a file that is not a list of
 * failures.
 */
export async function gatherErrors(
  path: string,
  { nodes, places }: SeenPlan,
  { disk }: Pick<GatherDeps, 'disk'>,
): Promise<{ path: string; entries: ErrorEvidence[] } | null> {
  const file = join(places.generations, 'errors.json');
  const bytes = await disk.read(file);
  if (bytes === null) return null;
  const read = z.array(Entry).safeParse(parsed(bytes));
  if (!read.success)
    throw fail('folder', 'errors.json is not a list of failures', { where: file, cure: 'Move it away.' });
  const titles = new Map(nodes.map(({ node }) => [node.nodeId, node.title]));
  const entries = read.data
    .filter(({ workflow, nodeId, title }) =>
      workflow === undefined
        ? nodeId !== null && titles.has(nodeId) && (title === undefined || title === titles.get(nodeId))
        : workflow === path,
    )
    .map(({ nodeId, type, message, attempts }) => ({ nodeId, type, message, attempts }));
  return entries.length === 0 ? null : { path: file, entries };
}

/** Undefined for what is not JSON. */
function parsed(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
