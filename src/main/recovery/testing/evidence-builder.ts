import type { PlanReason } from '../../../shared/domain.ts';
import type {
  BackupEvidence,
  CacheEvidence,
  Evidence,
  ExportEvidence,
  FileEvidence,
  JournalEvidence,
  NodeEvidence,
  ObjectEvidence,
  PlaceEvidence,
  RunEvidence,
} from '../evidence.ts';

/** Builders of evidence for tests: a healthy machine, and a workflow of which nothing was made. */

export const NOW = Date.UTC(2026, 4, 12, 14, 30);
export const HOUR = 3_600_000;

export const evidenceOf = (more: Partial<Evidence> = {}): Evidence => ({
  path: '/project/testing/XYZG3-V0-1.nbflow',
  name: 'XYZG3-V0-1',
  source: { state: 'sound', findings: [] },
  run: null,
  passes: [],
  nodes: [],
  nodesFrom: 'source',
  export: null,
  backups: [],
  errors: null,
  backend: { state: 'up', address: 'http://127.0.0.1:8765', message: null, cure: null },
  tunnel: { state: 'unused', address: null, message: null, cure: null },
  unseen: [],
  ...more,
});

export const emptyPlace = (row: number, candidate: number): PlaceEvidence => ({
  row,
  candidate,
  cache: null,
  local: null,
  store: null,
  journal: null,
});

/** A node of one row; each place is empty but for what it is given. */
export const nodeOf = (
  nodeId: number,
  places: readonly Partial<PlaceEvidence>[],
  more: Partial<NodeEvidence> = {},
): NodeEvidence => ({
  nodeId,
  tab: 'Account A',
  title: `Node ${nodeId}`,
  kind: 'image',
  scene: nodeId,
  reason: reasonFor(places),
  aspectRatio: '9:16',
  priceUSD: more.kind === 'video' ? 0.4 : 0.04,
  needs: [],
  reroll: null,
  places: places.map((place, at) => ({ ...emptyPlace(1, at + 1), ...place })),
  surplus: [],
  inUse: 0,
  ...more,
});

/** As the plan would say of a node whose prompt, references and frames are those of then. */
function reasonFor(places: readonly Partial<PlaceEvidence>[]): PlanReason {
  const cached = places.flatMap(({ cache }) => cache ?? []);
  if (cached.length === 0) return 'missing';
  if (cached.some(({ state }) => state === 'gone')) return 'stale url';
  return cached.length < places.length ? 'partial' : 'cached';
}

export const cached = (name: string, more: Partial<CacheEvidence> = {}): { cache: CacheEvidence } => ({
  cache: {
    url: `https://store.test/${name}`,
    state: 'there',
    named: 'ours',
    identity: null,
    shape: null,
    ...more,
  },
});

export const gone = (name: string) => cached(name, { state: 'gone' });

export const fileAt = (name: string, more: Partial<FileEvidence> = {}): { local: FileEvidence } => ({
  local: {
    file: `/project/Assets/${name}`,
    size: 100,
    sha256: name,
    modifiedAt: NOW - HOUR,
    problem: null,
    ...more,
  },
});

export const objectAt = (key: string, more: Partial<ObjectEvidence> = {}): { store: ObjectEvidence } => ({
  store: {
    key,
    url: `https://store.test/${key}`,
    size: 100,
    modifiedAt: NOW - HOUR,
    hash: null,
    problem: null,
    ...more,
  },
});

export const journalAt = (
  state: JournalEvidence['state'],
  more: Partial<JournalEvidence> = {},
): { journal: JournalEvidence } => ({
  journal: {
    id: 1,
    runId: 'run-1',
    state,
    taskId: state === 'intent' || state === 'parked' ? null : 'task-1',
    intact: ['downloaded', 'stored', 'written'].includes(state),
    file: null,
    url: null,
    message: null,
    at: NOW - HOUR,
    ...more,
  },
});

export const four = <T>(place: (candidate: number) => T): T[] => [1, 2, 3, 4].map(place);

export const runOf = (more: Partial<RunEvidence> = {}): RunEvidence => ({
  runId: 'run-1',
  status: 'interrupted',
  live: false,
  mode: 'full',
  demo: false,
  startedAt: NOW - 2 * HOUR,
  endedAt: NOW - HOUR,
  cause: 'killed',
  message: null,
  backup: null,
  ...more,
});

export const backupOf = (id: string, more: Partial<BackupEvidence> = {}): BackupEvidence => ({
  id,
  path: `/project/backups/${id}`,
  at: NOW - 3 * HOUR,
  reason: 'pre-run',
  sound: true,
  cached: 0,
  images: 0,
  videos: 0,
  ...more,
});

export const exportOf = (more: Partial<ExportEvidence> = {}): ExportEvidence => ({
  path: '/project/Generations/XYZG3-V0-1-generated-20260512-140000.nbflow',
  at: NOW,
  state: 'complete',
  gaps: [],
  message: null,
  ...more,
});
