import { expect, it } from 'vitest';
import type { RunEvent } from '../../shared/run-events.ts';
import type { RunNodeView, RunView } from '../../shared/run-view.ts';
import { changeFor, emptyCandidate, summarise } from './live-view.ts';

const at = '2026-11-20T00:00:00.000Z';
const node = {
  nodeId: 4,
  state: 'generating',
  note: null,
  short: false,
  attempt: 1,
  startedAt: at,
  finishedAt: null,
  attempts: [],
  candidates: [1, 2].map((candidate) => ({ ...emptyCandidate(1, candidate), state: 'generating' as const })),
} as unknown as RunNodeView;
const view = { summary: {}, tabs: [], nodes: [node], notices: [], outages: [] } as unknown as RunView;
const told = (more: Partial<RunEvent>) =>
  changeFor(
    view,
    { type: 'node.state', at, runId: 'r', nodeId: 4, tab: 'A', title: 'S', ...more } as RunEvent,
    () => null,
  ).nodes?.[0];

it('one candidate that failed does not end the node: the others go on', () => {
  const next = told({ state: 'failed', row: 1, candidate: 2 } as Partial<RunEvent>);
  expect(next).toMatchObject({ state: 'generating', finishedAt: null });
  expect(next?.candidates.map((candidate) => candidate.state)).toEqual(['generating', 'failed']);
});

it('a node that failed as a whole has ended', () => {
  expect(told({ state: 'failed' } as Partial<RunEvent>)).toMatchObject({ state: 'failed', finishedAt: at });
});

it('says how long it takes by what pictures and clips usually take, and leaves out what will not be made', () => {
  const candidates = (...states: string[]) =>
    states.map((state, i) => ({ ...emptyCandidate(1, i + 1), state }) as RunNodeView['candidates'][number]);
  const nodes = [
    { kind: 'image', state: 'done', gates: [], candidates: candidates('done', 'done', 'cached') },
    { kind: 'video', state: 'waiting', gates: [], candidates: candidates('waiting') },
    { kind: 'video', state: 'skipped', gates: [], candidates: candidates('waiting') },
  ] as unknown as RunNodeView[];
  const summary = { total: 4, finishedAt: null } as RunView['summary'];
  const sums = { costUSD: 0, savedUSD: 0 } as Parameters<typeof summarise>[1];
  const { done, etaS } = summarise({ ...view, summary, nodes }, sums, 60_000);
  // Two pictures took a minute; a clip takes as long as four pictures.
  expect({ done, etaS }).toEqual({ done: 2, etaS: 120 });
});
