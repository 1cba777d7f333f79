import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Backend } from '../backend/backend.ts';
import { makeCandidate } from './candidate.ts';
import {
  candidateBench,
  intent,
  type Journal,
  openJournal,
  prompt,
  report,
  request,
  START,
} from './candidate-support.ts';

/** What an earlier run left in the journal, at another address or undecided. */

let journal: Journal;
beforeEach(async () => {
  journal = await openJournal();
});
afterEach(() => journal.close());

const make = (backend: Partial<Backend>) => {
  const bench = candidateBench(journal, backend);
  return { ...bench, outcome: makeCandidate(intent, request, bench.deps) };
};
const server = 'https://old-tunnel.example';
const listed = (taskId: string) => [
  { taskId, status: 'completed' as const, promptStart: prompt, promptWhole: true, createdAt: START - 59_000 },
];

describe('what a task of an earlier run costs', () => {
  const paidFor = async (backend: Partial<Backend> = {}) => {
    const { deps } = candidateBench(journal, backend);
    let paid = 0;
    await makeCandidate(intent, request, { ...deps, onPaid: () => paid++ });
    return paid;
  };
  const endsByItself = () =>
    journal.db.commits.write(() =>
      journal.db.runs.finish(
        { runId: 'run-1', status: 'interrupted' } as RunSummary,
        new Uint8Array(),
        START,
      ),
    );

  it('is on the bill of that run where it died: its journal is told as its record', async () => {
    await journal.earlier('submitted');
    expect(await paidFor()).toBe(0);
  });

  it('is on the bill of this run where that one ended while G-Labs had it still', async () => {
    await journal.earlier('submitted');
    await endsByItself();
    expect(await paidFor()).toBe(1);
  });

  it('is on the bill of that run where it had completed by then', async () => {
    await journal.earlier('completed', { results: ['http://g/api/files/old.png'] });
    await endsByItself();
    expect(await paidFor()).toBe(0);
  });

  it('does not hide what is ordered anew when it is lost', async () => {
    await journal.earlier('submitted');
    expect(await paidFor({ poll: async (id) => (id === 'old' ? null : report(id)) })).toBe(1);
  });
});

describe('a task that was given at another address', () => {
  it('is taken up at the address of now when it is known there: a tunnel has a new one after each start', async () => {
    await journal.earlier('submitted', { server });
    const { outcome, counts } = make({});
    expect(await outcome).toMatchObject({ kind: 'generated', taskId: 'old' });
    expect(counts).toMatchObject({ submitted: 0, reattached: 1, lost: 0 });
  });

  it('is told from another one that has the same id here', async () => {
    await journal.earlier('submitted', { server });
    const { outcome, counts } = make({
      poll: async (taskId) => report(taskId, taskId === 'old' ? { prompt: 'A cat on a wall.' } : {}),
    });
    expect(await outcome).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 1 });
  });

  it('may have its prompt in other spaces, or none said', async () => {
    for (const said of [`${prompt}\n`, '']) {
      await journal.earlier('submitted', { server });
      const { outcome } = make({ poll: async (taskId) => report(taskId, { prompt: said }) });
      expect(await outcome).toMatchObject({ taskId: 'old' });
    }
  });

  it('and is not known here is counted as lost, with the reason, and made again', async () => {
    await journal.earlier('submitted', { server });
    const { outcome, counts } = make({
      poll: async (taskId) => (taskId === 'old' ? null : report(taskId)),
    });
    expect(await outcome).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 1 });
    const [row] = journal.db.journal.ofNode('run-1', intent.nodeId);
    expect(row).toMatchObject({ state: 'lost', message: expect.stringContaining(server) });
  });

  it('and had results there is asked where they are now', async () => {
    await journal.earlier('completed', { server, results: [`${server}/api/files/old.png`] });
    const { outcome } = make({});
    expect(await outcome).toMatchObject({ result: { url: 'http://g/api/files/old.png' } });
  });

  it('and had results with somebody else is not asked again', async () => {
    const results = ['https://storage.example/old.png'];
    await journal.earlier('completed', { server, results });
    const { outcome } = make({ poll: async () => null });
    expect(await outcome).toMatchObject({ taskId: 'old', result: { url: results[0] } });
  });
});

describe('an unanswered request to another address', () => {
  it('is adopted when it is here', async () => {
    await journal.earlier('intent', { server });
    const { outcome, counts } = make({ listTasks: async () => listed('old') });
    expect(await outcome).toMatchObject({ taskId: 'old' });
    expect(counts).toMatchObject({ adopted: 1, submitted: 0 });
  });

  it('is lost when it is not: this backend cannot speak for the other', async () => {
    await journal.earlier('intent', { server });
    const { outcome, counts } = make({});
    expect(await outcome).toMatchObject({ taskId: 'new' });
    expect(counts).toMatchObject({ adopted: 0, submitted: 1, lost: 1 });
    expect(journal.states()).toEqual(['lost', 'completed']);
  });

  it('never arrived when it was sent to this one and is not here', async () => {
    await journal.earlier('intent');
    const { outcome, counts } = make({});
    expect(await outcome).toMatchObject({ taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 0 });
    expect(journal.states()).toEqual(['unsent', 'completed']);
  });
});

