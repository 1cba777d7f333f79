import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../shared/run-view.ts';
import type { RecoveryRow } from '../db/recoveries.ts';
import { recoveryEntries } from './recovery-list.ts';
import { runSummary } from './test-support.ts';

const WORKFLOW = '/p/testing/XYZG3-V0-1.nbflow';
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 23, minute)).toISOString();

const run = (change: Partial<RunSummary> = {}): RunSummary =>
  runSummary({
    runId: 'killed',
    workflow: WORKFLOW,
    name: 'XYZG3-V0-1',
    status: 'interrupted',
    cause: 'killed',
    startedAt: at(0),
    finishedAt: null,
    live: false,
    ...change,
  });
const row = (change: Partial<RecoveryRow> = {}): RecoveryRow => ({
  workflow: WORKFLOW,
  runId: 'killed',
  step: 'plan',
  action: 'resume',
  appliedRunId: null,
  undoBackupId: null,
  changedAt: Date.parse(at(5)),
  ...change,
});
const entries = (runs: RunSummary[], rows: RecoveryRow[] = []) =>
  recoveryEntries({
    newest: new Map(runs.map((each) => [each.workflow, each])),
    begun: new Map(rows.map((each) => [each.workflow, each])),
  }).entries;

describe('the list of recoveries', () => {
  it('has every workflow whose newest run was cut short, the newest first', () => {
    const other = run({
      runId: '2',
      workflow: '/p/b.nbflow',
      name: 'b',
      startedAt: at(9),
      status: 'aborted',
    });
    expect(entries([run(), other])).toMatchObject([
      { path: '/p/b.nbflow', step: 'happened', runId: '2' },
      {
        path: WORKFLOW,
        name: 'XYZG3-V0-1',
        step: 'happened',
        cause: { kind: 'killed' },
        interruptedAt: at(0),
      },
    ]);
  });

  it.each(['completed', 'failed-nodes', 'held', 'running', 'paused'] as const)(
    'has none whose newest run is %s',
    (status) => expect(entries([run({ status })])).toEqual([]),
  );

  it('says how far a person is', () => {
    expect(entries([run()], [row({ step: 'have' })])).toMatchObject([{ step: 'have', action: 'resume' }]);
  });

  it('leaves out what a person took off, until another run is cut short', () => {
    const off = row({ step: 'over' });
    expect(entries([run()], [off])).toEqual([]);
    expect(entries([run({ runId: 'again' })], [off])).toMatchObject([{ step: 'happened', runId: 'again' }]);
  });

  it('keeps what is carried out while its run goes on, and until the after-care is done', () => {
    const carried = row({ step: 'carry-out', appliedRunId: 'new' });
    const going = run({ runId: 'new', status: 'running', startedAt: at(6), live: true });
    expect(entries([going], [carried])).toMatchObject([{ step: 'carry-out', appliedRunId: 'new' }]);
    expect(entries([{ ...going, status: 'completed' }], [carried])).toHaveLength(1);
    // After a start, when only what was cut short is known.
    expect(entries([], [carried])).toHaveLength(1);
    expect(entries([], [row({ step: 'after-care', appliedRunId: 'new' })])).toHaveLength(1);
  });

  it('keeps one that was interrupted while it was carried out, with the new cause', () => {
    const again = run({ runId: 'new', cause: 'rebooted', startedAt: at(6) });
    expect(entries([again], [row({ step: 'carry-out', appliedRunId: 'new' })])).toMatchObject([
      { step: 'carry-out', runId: 'killed', cause: { kind: 'rebooted' } },
    ]);
  });

  it('shows a later run that was cut short, also where the after-care of one before is not done', () => {
    const noted = row({ step: 'after-care', appliedRunId: 'new' });
    const later = run({ runId: 'later', startedAt: at(30) });
    expect(entries([later], [noted])).toMatchObject([{ step: 'happened', runId: 'later' }]);
    expect(entries([{ ...later, status: 'completed' }], [noted])).toMatchObject([{ step: 'after-care' }]);
    expect(entries([run({ runId: 'new' })], [noted])).toMatchObject([{ step: 'after-care' }]);
  });

  it('drops one that a later run has overtaken', () => {
    const later = run({ runId: 'later', status: 'completed', startedAt: at(30) });
    expect(entries([later], [row()])).toEqual([]);
    expect(entries([], [row()])).toEqual([]);
  });

  it('keeps one of a run that another tool made, whatever Flowdeck ran before', () => {
    const foreign = row({ runId: null });
    expect(entries([], [foreign])).toMatchObject([{ runId: null, name: 'XYZG3-V0-1', cause: null }]);
    expect(entries([run({ runId: 'old', status: 'completed' })], [foreign])).toHaveLength(1);
  });
});
