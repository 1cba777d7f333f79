import type { Diagnosis, RecoveryNode, RecoveryPlan } from '../../../shared/recovery.ts';

/** A node all of whose candidates are in the workflow, for tests. */
export const testNode = (nodeId: number, over: Partial<RecoveryNode> = {}): RecoveryNode => ({
  nodeId,
  tab: 'Account A',
  title: `Scene ${nodeId} image`,
  kind: 'image',
  scene: nodeId,
  wanted: 4,
  cache: 4,
  bad: 0,
  local: 0,
  store: 0,
  journal: 0,
  salvaged: 0,
  generations: 0,
  state: 'done',
  note: null,
  ...over,
});

export const testPlan = (over: Partial<RecoveryPlan> = {}): RecoveryPlan => ({
  action: 'resume',
  title: 'Resume: make what is missing',
  generations: 55,
  images: 11,
  videos: 44,
  saved: 9,
  savedUSD: 0.36,
  costUSD: 9.8,
  steps: ['Back up the workflow as it is now.'],
  nodes: [],
  backup: null,
  ...over,
});

export const testDiagnosis = (over: Partial<Diagnosis> = {}): Diagnosis => ({
  path: '/p/testing/XYZG3-V0-1.nbflow',
  name: 'XYZG3-V0-1',
  at: '2026-11-21T23:20:00.000Z',
  verdict: 'resume',
  headline: 'Left to make: 11 images and 44 clips.',
  run: null,
  cause: null,
  nodes: [],
  findings: [],
  check: [],
  plan: testPlan(),
  alternatives: [],
  ...over,
});
