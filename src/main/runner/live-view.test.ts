import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../shared/run-events.ts';
import { applyRunChange, type RunNodeView, type RunView } from '../../shared/run-view.ts';
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

describe('an outage', () => {
  const server = 'http://g';
  const base = { ...view, summary: { server } } as unknown as RunView;
  const stamp = (second: number) => `2026-11-20T00:00:${String(second).padStart(2, '0')}.000Z`;
  const down = (second: number, more: Partial<RunEvent> = {}) =>
    ({
      type: 'backend.down',
      at: stamp(second),
      runId: 'r',
      server,
      message: 'refused',
      what: 'glabs',
      mended: true,
      waitS: 600,
      ...more,
    }) as RunEvent;
  const up = (second: number, at = server): RunEvent => ({
    type: 'backend.up',
    at: stamp(second),
    runId: 'r',
    server: at,
    downMs: 2400,
  });
  const lost = (candidate: number) =>
    ({
      type: 'node.state',
      at,
      runId: 'r',
      nodeId: 4,
      tab: 'A',
      title: 'S',
      state: 'waiting',
      row: 1,
      candidate,
      lost: true,
    }) as RunEvent;
  const fold = (events: RunEvent[]) =>
    events.reduce(
      (seen, event) =>
        applyRunChange(
          seen,
          changeFor(seen, event, () => null),
        ),
      base,
    );

  it('has a beginning, an end, and what was found to be gone after it', () => {
    const seen = fold([down(1), up(3), lost(1), lost(2), down(5, { what: 'tunnel' } as Partial<RunEvent>)]);
    expect(seen.outages).toEqual([
      { from: stamp(1), to: stamp(3), what: 'glabs', message: 'refused', mended: true, waitS: 600, lost: 2 },
      { from: stamp(5), to: null, what: 'tunnel', message: 'refused', mended: true, waitS: 600, lost: 0 },
    ]);
  });

  it('is told from another one that began in the same millisecond', () => {
    const seen = fold([down(1), up(1), down(1), up(2)]);
    expect(seen.outages.map(({ to }) => to)).toEqual([stamp(1), stamp(2)]);
  });

  it('is told in words, with the address when that is a new one', () => {
    const tunnel = { what: 'tunnel' } as Partial<RunEvent>;
    const seen = fold([down(1), up(3), down(5, tunnel), up(7, 'https://new.example')]);
    expect(seen.notices.map(({ message }) => message)).toEqual([
      'G-Labs does not answer: refused',
      'G-Labs is back after 2 s.',
      'The tunnel does not answer: refused',
      'The tunnel is back after 2 s, at https://new.example.',
    ]);
    expect(seen.summary.server).toBe('https://new.example');
  });

  it('takes a task along: its candidate waits again, its node goes on', () => {
    const [after] = fold([down(1), up(3), lost(2)]).nodes;
    expect(after?.state).toBe('generating');
    expect(after?.candidates.map(({ state }) => state)).toEqual(['generating', 'waiting']);
  });
});
