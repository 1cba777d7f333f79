import { fail } from '../../shared/failure.ts';
import { rowLength } from './plan.ts';
import type { RunState } from './run-state.ts';
import type { WriteBack } from './write-back.ts';

/**
 * A person's pick while the run goes on, into the file and into what the run knows; row and candidate count from 1. What
 * it lets go is the caller's to see to. Rejects with `not-found`.
 */
export async function pickInRun(
  run: RunState,
  writeBack: WriteBack,
  gateId: number,
  row: number,
  candidate: number,
): Promise<void> {
  const gate = run.planned.gates.get(gateId);
  const node = gate && run.nodes.find((entry) => entry.nodeId === gate.feeder.nodeId);
  if (!gate || !node)
    throw fail('not-found', `There is no gate ${gateId} in this run.`, { where: run.opened.path });
  const gallery = run.galleries.get(node.nodeId) ?? [];
  const there = candidate <= rowLength(node.node, gallery) && row <= Math.max(1, node.rows);
  const index = (row - 1) * node.node.perRow + candidate - 1;
  const over = !['waiting', 'running'].includes(run.standing.get(node.nodeId) ?? 'done');
  if (!there || (over && (gallery[index] ?? null) === null)) {
    throw fail(
      'not-found',
      `${gate.title || `Gate ${gateId}`} has no candidate ${candidate} in row ${row}.`,
      {
        where: run.opened.path,
      },
    );
  }
  await writeBack.pick(gateId, index);
  await writeBack.putInUse(node);
  writeBack.showGates(node);
}
