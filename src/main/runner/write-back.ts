import type { GenerationNode } from '../workflow/generation.ts';
import { generationNodes } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import { formatCacheKey } from './cache-key.ts';
import { pickIn } from './gate-picks.ts';
import { gateView } from './initial-view.ts';
import { clearingEdits, outputEdits, pickEdit, referenceEdits, savedList } from './node-edits.ts';
import type { NodeOutcome } from './node-run.ts';
import { placeOnDisk } from './outputs.ts';
import { type PlannedNode, partsOf, rowLength } from './plan.ts';
import type { RunState } from './run-state.ts';
import type { RunnerDeps } from './runner-deps.ts';
import type { SourceFile } from './source-file.ts';

/** Everything a run puts into the workflow file, and beside it for people. */
export interface WriteBack {
  /** Stale output goes, model and count are put right, stored references get their address. */
  clear(addresses: ReadonlyMap<string, string>): Promise<void>;
  /** A node's output, its key and the galleries below it. */
  output(node: PlannedNode, outcome: NodeOutcome): void;
  /** A person's pick at a gate; index into the gallery of the node above. */
  pick(gateId: number, index: number): Promise<void>;
  /** The candidates in use (`scene03.png`) of a node, by its gate's pick. */
  putInUse(node: PlannedNode): Promise<void>;
  /** The gates of a node as the window shows them. */
  showGates(node: PlannedNode): void;
}

export function createWriteBack(run: RunState, source: SourceFile, deps: RunnerDeps): WriteBack {
  const { db, disk, clock } = deps;
  const { gates, facts } = run.planned;

  /** Generation nodes of the file as somebody else left it, worked out once for each version of it. */
  const known = new WeakMap<Workflow['nodes'], Map<number, GenerationNode>>();
  const nodeNow = (workflow: Workflow, nodeId: number): GenerationNode | undefined => {
    const nodes =
      known.get(workflow.nodes) ?? new Map(generationNodes(workflow).map((node) => [node.nodeId, node]));
    known.set(workflow.nodes, nodes);
    return nodes.get(nodeId);
  };
  known.set(run.opened.workflow.nodes, new Map(run.planned.nodes.map((node) => [node.nodeId, node])));

  const showGates = (node: PlannedNode) => {
    const view = run.recorder.node(node.nodeId);
    if (!view) return;
    const gallery = run.galleries.get(node.nodeId) ?? [];
    const shown = node.node.gates.flatMap((id) => {
      const gate = gates.get(id);
      return gate ? [gateView(gate, gallery)] : [];
    });
    run.recorder.change({ nodes: [{ ...view, gates: shown }] });
  };

  return {
    showGates,

    clear: async (addresses) => {
      if (clearingEdits(run.opened.workflow, run.nodes).length === 0 && addresses.size === 0) return;
      source.put({
        edits: (workflow) => [...clearingEdits(workflow, run.nodes), ...referenceEdits(workflow, addresses)],
        written: async () => undefined,
        unfit: () => undefined,
      });
      await source.flush();
    },

    output: (node, outcome) => {
      const frames = node.node.prompts.flatMap((_, row) =>
        run.picturesOf(node, row).flatMap((picture) => (picture.from === null ? [] : [picture.url])),
      );
      const partsIn = (of: GenerationNode) =>
        partsOf(of, node.references, node.model, frames, facts.referenceHash);
      const parts = partsIn(node.node);
      const list = savedList(outcome.gallery, node.rows);
      const takenBack = new Set<number>();
      source.put({
        edits: (workflow) => {
          const now = nodeNow(workflow, node.nodeId);
          const target = workflow.nodes.get(node.nodeId);
          if (!now || !target || partsIn(now).prompts !== parts.prompts) return null;
          for (const gateId of now.gates) {
            const pick = gates.get(gateId)?.pick ?? null;
            if (pick !== null && pickIn(pick, list) === null) takenBack.add(gateId);
          }
          return outputEdits(workflow, target, { list, parts, gates: now.gates, takenBack });
        },
        written: async () => {
          for (const gateId of takenBack) {
            const gate = gates.get(gateId);
            if (!gate) continue;
            gates.set(gateId, { ...gate, pick: null });
            run.notice(
              `The pick at ${gate.title || `node ${gateId}`} was taken back: its picture was replaced.`,
              node.nodeId,
            );
          }
          await db.commits.write(() => {
            db.fingerprints.put(run.opened.path, node.nodeId, formatCacheKey(parts, list), clock.now());
            for (const id of outcome.journalIds) db.journal.step(id, { state: 'written' }, clock.now());
          });
          if (takenBack.size > 0) showGates(node);
        },
        unfit: () =>
          run.notice(
            `${node.title}: its prompt was changed during the run. The output is in Assets and in the journal, not in the file.`,
            node.nodeId,
          ),
      });
    },

    pick: async (gateId, index) => {
      const gate = gates.get(gateId);
      if (!gate) return;
      const gallery = run.galleries.get(gate.feeder.nodeId) ?? [];
      const url = gallery[index] ?? null;
      gates.set(gateId, { ...gate, pick: { index, pointsAt: url } });
      const list = savedList(gallery, gate.feeder.prompts.length);
      const inFile = url === null ? index : list.indexOf(url);
      source.put({
        edits: (workflow) => {
          const node = workflow.nodes.get(gateId);
          return node ? [pickEdit(workflow, node, inFile, url)] : null;
        },
        written: async () => undefined,
        unfit: () => run.notice(`The gate ${gate.title} is not in the file any more.`),
      });
      await source.flush();
    },

    putInUse: async (node) => {
      const gallery = run.galleries.get(node.nodeId) ?? [];
      const [gateId] = node.node.gates;
      const pick = gateId === undefined ? null : run.pickAt(gateId);
      const places = run.places.of(node.nodeId);
      for (let row = 0; row < node.rows; row++) {
        const first = row * node.node.perRow;
        const end = first + rowLength(node.node, gallery);
        const inRow = (index: number) => index >= first && index < end;
        const index =
          pick !== null && inRow(pick) ? pick : gallery.findIndex((url, i) => inRow(i) && url !== null);
        const url = index < 0 ? null : (gallery[index] ?? null);
        const object = url === null ? null : db.objects.byUrl(url);
        const bytes = object && (await disk.read(object.file));
        if (!object || !bytes) continue;
        await placeOnDisk(
          places.inUse(row + 1, object.ext),
          bytes,
          (sha) => db.objects.bySha(sha) !== null,
          disk,
        );
      }
    },
  };
}
