import type { emptyCounts } from '../../shared/domain.ts';
import type { RunEvent, RunEventOf } from '../../shared/run-events.ts';
import type { CandidateView } from '../../shared/run-view.ts';
import type { Backend } from '../backend/backend.ts';
import { isoTime } from '../platform/clock.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ErrorEntry } from './errors-file.ts';
import { pickIn } from './gate-picks.ts';
import type { ResolvedOptions } from './options.ts';
import { type Places, placesFor } from './places.ts';
import { galleryOf, type PlannedNode, pictureFor } from './plan.ts';
import type { OpenedWorkflow, Planned } from './prepare.ts';
import type { Recorder } from './recorder.ts';
import type { InputPicture } from './references.ts';
import type { RunnerDeps } from './runner-deps.ts';
import type { Standing } from './schedule.ts';
import type { Uploader } from './uploader.ts';

/** A run that was let in: locked, checked, planned, its backend there. */
export interface AdmittedRun {
  runId: string;
  opened: OpenedWorkflow;
  planned: Planned;
  options: ResolvedOptions;
  backend: Backend;
  /** When the backend began, by `clock.sinceBoot`; null when it does not say. */
  backendStart: number | null;
  /** Whether it is the demo; null when it was not asked. */
  demo: boolean | null;
  store: ObjectStore;
  recorder: Recorder;
  counts: ReturnType<typeof emptyCounts>;
  /** US dollars. */
  money: { spent: number; saved: number };
  /** Outputs of this workflow that their store does not have yet. */
  outgoing: { waiting: number };
}

/** Distributive: each member of the union keeps its own fields. */
type Unstamped<T> = T extends unknown ? Omit<T, 'at' | 'runId'> : never;

/** What a run knows while it goes: where each node stands, what each has, who picked what. */
export interface RunState extends AdmittedRun {
  uploads: Uploader;
  nodes: readonly PlannedNode[];
  /** A node of this run is planned anew: a re-roll. */
  replace(planned: PlannedNode): void;
  standing: Map<number, Standing>;
  /** Row-major addresses of what each node has, as it grows; null where nothing is. */
  galleries: Map<number, (string | null)[]>;
  failed: Map<number, ErrorEntry>;
  places: Places;
  emit(event: Unstamped<RunEvent>): void;
  notice(message: string, nodeId?: number): void;
  tell(
    node: PlannedNode,
    state: RunEventOf<'node.state'>['state'],
    more?: Partial<RunEventOf<'node.state'>>,
  ): void;
  /** An output is here, and on its way to the store: the window can show it. */
  showKept(nodeId: number, kept: Pick<CandidateView, 'row' | 'candidate' | 'url' | 'file' | 'sha256'>): void;
  /** A person's pick that still holds, as an index into the gallery of the node above the gate. */
  pickAt(gateId: number): number | null;
  /** The picture of each input for this row (from 0). */
  picturesOf(node: PlannedNode, row: number): InputPicture[];
  /** The pictures of other nodes it would be made from now, row by row: a pick may change them later. */
  framesOf(node: PlannedNode): string[];
  /** In `hold` mode: a gate this node draws from that has no person's pick. */
  waitsForPick(node: PlannedNode): number | null;
}

export function createRunState(run: AdmittedRun, uploads: Uploader, deps: RunnerDeps): RunState {
  const { planned, recorder, runId } = run;
  const nodes = [...planned.plan.nodes];
  const { gates } = planned;
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const galleries = new Map(nodes.map((node) => [node.nodeId, galleryOf(node)]));

  const emit = (event: Unstamped<RunEvent>) =>
    recorder.emit({ ...event, at: isoTime(deps.clock), runId } as RunEvent);
  const pickAt = (gateId: number): number | null => {
    const gate = gates.get(gateId);
    return gate ? pickIn(gate.pick, galleries.get(gate.feeder.nodeId) ?? []) : null;
  };

  const picturesOf: RunState['picturesOf'] = (node, row) => {
    if (node.node.inputs.length === 0)
      return node.references.map((url) => ({ slot: 'reference', url, from: null }));
    return node.node.inputs.map((input): InputPicture => {
      const { slot, source } = input;
      if (source.kind === 'media') return { slot, url: source.value, from: null };
      const upstream = byId.get(source.nodeId);
      const gallery = galleries.get(source.nodeId) ?? [];
      const found = upstream && pictureFor(input, upstream.node, gallery, row, node.rows, pickAt);
      return { slot, url: found ? (gallery[found.index] ?? null) : null, from: source.nodeId };
    });
  };

  return {
    ...run,
    uploads,
    nodes,
    replace: (again) => {
      nodes[nodes.findIndex((node) => node.nodeId === again.nodeId)] = again;
      byId.set(again.nodeId, again);
    },
    standing: new Map(),
    galleries,
    failed: new Map(),
    places: placesFor(planned.projectFolder, run.opened.workflow, planned.nodes),
    emit,
    notice: (message, nodeId) =>
      emit({ type: 'run.notice', message, ...(nodeId === undefined ? {} : { nodeId }) }),
    tell: (node, state, more = {}) =>
      emit({ ...more, type: 'node.state', nodeId: node.nodeId, tab: node.tab, title: node.title, state }),
    showKept: (nodeId, kept) => {
      const view = recorder.node(nodeId);
      if (!view || uploads.waiting() === 0) return;
      const { sha256, file } = kept;
      const media = sha256 === null || file === null ? null : deps.media(sha256, file);
      const candidates = view.candidates.map((entry) =>
        entry.row === kept.row && entry.candidate === kept.candidate
          ? { ...entry, ...kept, state: 'storing' as const, media }
          : entry,
      );
      recorder.change({ nodes: [{ ...view, candidates }] });
    },
    pickAt,
    picturesOf,
    framesOf: (node) =>
      node.node.prompts.flatMap((_, row) =>
        picturesOf(node, row).flatMap(({ url, from }) => (from === null || url === null ? [] : [url])),
      ),
    waitsForPick: (node) => {
      if (run.options.gates !== 'hold') return null;
      for (const { source } of node.node.inputs) {
        if (source.kind === 'output' && source.gateId !== null && pickAt(source.gateId) === null)
          return source.gateId;
      }
      return null;
    },
  };
}
