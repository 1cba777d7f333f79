import { describe, expect, it } from 'vitest';
import type { NodeState } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import type { AttemptView } from '../../shared/run-view.ts';
import { attemptsAfter } from './attempts-view.ts';

const at = (second: number) => `2026-05-12T22:00:${String(second).padStart(2, '0')}.000Z`;
const base = (second: number) => ({ at: at(second), runId: 'run', nodeId: 4 });
const place = { row: 1, candidate: 2 };

const step = (second: number, state: NodeState, reason?: string): RunEvent => ({
  ...base(second),
  ...place,
  type: 'node.state',
  tab: 'A',
  title: 'Scene 01',
  state,
  ...(reason === undefined ? {} : { reason }),
});
const submitted = (second: number, taskId: string): RunEvent => ({
  ...base(second),
  ...place,
  type: 'task.submitted',
  taskId,
  attempt: 1,
});
const stored = (second: number): RunEvent => ({
  ...base(second),
  ...place,
  type: 'candidate.stored',
  url: 'https://store/a.png',
  file: '/a.png',
  sha256: 'a',
});
const triesAfter = (...events: RunEvent[]) => events.reduce<AttemptView[]>(attemptsAfter, []);

describe('the tries at a candidate', () => {
  it('wait in the queue of G-Labs until it says that it works on them, and end when the result is there', () => {
    const events = [
      step(1, 'submitting'),
      submitted(2, 'abc'),
      step(9, 'generating'),
      step(20, 'downloading'),
    ];
    expect(triesAfter(...events, stored(22))).toEqual([
      {
        ...place,
        attempt: 1,
        queuedAt: at(1),
        submittedAt: at(9),
        endedAt: at(20),
        outcome: 'done',
        taskId: 'abc',
        message: null,
      },
    ]);
    expect(triesAfter(...events)).toMatchObject([{ outcome: 'working', endedAt: at(20) }]);
  });

  it('follow one another: a try that is repeated has failed, and the last one says why', () => {
    const tries = triesAfter(
      step(1, 'submitting'),
      submitted(2, 'abc'),
      step(10, 'submitting'),
      submitted(11, 'def'),
      step(15, 'failed', 'The prompt was refused.'),
    );
    expect(tries).toMatchObject([
      { attempt: 1, taskId: 'abc', outcome: 'failed', endedAt: at(10), message: null },
      { attempt: 2, taskId: 'def', outcome: 'failed', endedAt: at(15), message: 'The prompt was refused.' },
    ]);
  });

  it('of an earlier run go on where they are taken up', () => {
    const tries = triesAfter(
      { ...base(3), ...place, type: 'task.reattached', taskId: 'abc', attempt: 2 },
      stored(7),
    );
    expect(tries).toMatchObject([{ queuedAt: at(3), submittedAt: at(3), endedAt: at(7), outcome: 'done' }]);
  });

  it('are untouched by what concerns the whole node or another candidate', () => {
    const one = triesAfter(step(1, 'submitting'));
    const whole: RunEvent = { ...base(2), type: 'node.state', tab: 'A', title: 'S', state: 'done' };
    expect(attemptsAfter(one, whole)).toBe(one);
    expect(attemptsAfter(one, { ...stored(2), candidate: 3 } as RunEvent)).toBe(one);
  });
});
