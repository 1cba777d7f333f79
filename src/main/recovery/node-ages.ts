import type { GenerationNode } from '../workflow/generation.ts';

/** A workflow as it was once, of a backup. */
export interface FormerNodes {
  /** Milliseconds since the epoch, when this was still what the file held. */
  at: number;
  reason: string;
  nodes: readonly GenerationNode[];
}

/** When what a node is made from was last another, as far as backups tell. Milliseconds since the epoch. */
export interface NodeAges {
  /** The newest time at which the prompt of this row, or a reference, was not what it is now; null: none is known. */
  changedAt(nodeId: number, row: number): number | null;
  /**
   * When the output of a place that has none now was cleared: by a wipe, or by a run that found it stale. Null: not
   * known.
   */
  clearedAt(nodeId: number, row: number, candidate: number): number | null;
}

const referencesIn = ({ inputs }: GenerationNode): string[] =>
  inputs.flatMap(({ source }) => (source.kind === 'media' ? [source.value] : []));

/** A run puts the address of the stored picture in place of a path: that is the same reference. */
const STORED = /\/refs\/[0-9a-f]{64}\.[a-z0-9]+$/;
const WEB = /^(https?|data):/i;

function sameReferences(was: readonly string[], now: readonly string[]): boolean {
  return (
    was.length === now.length &&
    was.every((value, i) => value === now[i] || (STORED.test(now[i] ?? '') && !WEB.test(value)))
  );
}

/**
 * Compares today's nodes with those of backups (never with the time of the file itself: each write-back changes it).
 * A backup whose time lies after `now` was made by a clock that was wrong, and says nothing.
 */
export function nodeAges(
  today: readonly GenerationNode[],
  former: readonly FormerNodes[],
  now: number,
): NodeAges {
  const nodes = new Map(today.map((node) => [node.nodeId, node]));
  const newestFirst = former
    .filter(({ at }) => at <= now)
    .sort((a, b) => b.at - a.at)
    .map(({ at, reason, nodes: then }) => ({
      at,
      clears: reason === 'pre-run' || reason.includes('wipe'),
      nodes: new Map(then.map((node) => [node.nodeId, node])),
    }));
  return {
    changedAt(nodeId, row) {
      const node = nodes.get(nodeId);
      if (node === undefined) return null;
      const references = referencesIn(node);
      const other = newestFirst.find(({ nodes: then }) => {
        const was = then.get(nodeId);
        if (was === undefined || was.kind !== node.kind) return false;
        const prompt = was.prompts[row - 1];
        return (
          (prompt !== undefined && prompt !== node.prompts[row - 1]) ||
          !sameReferences(referencesIn(was), references)
        );
      });
      return other?.at ?? null;
    },
    clearedAt(nodeId, row, candidate) {
      const outputOf = ({ saved, perRow }: GenerationNode) =>
        saved[(row - 1) * perRow + candidate - 1] ?? null;
      const node = nodes.get(nodeId);
      // What has an address was not cleared, also where that leads nowhere any more.
      if (node === undefined || outputOf(node) !== null) return null;
      const had = newestFirst.find(({ clears, nodes: then }) => {
        const was = clears ? then.get(nodeId) : undefined;
        const output = was === undefined ? null : outputOf(was);
        return output !== null && !node.saved.includes(output);
      });
      return had?.at ?? null;
    },
  };
}
