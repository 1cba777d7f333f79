import { fail } from '../../shared/failure.ts';
import type { RunView } from '../../shared/run-view.ts';
import { betweenRuns } from '../platform/held-file.ts';
import { findProjectFolder } from '../platform/project-folder.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { galleryUrls, savedUrls } from '../workflow/fields.ts';
import { generationNodes } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import { editFile } from './file-edit.ts';
import { pickEdit } from './node-edits.ts';
import { placeOnDisk } from './outputs.ts';
import { placesFor } from './places.ts';
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
  const { url } = picked;
  const write = (real: string) =>
    editFile(
      real,
      'pick',
      ({ workflow }) => {
        const gate = workflow.nodes.get(gateId);
        const feeder = workflow.nodes.get(node.nodeId);
        if (!gate || !feeder)
          throw fail('not-found', `Gate ${gateId} is not in the workflow any more.`, { where: path });
        const shown = galleryUrls(gate, workflow.fields);
        const index = (shown.length > 0 ? shown : savedUrls(feeder, workflow.fields)).indexOf(url);
        if (index < 0) {
          throw fail('not-found', 'This picture is not in the workflow any more: it was replaced since.', {
            where: path,
            cure: 'Open the newest run of this workflow and pick there.',
          });
        }
        const text = editWorkflow(workflow.text, [pickEdit(workflow, gate, index, url)]);
        return { text, result: workflow };
      },
      deps,
    );
  await betweenRuns(
    path,
    'pick',
    async (real) => putInUse(await write(real), real, node.nodeId, row, url, deps),
    deps,
  );
  const nodes = view.nodes.map((entry) =>
    entry === node
      ? {
          ...entry,
          gates: entry.gates.map((gate) =>
            gate.nodeId === gateId
              ? {
                  ...gate,
                  held: false,
                  picks: [{ row, candidate }],
                  machinePicks: gate.machinePicks.filter((pick) => pick.row !== row),
                }
              : gate,
          ),
        }
      : entry,
  );
  const picksOpen = nodes.reduce((sum, entry) => sum + entry.gates.filter(({ held }) => held).length, 0);
  const summary = { ...view.summary, picksOpen };
  const packed = await deps.pack({ ...view, summary, nodes });
  await deps.db.commits.write(() => deps.db.runs.replaceView(summary, packed));
}

/** `scene03.png` becomes the picked candidate, where the run had put one (behaviour.md §6). */
export async function putInUse(
  workflow: Workflow,
  path: string,
  nodeId: number,
  row: number,
  url: string,
  { db, disk }: Pick<RunnerDeps, 'db' | 'disk'>,
): Promise<void> {
  const object = db.objects.byUrl(url);
  const bytes = object && (await disk.read(object.file));
  if (!object || !bytes) return;
  const places = placesFor(await findProjectFolder(path, disk), workflow, generationNodes(workflow));
  const inUse = places.of(nodeId).inUse(row, object.ext);
  // With an --out-root the run's files lie elsewhere: nothing is made where nothing was.
  if ((await disk.stat(inUse)) === null) return;
  await placeOnDisk(inUse, bytes, (sha) => db.objects.bySha(sha) !== null, disk);
}
