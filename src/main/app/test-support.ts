import { emptyCounts } from '../../shared/domain.ts';
import type { RecoveryEntry } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { ServiceView, TunnelFacts, TunnelStage } from '../../shared/services.ts';

/** For tests only: a run that has just begun, with what a test wants to be otherwise. */
export const runSummary = (change: Partial<RunSummary>): RunSummary => ({
  runId: '1',
  workflow: '/p/a.nbflow',
  name: 'a',
  mode: 'full',
  status: 'running',
  demo: false,
  server: '',
  concurrency: 3,
  startedAt: '',
  finishedAt: null,
  counts: emptyCounts(),
  plan: { nodes: 0, generations: 0, cached: 0, costUSD: 0, images: 0, videos: 0, estimateS: 0 },
  done: 0,
  total: 0,
  etaS: null,
  costUSD: 0,
  savedUSD: 0,
  picksOpen: 0,
  uploadsWaiting: 0,
  output: null,
  errorsFile: null,
  message: null,
  cause: null,
  live: true,
  ...change,
});

/** For tests only: a service that is up, with what a test wants to be otherwise. G-Labs unless it is named. */
export const serviceView = (change: Partial<ServiceView> = {}): ServiceView => ({
  name: 'glabs',
  desired: 'up',
  state: 'ready',
  url: 'http://127.0.0.1:8765',
  pid: 41,
  adopted: false,
  demo: false,
  since: '2026-11-20T03:00:00.000Z',
  restarts: 0,
  lastRestarts: [],
  lastProbe: null,
  nextAttemptAt: null,
  problem: null,
  startWill: 'nothing',
  health: [],
  supervisor: null,
  tunnel: null,
  log: [],
  ...change,
});

/** For tests only: the address of the tunnel in tunnelView. */
export const PUBLIC_URL = 'https://brave-otter.trycloudflare.com';

/** For tests only: a tunnel that has come so far, whose address was verified once. */
export const tunnelView = (
  stage: TunnelStage,
  facts: Partial<TunnelFacts> = {},
  change: Partial<ServiceView> = {},
): ServiceView =>
  serviceView({
    name: 'tunnel',
    state: stage === 'verified' ? 'ready' : stage === 'stopped' || stage === 'failed' ? stage : 'starting',
    url: PUBLIC_URL,
    tunnel: {
      mode: 'quick',
      stage,
      address: { url: PUBLIC_URL, revision: 3, verifiedAt: '2026-11-20T03:00:00.000Z' },
      consumers: [],
      ...facts,
    },
    ...change,
  });

/** For tests only: a run that was killed and that nobody has looked at, with what a test wants to be otherwise. */
export const interrupted = (change: Partial<RecoveryEntry> = {}): RecoveryEntry => ({
  path: '/p/testing/XYZG3-V0-1.nbflow',
  name: 'XYZG3-V0-1',
  runId: '1',
  cause: { kind: 'killed', message: 'Flowdeck was killed' },
  interruptedAt: '2026-11-20T23:14:00.000Z',
  step: 'happened',
  action: null,
  appliedRunId: null,
  undoBackupId: null,
  ...change,
});
