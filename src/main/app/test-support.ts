import { emptyCounts } from '../../shared/domain.ts';
import type { RunSummary } from '../../shared/run-view.ts';

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
  live: true,
  ...change,
});
