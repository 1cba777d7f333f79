import type { GenerationNode } from '../workflow/generation.ts';
import { generationNodes } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import { compareCacheKey, formatCacheKey } from './cache-key.ts';
import { gatePicks, pickIn } from './gate-picks.ts';
import { gateView } from './initial-view.ts';
import { clearingEdits, outputEdits, pickEdit, referenceEdits, savedList } from './node-edits.ts';
import type { NodeOutcome } from './node-run.ts';
import { placeOnDisk } from './outputs.ts';
import { type PlannedNode, partsOf, referencesOf, rowLength } from './plan.ts';
import type { RunState } from './run-state.ts';
import type { RunnerDeps } from './runner-deps.ts';
import type { SourceFile } from './source-file.ts';

/** Everything a run puts into the workflow file, and beside it for people. */
export interface WriteBack {
  /** Stale output goes, model and count are put right, stored references get their address. */
  clear(addresses: ReadonlyMap<string, string>): Promise<void>;
  /** A node's output, its key (`frames`: what it was made from) and the galleries below it. */
  output(node: PlannedNode, outcome: NodeOutcome, frames: readonly string[]): void;
  /** Somebody else saved the file: their picks are the ones that count. Gives the nodes above gates picked otherwise. */
  reread(now: Workflow): number[];
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
  /** Where a pick stands in the file, for those this run wrote; for others it is where it was read. */
  const inFile = new Map<number, number>();
  /** What each node had when the run began and all that the run has put there since: any of it may be in the file. */
  const put = new Map<number, Set<string | null>>();

  /** Generation nodes of the file as somebody else left it, worked out once for each version of it. */
  const known = new WeakMap<Workflow['nodes'], Map<number, GenerationNode>>();
  const nodeNow = (workflow: Workflow, nodeId: number): GenerationNode | undefined => {
    const nodes =
      known.get(workflow.nodes) ?? new Map(generationNodes(workflow).map((node) => [node.nodeId, node]));
    known.set(workflow.nodes, nodes);
    return nodes.get(nodeId);
  };
  known.set(run.opened.workflow.nodes, new Map(run.planned.nodes.map((node) => [node.nodeId, node])));

  const isHeldAt = (gateId: number): boolean =>
    run.options.gates === 'hold' &&
    run.pickAt(gateId) === null &&
    run.nodes.some((node) => run.standing.get(node.nodeId) === 'held' && run.waitsForPick(node) === gateId);
  const showGates = (node: PlannedNode) => {
    const view = run.recorder.node(node.nodeId);
    if (!view) return;
    const gallery = run.galleries.get(node.nodeId) ?? [];
    const shown = node.node.gates.flatMap((id) => {
      const gate = gates.get(id);
      return gate ? [gateView(gate, gallery, isHeldAt(id))] : [];
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

    reread: (now) => {
      const feeders = new Set<number>();
      for (const [gateId, { pick }] of gatePicks(now, generationNodes(now))) {
        const gate = gates.get(gateId);
        const before = gate ? run.pickAt(gateId) : null;
        if (gate) gates.set(gateId, { ...gate, pick });
        inFile.delete(gateId);
        if (gate && run.pickAt(gateId) !== before) feeders.add(gate.feeder.nodeId);
      }
      return [...feeders];
    },

    output: (node, outcome, frames) => {
      const partsIn = (of: GenerationNode) =>
        partsOf(of, referencesOf(of, facts.refImage), facts.modelOf(of), frames, facts.referenceHash);
      const parts = partsIn(node.node);
      const list = savedList(outcome.gallery, node.rows);
      const ours = new Set([...(put.get(node.nodeId) ?? node.node.saved), ...list]);
      put.set(node.nodeId, ours);
      const picks = new Map<number, number | null>();
      let misfit = '';
      source.put({
        edits: (workflow) => {
          const now = nodeNow(workflow, node.nodeId);
          const target = workflow.nodes.get(node.nodeId);
          const change =
            now && target ? compareCacheKey(formatCacheKey(parts, list), partsIn(now), list) : 'unknown';
          if (!now || !target || change !== null) {
            const what = change === null || change === 'unknown' ? 'node' : change.replace(' changed', '');
            misfit = `its ${what} was changed during the run`;
            return null;
          }
          if (now.saved.some((url) => url !== null && !ours.has(url))) {
            misfit = 'somebody else put output there during the run';
            return null;
          }
          picks.clear();
          for (const gateId of now.gates) {
            const pick = gates.get(gateId)?.pick ?? null;
            if (pick === null) continue;
            const index = pickIn(pick, outcome.gallery);
            const url = index === null ? null : (outcome.gallery[index] ?? null);
            // Made before there were pictures, and its place is kept: it still waits for its picture.
            if (url === null && index !== null && pick.pointsAt === null && node.rows > 1) continue;
            // A list that closes up moves its pictures: the index moves along, the pick does not.
            const place = url === null ? null : list.indexOf(url);
            if (place !== (inFile.get(gateId) ?? pick.index)) picks.set(gateId, place);
          }
          return outputEdits(workflow, target, { list, parts, gates: now.gates, picks });
        },
        written: async () => {
          for (const [gateId, place] of picks) {
            const gate = gates.get(gateId);
            if (!gate) continue;
            if (place !== null) {
              inFile.set(gateId, place);
              continue;
            }
            gates.set(gateId, { ...gate, pick: null });
            run.notice(
              `The pick at ${gate.title || `node ${gateId}`} was taken back: its picture was replaced or could not be made.`,
              node.nodeId,
            );
          }
          await db.commits.write(() => {
            db.fingerprints.put(run.opened.path, node.nodeId, formatCacheKey(parts, list), clock.now());
            for (const id of outcome.journalIds) db.journal.step(id, { state: 'written' }, clock.now());
          });
          if (picks.size > 0) showGates(node);
        },
        unfit: () =>
          run.notice(
            `${node.title}: ${misfit}. The output is in Assets and in the journal, not in the file.`,
            node.nodeId,
          ),
      });
    },

    pick: async (gateId, index) => {
      const gate = gates.get(gateId);
      if (!gate) return;
      const gallery = run.galleries.get(gate.feeder.nodeId) ?? [];
      const url = gallery[index] ?? null;
      const picked = { ...gate, pick: { index, pointsAt: url } };
      gates.set(gateId, picked);
      const list = savedList(gallery, gate.feeder.prompts.length);
      const place = url === null ? index : list.indexOf(url);
      source.put({
        edits: (workflow) => {
          const node = workflow.nodes.get(gateId);
          // Again: a reading of the file just now may have brought the pick that this one replaces.
          gates.set(gateId, picked);
          inFile.set(gateId, place);
          return node ? [pickEdit(workflow, node, place, url)] : null;
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
