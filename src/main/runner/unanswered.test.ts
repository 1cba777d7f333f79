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
  elapsedMs: 5000,
  health: { uptimeS: 3600 },
  knownUptimeMs: null,
  tasks: [],
  owned: () => false,
  before: () => false,
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
    expect(judgeUnanswered(evidence({ health: { uptimeS: 4 }, knownUptimeMs: 4700 }))).toEqual({
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

describe('a list with a task that was ours before the intent', () => {
  const ours = task('ours', { promptStart: 'another', createdAt: T - 5000 });
  const before = (taskId: string) => taskId === 'ours';
  it('shows that the backend was not started anew, whatever its uptime says', () => {
    for (const uptimeS of [0, null])
      expect(
        judgeUnanswered(evidence({ tasks: [ours], owned: before, before, health: { uptimeS } })),
      ).toEqual({
        kind: 'never-arrived',
      });
  });
  it('reaches back to it, though it is full', () => {
    const others = Array.from({ length: LIST_LIMIT - 1 }, (_, i) =>
      task(`t${i}`, { promptStart: 'another', createdAt: T + 100 + i }),
    );
    const tasks = [...others, { ...ours, createdAt: null }];
    expect(judgeUnanswered(evidence({ tasks, before }))).toEqual({ kind: 'never-arrived' });
  });
});

describe('a clock that was set between the intent and the look', () => {
  const HOUR = 3_600_000;
  const span = { min: 0, max: 10 * HOUR };
  const seen = fc.record({
    /** Milliseconds from the intent to the look, and by how much somebody set the clock how long after the intent. */
    elapsed: fc.integer(span),
    jump: fc.integer({ min: -24 * HOUR, max: 24 * HOUR }),
    jumpAt: fc.integer(span),
    /** How long after the intent its task was made; null: it never arrived. */
    arrived: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: null }),
    whole: fc.boolean(),
    uptime: fc.integer({ min: 0, max: 30 * HOUR }),
    others: fc.array(fc.integer({ min: -40 * HOUR, max: 10 * HOUR }), { maxLength: LIST_LIMIT - 1 }),
  });

  /** What is seen at the look when the clock was set, and what would be if nobody had set it. */
  const fates = ({
    elapsed,
    jump,
    jumpAt,
    arrived,
    whole,
    uptime,
    others,
  }: typeof seen extends fc.Arbitrary<infer S> ? S : never) =>
    [jump, 0].map((by) => {
      const stamp = (after: number) => T + after + (after >= Math.min(jumpAt, elapsed) ? by : 0);
      const tasks = others
        .filter((after) => after <= elapsed)
        .map((after, i) => task(`o${i}`, { promptStart: 'another', createdAt: stamp(after) }));
      if (arrived !== null && arrived <= elapsed && arrived <= uptime)
        tasks.push(
          task('it', {
            createdAt: stamp(arrived),
            promptWhole: whole,
            promptStart: whole ? prompt : prompt.slice(0, 50),
          }),
        );
      return judgeUnanswered(
        evidence({
          now: T + elapsed + by,
          elapsedMs: elapsed,
          health: { uptimeS: uptime / 1000 },
          tasks,
        }),
      );
    });

  it('changes nothing: neither is what is there paid for again, nor is what never came taken for lost', () => {
    fc.assert(
      fc.property(seen, (what) => {
        const [set, left] = fates(what);
        expect(set).toEqual(left);
      }),
      { numRuns: 2000 },
    );
  });

  it('lets the younger of two tasks with this prompt be taken, where an older one looks young for it', () => {
    const back = { now: T + 5000 - HOUR, elapsedMs: 5000 };
    const older = task('older', { createdAt: T - 60_000 });
    const ours = task('ours', { createdAt: T + 10 });
    expect(judgeUnanswered(evidence({ ...back, tasks: [ours, older] }))).toEqual({
      kind: 'found',
      taskId: 'ours',
    });
  });
});
