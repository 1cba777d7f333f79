import type { RerollTarget, RunOptions } from '../../shared/domain.ts';

/** A place of a workflow; row and candidate count from 1. */
export interface MadePlace {
  nodeId: number;
  row: number;
  candidate: number;
}

export interface NodeSize {
  rows: number;
  perRow: number;
}

/**
 * What to ask of a run that goes on where one was cut short: the same, but of a re-roll only the places whose successor
 * does not stand in the file yet, and no second wipe. Of a re-roll that had come to all of it, it asks for the rest of
 * the workflow. Pure.
 */
export function optionsToGoOn(
  options: RunOptions,
  made: readonly MadePlace[],
  sizes: ReadonlyMap<number, NodeSize>,
): RunOptions {
  const { reroll, ...rest } = options;
  const mode = options.mode === 'clean' ? 'full' : options.mode;
  const left = reroll?.flatMap((target) => leftOf(target, made, sizes.get(target.nodeId))) ?? [];
  return { ...rest, mode, ...(left.length === 0 ? {} : { reroll: left }) };
}

function leftOf(
  target: RerollTarget,
  made: readonly MadePlace[],
  size: NodeSize | undefined,
): RerollTarget[] {
  // The node is not in the file any more.
  if (size === undefined) return [];
  const done = new Set(
    made.filter(({ nodeId }) => nodeId === target.nodeId).map(({ row, candidate }) => `${row} ${candidate}`),
  );
  const rows = target.row === undefined ? upTo(size.rows) : [target.row];
  const candidates = target.candidate === undefined ? upTo(size.perRow) : [target.candidate];
  const places = rows.flatMap((row) => candidates.map((candidate) => ({ row, candidate })));
  const open = places.filter(({ row, candidate }) => !done.has(`${row} ${candidate}`));
  if (open.length === places.length) return [target];
  return open.map((place) => ({ nodeId: target.nodeId, ...place }));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
