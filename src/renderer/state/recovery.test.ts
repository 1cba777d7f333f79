import { describe, expect, it } from 'vitest';
import type { RecoveryEntry } from '../../shared/recovery.ts';
import {
  freshRecoveries,
  inOrder,
  interruptedSentence,
  interruptionKey,
  newEntry,
  waitingRecoveries,
  withEntry,
} from './recovery.ts';

const now = new Date(2026, 10, 21, 23, 30).getTime();
const at = (hour: number, minute: number, day = 21) => new Date(2026, 10, day, hour, minute).toISOString();

const entry = (name: string, over: Partial<RecoveryEntry> = {}): RecoveryEntry => ({
  ...newEntry(`/projects/testing/${name}.nbflow`),
  runId: `run of ${name}`,
  cause: { kind: 'killed', message: 'Flowdeck was killed' },
  interruptedAt: at(23, 14),
  ...over,
});

describe('a recovery nobody has begun', () => {
  it('has the name of its file, also on Windows', () => {
    expect(newEntry('/p/testing/XYZG3-V0-1.nbflow').name).toBe('XYZG3-V0-1');
    expect(newEntry('C:\\p\\XYZG3-V0-1.NBFLOW').name).toBe('XYZG3-V0-1');
  });
});

describe('what waits for a person', () => {
  it('is an interrupted run, until a plan for it is carried out', () => {
    const waits = [entry('A'), entry('B', { step: 'have' }), entry('C', { step: 'plan' })];
    const over = [entry('D', { step: 'carry-out' }), entry('E', { step: 'after-care' })];
    expect(waitingRecoveries([...over, ...waits])).toEqual(waits);
  });

  it('is a recovery that was interrupted too, and none that goes on', () => {
    const again = entry('A', { step: 'carry-out', appliedRunId: 'again' });
    expect(waitingRecoveries([again, { ...again, path: '/p/B.nbflow', cause: null }])).toEqual([again]);
    // Announced once more, though the first interruption was seen.
    expect(freshRecoveries([again], [interruptionKey(entry('A'))])).toEqual([again]);
    expect(freshRecoveries([again], [interruptionKey(again)])).toEqual([]);
  });

  it('is not what a person has cancelled', () => {
    const cancelled = entry('A', { cause: { kind: 'cancelled', message: 'it was cancelled' } });
    expect(waitingRecoveries([cancelled])).toEqual([]);
  });

  it('is not what a person looks into by themselves', () => {
    expect(waitingRecoveries([newEntry('/p/A.nbflow')])).toEqual([]);
  });
});

describe('the order of recoveries', () => {
  it('has interrupted runs first, the newest of them first, and the rest by name', () => {
    const older = entry('A', { interruptedAt: at(9, 0) });
    const unknown = entry('B', { interruptedAt: null });
    const newest = entry('C');
    const [z, y] = [newEntry('/p/Z.nbflow'), newEntry('/p/Y.nbflow')];
    expect(inOrder([z, y, unknown, older, newest])).toEqual([newest, older, unknown, y, z]);
  });
});

describe('an entry that is changed', () => {
  it('takes the place of the one of the same workflow', () => {
    const [a, b] = [entry('A'), entry('B')];
    const moved = { ...a, step: 'plan' as const };
    expect(withEntry({ entries: [a, b] }, moved).entries).toEqual([moved, b]);
  });

  it('comes to the list when it is new', () => {
    expect(withEntry({ entries: [] }, entry('A')).entries).toEqual([entry('A')]);
  });
});

describe('the announcement', () => {
  it('says which run, when and why', () => {
    expect(interruptedSentence(entry('XYZG3-V0-1'), now)).toBe(
      'XYZG3-V0-1 was interrupted at 23:14: Flowdeck was killed.',
    );
  });

  it('names the day when it was another', () => {
    expect(interruptedSentence(entry('A', { interruptedAt: at(8, 5, 19) }), now)).toMatch(
      /^A was interrupted on .*19.* at 08:05: Flowdeck was killed\.$/,
    );
  });

  it('takes over what the run said, with one full stop', () => {
    const cause = { kind: 'other' as const, message: 'The disk is full.' };
    expect(interruptedSentence(entry('A', { cause }), now)).toBe(
      'A was interrupted at 23:14: The disk is full.',
    );
  });

  it('is made once: not of what a person has closed, or has begun to recover', () => {
    const [a, b, c] = [entry('A'), entry('B'), entry('C', { step: 'plan' })];
    expect(freshRecoveries([a, b, c], [interruptionKey(a)])).toEqual([b]);
    expect(freshRecoveries([{ ...a, runId: 'the next run of A' }], [interruptionKey(a)])).toHaveLength(1);
  });

  it('leaves out what is not known', () => {
    expect(interruptedSentence(entry('A', { cause: null, interruptedAt: null }), now)).toBe(
      'A was interrupted.',
    );
  });
});
