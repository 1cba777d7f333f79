import { expect, it } from 'vitest';
import { emptyCounts } from '../../shared/domain.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { runsTable } from './runs.ts';

const run = (counts: Partial<RunSummary['counts']>, costUSD: number): RunSummary => ({
  runId: 'r1',
  workflow: '/p/XYZS1-V1.nbflow',
  name: 'XYZS1-V1',
  mode: 'full',
  status: 'interrupted',
  demo: false,
  server: 'http://127.0.0.1:8765',
  concurrency: 3,
  startedAt: '2026-11-20T10:00:00.000Z',
  finishedAt: null,
  counts: { ...emptyCounts(), ...counts },
  plan: { nodes: 80, generations: 320, images: 160, videos: 160, cached: 0, costUSD: 70.4, estimateS: 7200 },
  done: 0,
  total: 320,
  etaS: null,
  costUSD,
  savedUSD: 0,
  picksOpen: 0,
  uploadsWaiting: 0,
  output: null,
  errorsFile: null,
  message: null,
  cause: null,
  live: false,
});

it('a run says how far it came and what it cost', () => {
  expect(runsTable([run({ nodes: 16, generated: 7, cached: 1, submitted: 44 }, 6.08)])).toMatch(
    /interrupted +8\/16 +44 +\$6\.08/,
  );
});

it('a run that was killed before it could say so claims no nought: something may have been paid', () => {
  const told = runsTable([run({}, 0)]);
  expect(told).toMatch(/interrupted +– +– +–/);
  expect(told).not.toContain('$0.00');
});