describe('a request that waits for a person', () => {
  it('is looked for again, and adopted when it is found', async () => {
    await journal.earlier('parked');
    const { outcome, counts, told } = make({ listTasks: async () => listed('old') });
    expect(await outcome).toMatchObject({ kind: 'generated', taskId: 'old' });
    expect(counts).toMatchObject({ adopted: 1, submitted: 0 });
    expect(told).toEqual(['reattached old']);
  });

  it('is never repeated by itself, also when it is not found, and says how to go on', async () => {
    await journal.earlier('parked');
    const { outcome, counts } = make({});
    expect(await outcome).toMatchObject({
      kind: 'failed',
      cure: expect.stringContaining('re-roll the node'),
    });
    expect(counts).toMatchObject({ submitted: 0, lost: 0 });
    expect(journal.states()).toEqual(['parked']);
  });

  it('is made anew when a person re-rolls its node', async () => {
    await journal.earlier('parked');
    const bench = candidateBench(journal, {});
    bench.deps.asked = true;
    expect(await makeCandidate(intent, request, bench.deps)).toMatchObject({ taskId: 'new' });
    expect(bench.counts).toMatchObject({ submitted: 1, lost: 1 });
    expect(journal.states()).toEqual(['lost', 'completed']);
  });
});

it('what is taken up counts the attempts it has had', async () => {
  await journal.earlier('timeout', { attempt: 3 });
  const { outcome } = make({
    poll: async (taskId) => report(taskId, { status: 'running', results: [] }),
  });
  expect(await outcome).toMatchObject({ kind: 'failed', class: 'timeout', attempts: 3 });
});

describe('a file that was found and is gone again', () => {
  it('was never ordered: it is no loss, and is generated', async () => {
    await journal.earlier('downloaded', { attempt: 0, taskId: null });
    const { outcome, counts } = make({});
    expect(await outcome).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 0 });
    expect(journal.states()).toEqual(['unsent', 'completed']);
  });
});

describe.each([
  { ordered: 'the demo', demo: true },
  { ordered: 'a real G-Labs', demo: false },
])('what was ordered from $ordered', ({ demo }) => {
  it('is taken up by a run with the same, and is nothing to one with the other', async () => {
    await journal.earlier('submitted', { demo });
    const other = candidateBench(journal, {});
    expect(await makeCandidate({ ...intent, demo: !demo }, request, other.deps)).toMatchObject({
      taskId: 'new',
    });
    const same = candidateBench(journal, {});
    expect(await makeCandidate({ ...intent, demo }, request, same.deps)).toMatchObject({ taskId: 'old' });
    expect(other.counts).toMatchObject({ submitted: 1, reattached: 0 });
    expect(same.counts).toMatchObject({ submitted: 0, reattached: 1 });
  });
});

describe('a clock that was set back by an hour since an unanswered request', () => {
  const HOUR = 3_600_000;
  // The request went out a minute ago; the clock on the wall says: in an hour.
  const intentAt = START + HOUR - 60_000;
  const up = { boot: 'this start', ms: START - 60_000 };
  const health = (uptimeS: number) => async () => ({
    healthPath: '/api/health',
    serverName: null,
    uptimeS,
    tasksPending: null,
    tasksRunning: null,
    demo: false,
  });

  it.each([
    ['before it was set', intentAt + 50],
    ['after it was set', START - 59_000],
  ])('leaves its task to be found, stamped %s', async (_, createdAt) => {
    await journal.earlier('intent', { intentAt, up });
    const { outcome, counts } = make({
      listTasks: async () => listed('old').map((task) => ({ ...task, createdAt })),
    });
    expect(await outcome).toMatchObject({ kind: 'generated', taskId: 'old' });
    expect(counts).toMatchObject({ submitted: 0, adopted: 1 });
  });

  it('does not hide that G-Labs was started anew half a minute ago: it is lost, and counted', async () => {
    await journal.earlier('intent', { intentAt, up });
    const { outcome, counts } = make({ health: health(30) });
    expect(await outcome).toMatchObject({ taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 1 });
  });

  it('does not make a loss of what never came', async () => {
    await journal.earlier('intent', { intentAt, up });
    const { outcome, counts } = make({ health: health(90) });
    expect(await outcome).toMatchObject({ taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 0 });
  });
});
