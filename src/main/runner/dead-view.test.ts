import { describe, expect, it } from 'vitest';
import type { RunNodeView, RunSummary } from '../../shared/run-view.ts';
import type { JournalRow, JournalState } from '../db/journal.ts';
import { deadNode } from './dead-view.ts';
import { emptyCandidate } from './live-view.ts';

const T = Date.parse('2026-11-20T03:00:00.000Z');
const summary = { runId: 'r', startedAt: new Date(T).toISOString() } as RunSummary;

const node = (change: Partial<RunNodeView> = {}): RunNodeView => ({
  nodeId: 4,
  tab: 'Account A',
  tabIndex: 0,
  title: 'Scene 01',
  kind: 'image',
  scene: 1,
  rows: 1,
  perRow: 4,
  aspectRatio: '9:16',
  model: 'nano_banana_2',
  state: 'waiting',
  note: null,
  reason: 'missing',
  trusted: false,
  short: false,
  attempt: 0,
  prompts: ['A jar.'],
  references: [],
  needs: [],
  gates: [],
  candidates: [1, 2, 3, 4].map((candidate) => emptyCandidate(1, candidate)),
  attempts: [],
  error: null,
  startedAt: null,
  finishedAt: null,
  ...change,
});
let ids = 0;
const row = (state: JournalState, candidate: number, more: Partial<JournalRow> = {}): JournalRow => ({
  id: ++ids,
  runId: 'r',
  workflow: '/w.nbflow',
  nodeId: 4,
  row: 1,
  candidate,
  attempt: 1,
  kind: 'image',
  fingerprint: 'f',
  prompt: 'A jar.',
  server: 'http://g',
  demo: false,
  priceUSD: 0.04,
  boot: null,
  upMs: null,
  state,
  taskId: `task-${candidate}`,
  results: null,
  file: `/p/Assets/scene01-c${candidate}.png`,
  sha256: 'ff',
  url: `https://s/${candidate}.png`,
  errorClass: null,
  errorCode: null,
  message: null,
  intentAt: T + 1000,
  submittedAt: T + 2000,
  changedAt: T + 9000,
  ...more,
});
const now = (rows: JournalRow[], first = node()): RunNodeView => {
  return deadNode(first, rows, summary, (sha256) => sha256);
};

describe('a node of a run that wrote no end', () => {
  it.each<[JournalState, string]>([
    ['intent', 'submitting'],
    ['submitted', 'generating'],
    ['completed', 'downloading'],
    ['downloaded', 'storing'],
    ['stored', 'done'],
    ['written', 'done'],
    ['failed', 'failed'],
    ['parked', 'failed'],
    ['lost', 'waiting'],
    ['unsent', 'waiting'],
  ])('shows a request that had come to "%s" as %s', (state, shown) => {
    const [first, second] = now([row(state, 1)]).candidates;
    expect(first?.state).toBe(shown);
    expect(second?.state).toBe('waiting');
  });

  it('shows outputs only once they are on this machine', () => {
    const [made, asked] = now([row('stored', 1), row('completed', 2)]).candidates;
    expect(made).toMatchObject({ url: 'https://s/1.png', media: 'ff', taskId: 'task-1', attempt: 1 });
    expect(asked).toMatchObject({ url: null, media: null, file: null, taskId: 'task-2' });
  });

  it('is done when all it lacked is, and waits when something was not begun', () => {
    const all = [1, 2, 3, 4].map((candidate) => row('written', candidate));
    expect(now(all)).toMatchObject({ state: 'done', finishedAt: new Date(T + 9000).toISOString() });
    expect(now(all.slice(1))).toMatchObject({ state: 'waiting', note: '3 of 4', finishedAt: null });
    expect(now([...all.slice(1), row('submitted', 1)])).toMatchObject({ state: 'generating' });
  });

  it('has failed with the words of its last failure when a row has nothing', () => {
    const message = 'A filter stopped it.';
    const rows = [1, 2, 3, 4].map((candidate) =>
      row('failed', candidate, { errorClass: 'content_policy', message, attempt: 3 }),
    );
    expect(now(rows)).toMatchObject({
      state: 'failed',
      error: { error: 'content_policy', message, attempts: 3, cure: expect.stringContaining('prompt') },
    });
    expect(now([...rows.slice(1), row('written', 1)])).toMatchObject({
      state: 'done',
      short: true,
      error: null,
    });
  });

  it('has a bar for each request, numbered by candidate, none for what was never ordered', () => {
    const { attempts } = now([
      row('failed', 1, { message: 'no' }),
      row('lost', 1, { changedAt: T + 9500 }),
      row('unsent', 1),
      row('submitted', 1),
      row('stored', 2, { attempt: 0 }),
    ]);
    expect(attempts.map(({ attempt, outcome, endedAt }) => [attempt, outcome, endedAt !== null])).toEqual([
      [1, 'failed', true],
      [2, 'lost', true],
      [3, 'working', false],
    ]);
    expect(attempts[0]).toMatchObject({
      queuedAt: new Date(T + 1000).toISOString(),
      submittedAt: new Date(T + 2000).toISOString(),
      message: 'no',
    });
  });

  it('begins the bar of an earlier run where this one went on with it', () => {
    const [attempt] = now([row('stored', 1, { runId: 'earlier', intentAt: T - 60_000 })]).attempts;
    expect(attempt).toMatchObject({
      queuedAt: summary.startedAt,
      submittedAt: summary.startedAt,
      outcome: 'done',
    });
  });

  it('that nobody touched stays as it was: cached, waiting, or skipped where nothing was to be made', () => {
    const cached = node({ state: 'cached', candidates: [{ ...emptyCandidate(1, 1), state: 'cached' }] });
    expect(now([], cached)).toBe(cached);
    expect(now([]).state).toBe('waiting');
    const left = node({ reason: 'not wanted (images mode)', candidates: [] });
    expect(now([], left)).toMatchObject({ state: 'skipped', note: 'not wanted (images mode)' });
  });
});
