import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskListing } from '../backend/backend.ts';
import { type Evidence, judgeUnanswered, LIST_LIMIT } from './unanswered.ts';

const prompt = 'A jar on the table, seen from above, with 🍯 beside it and a spoon that shines in the light.';
const T = 1_000_000_000;

const task = (taskId: string, more: Partial<TaskListing> = {}): TaskListing => ({
  taskId,
  status: 'running',
  promptStart: prompt,
  promptWhole: true,
  createdAt: T + 10,
  ...more,
});
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  prompt,
  intentAt: T,
  now: T + 5000,
  health: { uptimeS: 3600 },
  knownStart: null,
  tasks: [],
  owned: () => false,
  ...more,
});

describe('an unanswered submission', () => {
  it('is adopted when the backend has its prompt and nobody owns the task', () => {
    expect(judgeUnanswered(evidence({ tasks: [task('a')] }))).toEqual({ kind: 'found', taskId: 'a' });
    expect(judgeUnanswered(evidence({ tasks: [task('a')], owned: () => true }))).toEqual({
      kind: 'never-arrived',
    });
    expect(judgeUnanswered(evidence({ tasks: [task('a', { createdAt: T - 60_000 })] }))).toEqual({
      kind: 'never-arrived',
    });
  });

  it('is confirmed by the whole prompt where the list cuts it, also within an emoji', () => {
    const cut = task('a', { promptStart: prompt.slice(0, 50), promptWhole: false });
    const byCharacter = task('b', { promptStart: [...prompt].slice(0, 50).join(''), promptWhole: false });
    expect(judgeUnanswered(evidence({ tasks: [cut, byCharacter] }))).toEqual({
      kind: 'confirm',
      taskIds: ['a', 'b'],
    });
  });

  it('never arrived at a backend that was up all the time and does not know it', () => {
    expect(judgeUnanswered(evidence())).toEqual({ kind: 'never-arrived' });
  });

  it('is lost when the backend began anew since', () => {
    expect(judgeUnanswered(evidence({ health: { uptimeS: 2 } }))).toEqual({ kind: 'lost' });
  });

  it('is not called lost for the sake of a rounded uptime', () => {
    expect(judgeUnanswered(evidence({ health: { uptimeS: 4 }, knownStart: T + 300 }))).toEqual({
      kind: 'never-arrived',
    });
  });

  it('is for a person to decide when the list is full and does not reach back', () => {
    const others = Array.from({ length: LIST_LIMIT }, (_, i) =>
      task(`t${i}`, { promptStart: 'another', createdAt: T + 100 + i }),
    );
    expect(judgeUnanswered(evidence({ tasks: others }))).toMatchObject({ kind: 'undecided' });
    const reaching = [...others.slice(1), task('old', { promptStart: 'another', createdAt: T - 5000 })];
    expect(judgeUnanswered(evidence({ tasks: reaching }))).toEqual({ kind: 'never-arrived' });
    expect(judgeUnanswered(evidence({ health: { uptimeS: null } }))).toMatchObject({ kind: 'undecided' });
  });

  it('is never submitted again while a free task with its prompt is there', () => {
    const anyTask = fc.record({
      age: fc.integer({ min: 0, max: 4000 }),
      whole: fc.boolean(),
      mine: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyTask, { minLength: 1, maxLength: 60 }),
        fc.option(fc.integer({ min: 0, max: 9999 }), { nil: null }),
        (entries, uptimeS) => {
          const tasks = entries.map(({ age, whole, mine }, i) =>
            task(`${mine ? 'mine' : 'other'}${i}`, {
              createdAt: T + age,
              promptWhole: whole,
              promptStart: mine ? (whole ? prompt : prompt.slice(0, 50)) : 'x',
            }),
          );
          const fate = judgeUnanswered(evidence({ tasks, health: { uptimeS } }));
          if (entries.some((entry) => entry.mine)) expect(['found', 'confirm']).toContain(fate.kind);
          else expect(['never-arrived', 'lost', 'undecided']).toContain(fate.kind);
        },
      ),
    );
  });
});
