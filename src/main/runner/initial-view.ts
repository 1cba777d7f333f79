import type { CandidateView, GateView, RunNodeView, RunSummary, RunView } from '../../shared/run-view.ts';
import type { Workflow } from '../workflow/read.ts';
import type { GatePick } from './gate-picks.ts';
import { pickIn } from './gate-picks.ts';
import { emptyCandidate } from './live-view.ts';
import { galleryOf, type PlannedNode, type RunPlan, rowLength } from './plan.ts';

/** A run's view before anything has happened: what is cached is there, what is planned waits. */
export function initialView(
  summary: RunSummary,
  workflow: Workflow,
  plan: RunPlan,
  gates: ReadonlyMap<number, GatePick>,
  mediaOf: (url: string) => { media: string | null; file: string | null; sha256: string | null },
): RunView {
  return {
    summary,
    tabs: workflow.tabs.map((tab) => tab.name),
    nodes: plan.nodes.map((node) => nodeView(node, gates, mediaOf)),
    notices: [],
    outages: [],
  };
}

function nodeView(
  planned: PlannedNode,
  gates: ReadonlyMap<number, GatePick>,
  mediaOf: (url: string) => { media: string | null; file: string | null; sha256: string | null },
): RunNodeView {
  const { node } = planned;
  const todo = new Set(planned.todo.map((place) => place.index));
  const gallery = galleryOf(planned);
  const length = rowLength(node, gallery);
  const candidates = gallery.map((url, index): CandidateView => {
    const empty = emptyCandidate(Math.floor(index / length) + 1, (index % length) + 1);
    const former = planned.former[index] ?? null;
    if (former !== null) return { ...empty, state: 'waiting', url: former, ...mediaOf(former) };
    if (url === null) return { ...empty, state: todo.has(index) ? 'waiting' : 'missing' };
    return { ...empty, state: 'cached', url, ...mediaOf(url) };
  });
  return {
    nodeId: planned.nodeId,
    tab: planned.tab,
    tabIndex: node.tabIndex,
    title: planned.title,
    kind: planned.kind,
    scene: planned.scene,
    rows: planned.rows,
    perRow: node.perRow,
    aspectRatio: node.aspectRatio,
    model: planned.model,
    state: planned.reason === 'cached' ? 'cached' : 'waiting',
    note: null,
    reason: planned.reason,
    trusted: planned.trusted,
    short: false,
    attempt: 0,
    prompts: node.prompts,
    references: planned.references.map((url, i) => ({
      label: node.inputs[i]?.label ?? `reference ${i + 1}`,
      url: url.startsWith('data:') ? 'embedded picture' : url,
      media: url.startsWith('data:') ? null : mediaOf(url).media,
    })),
    needs: planned.needs,
    gates: node.gates.flatMap((id) => {
      const gate = gates.get(id);
      return gate ? [gateView(gate, gallery)] : [];
    }),
    candidates,
    attempts: [],
    error: null,
    startedAt: null,
    finishedAt: null,
  };
}

/** A gate over a gallery as it is now; `held`: a node waits there for a person's pick. */
export function gateView(gate: GatePick, gallery: readonly (string | null)[], held = false): GateView {
  const perRow = rowLength(gate.feeder, gallery);
  const at = (index: number) => ({ row: Math.floor(index / perRow) + 1, candidate: (index % perRow) + 1 });
  const index = pickIn(gate.pick, gallery);
  const picks = index === null ? [] : [at(index)];
  const machinePicks = gate.feeder.prompts.flatMap((_, row) => {
    if (picks.some((pick) => pick.row === row + 1)) return [];
    const first = gallery.slice(row * perRow, (row + 1) * perRow).findIndex((url) => url !== null);
    return first < 0 ? [] : [{ row: row + 1, candidate: first + 1 }];
  });
  return { nodeId: gate.gateId, title: gate.title, picks, machinePicks, held };
}
