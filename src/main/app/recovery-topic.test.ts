import { describe, expect, it } from 'vitest';
import type { RecoveryRow } from '../db/recoveries.ts';
import { openRecoveriesTopic } from './recovery-topic.ts';
import { runSummary } from './test-support.ts';

const killed = runSummary({
  runId: 'one',
  status: 'interrupted',
  cause: 'killed',
  startedAt: '2026-11-20T20:00:00Z',
});

describe('the topic of recoveries', () => {
  const open = async (rows: RecoveryRow[] = []) => {
    const { topic, ...rest } = await openRecoveriesTopic(async () => [killed], { all: () => rows });
    let changes = 0;
    topic.listen(() => {
      changes += 1;
    });
    return { ...rest, names: () => topic.state().entries.map(({ runId }) => runId), changes: () => changes };
  };

  it('knows at once what was cut short', async () => {
    expect((await open()).names()).toEqual(['one']);
  });

  it('drops it when the workflow runs again, and has it back when that is cut short too', async () => {
    const { note, names, changes } = await open();
    const again = runSummary({ runId: 'two', startedAt: '2026-11-20T21:00:00Z' });
    note(again);
    expect(names()).toEqual([]);
    note({ ...again, done: 3 });
    note({ ...again, done: 4 });
    expect(changes()).toBe(1);
    note({ ...again, status: 'interrupted', cause: 'cancelled', finishedAt: '2026-11-20T21:05:00Z' });
    expect(names()).toEqual(['two']);
  });

  it('is not taken back by what is heard late of an older run', async () => {
    const { note, names } = await open();
    note(runSummary({ runId: 'older', status: 'completed', startedAt: '2026-11-20T19:00:00Z' }));
    expect(names()).toEqual(['one']);
  });

  it('looks again when a person takes one off', async () => {
    const rows: RecoveryRow[] = [];
    const { look, names, changes } = await open(rows);
    look();
    expect(changes()).toBe(0);
    const done = { action: null, appliedRunId: null, undoBackupId: null, changedAt: 1 };
    rows.push({ workflow: killed.workflow, runId: 'one', step: 'over', ...done });
    look();
    expect([names(), changes()]).toEqual([[], 1]);
  });
});
