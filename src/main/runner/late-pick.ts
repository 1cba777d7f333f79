import { fail } from '../../shared/failure.ts';
import type { RunView } from '../../shared/run-view.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { galleryUrls, savedUrls } from '../workflow/fields.ts';
import { pickEdit } from './node-edits.ts';
import { openWorkflow } from './prepare.ts';
import type { RunnerDeps } from './runner-deps.ts';

/** A person's pick after a run has ended: into the workflow file, and into the run's record. */
export async function pickAfterEnd(
  view: RunView,
  gateId: number,
  row: number,
  candidate: number,
  deps: RunnerDeps,
): Promise<void> {
  const { workflow: path } = view.summary;
  const node = view.nodes.find((entry) => entry.gates.some((gate) => gate.nodeId === gateId));
  const picked = node?.candidates.find((entry) => entry.row === row && entry.candidate === candidate);
  if (!node || !picked?.url) {
    throw fail('not-found', `There is no candidate ${candidate} in row ${row} at gate ${gateId}.`, {
      where: path,
    });
  }
  const lock = await deps.lock(path, `pick ${path}`);
  try {
    const { workflow } = await openWorkflow(path, deps);
    const gate = workflow.nodes.get(gateId);
    const feeder = workflow.nodes.get(node.nodeId);
    if (!gate || !feeder)
      throw fail('not-found', `Gate ${gateId} is not in the workflow any more.`, { where: path });
    const shown = galleryUrls(gate, workflow.fields);
    const index = (shown.length > 0 ? shown : savedUrls(feeder, workflow.fields)).indexOf(picked.url);
    if (index < 0) {
      throw fail('not-found', 'This picture is not in the workflow any more: it was replaced since.', {
        where: path,
        cure: 'Open the newest run of this workflow and pick there.',
      });
    }
    await deps.disk.write(path, editWorkflow(workflow.text, [pickEdit(workflow, gate, index, picked.url)]));
  } finally {
    await lock.release();
  }
  const nodes = view.nodes.map((entry) =>
    entry === node
      ? {
          ...entry,
          gates: entry.gates.map((gate) =>
            gate.nodeId === gateId
              ? {
                  ...gate,
                  picks: [{ row, candidate }],
                  machinePicks: gate.machinePicks.filter((pick) => pick.row !== row),
                }
              : gate,
          ),
        }
      : entry,
  );
  await deps.db.commits.write(() => deps.db.runs.replaceView({ ...view, nodes }));
}
