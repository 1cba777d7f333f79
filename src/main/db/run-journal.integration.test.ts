import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunSummary } from '../../shared/run-view.ts';
import { type Database, openDatabase } from './database.ts';
import type { Intent, JournalState } from './journal.ts';

/** What the journal says of runs that wrote no end of their own. */

const workflow = '/w/XYZG3-V0-1.nbflow';
let folder: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-run-journal-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
  for (const [id, startedAt] of [
    ['first', 1000],
    ['second', 2000],
    ['third', 3000],
  ] as const)
    db.runs.insert(
      {
        ...{ id, workflow, startedAt, name: 'XYZG3-V0-1', mode: 'full', options: '{}', server: 'http://g' },
        ...{ demo: false, pid: 1, processStarted: null, boot: null },
      },
      {} as RunSummary,
    );
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

let tasks = 0;
function row(
  state: JournalState,
  at: number,
  place: Partial<Intent> & { taskId?: string; message?: string } = {},
): number {
  const { taskId = `t${++tasks}`, message, ...more } = place;
  const intent: Intent = {
    ...{ runId: 'second', workflow, nodeId: 4, row: 1, candidate: 1, attempt: 1, kind: 'image' },
    ...{ fingerprint: 'f', prompt: 'p', server: 'http://g', demo: false, priceUSD: 0.04 },
    ...more,
  };
  const id = db.journal.intend(intent, at);
  const ordered = state !== 'intent' && state !== 'unsent' && intent.attempt > 0;
  if (state !== 'intent')
    db.journal.step(id, { state, ...(ordered ? { taskId } : {}), ...(message ? { message } : {}) }, at);
  return id;
}
const sums = async () => (await db.runs.sums(['second'])).get('second');

it('counts what left this machine and what was paid for, each order once', async () => {
  row('intent', 2100, { candidate: 1 });
  row('unsent', 2100, { candidate: 2 });
  row('submitted', 2100, { candidate: 2 });
  row('failed', 2100, { candidate: 3 });
  row('lost', 2100, { candidate: 3, attempt: 2 });
  // Two files of one task.
  row('stored', 2100, { candidate: 4, taskId: 'twins' });
  row('stored', 2100, { candidate: 5, taskId: 'twins' });
  expect(await sums()).toMatchObject({
    submitted: 4,
    lost: 1,
    salvaged: 0,
    reattached: 0,
    costUSD: 0.08,
    lastAt: 2100,
  });
});

it('counts a found file as taken, not as ordered', async () => {
  row('written', 2100, { attempt: 0 });
  expect(await sums()).toMatchObject({ submitted: 0, salvaged: 1, costUSD: 0, done: 1, generated: 1 });
});

it('counts candidates by their latest request, and nodes that have come to the file', async () => {
  row('failed', 2100);
  row('written', 2200, { attempt: 2 });
  row('written', 2200, { nodeId: 9, candidate: 1 });
  row('submitted', 2200, { nodeId: 9, candidate: 2 });
  row('failed', 2200, { nodeId: 14 });
  expect(await sums()).toMatchObject({ done: 3, generated: 1, failed: 1, submitted: 5 });
});

it('counts what it went on with for an earlier run, but not its price, nor what others did', async () => {
  const taken = row('submitted', 1100, { runId: 'first', candidate: 1 });
  const left = row('submitted', 1100, { runId: 'first', candidate: 2 });
  const later = row('submitted', 1100, { runId: 'first', candidate: 3 });
  db.journal.step(taken, { state: 'stored' }, 2100);
  db.journal.step(later, { state: 'stored' }, 3100);
  expect(await sums()).toMatchObject({ submitted: 0, reattached: 1, costUSD: 0, done: 1 });
  expect(db.runs.rowsOf('second', [4, 9]).map(({ id }) => id)).toEqual([taken]);
  expect(db.runs.rowsOf('first', [4]).map(({ id }) => id)).toEqual([taken, left, later]);
});

it('was last seen when it changed something itself, not when the next run did', async () => {
  const fetchedLater = row('submitted', 2100, { candidate: 1 });
  row('stored', 2200, { candidate: 2 });
  db.journal.step(fetchedLater, { state: 'written' }, 3500);
  expect(await sums()).toMatchObject({ lastAt: 2200 });
});

it('does not take for work of a run what a wipe put aside', async () => {
  row('stored', 1100, { runId: 'first' });
  db.journal.putAside(workflow, [4], 'wiped', 2500);
  expect(await sums()).toBeUndefined();
});

it('tells of many runs at once, and of one without a journal nothing', async () => {
  row('written', 2100);
  const all = await db.runs.sums(['first', 'second', 'nobody']);
  expect([...all.keys()]).toEqual(['second']);
});

it('adds up a run of many nodes as it does one of few', async () => {
  for (let nodeId = 1; nodeId <= 130; nodeId++) row(nodeId % 2 === 0 ? 'written' : 'lost', 2100, { nodeId });
  expect(await sums()).toMatchObject({ submitted: 130, done: 65, generated: 65, lost: 65 });
  expect((await sums())?.costUSD).toBeCloseTo(130 * 0.04, 9);
});
