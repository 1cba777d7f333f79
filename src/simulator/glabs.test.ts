import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGlabs, type Fate, type GlabsOptions } from './glabs.ts';
import type { Order } from './orders.ts';

const completes: Fate = { end: 'completed' };

function order(over: Partial<Order> = {}): Order {
  return {
    type: 'image',
    kind: 'image',
    prompt: 'a jar on a shelf',
    model: 'nano_banana_2',
    aspectRatio: '9:16',
    mode: 'text_to_image',
    references: [],
    files: [''],
    referenceProblem: null,
    ...over,
  };
}

function glabsWith(over: Partial<GlabsOptions> = {}) {
  let id = 0;
  return createGlabs({
    seed: 7,
    imageLatencyMs: 1000,
    videoLatencyMs: 4000,
    spread: 0,
    slots: 2,
    retain: 3,
    newId: () => (++id).toString(16).padStart(8, '0'),
    ...over,
  });
}

describe('tasks of the simulator', () => {
  it('run as soon as a slot is free and are completed after their latency', () => {
    const glabs = glabsWith();
    const ids = [1, 2, 3].map((n) => glabs.submit(order({ prompt: `p${n}` }), completes, 0).id);
    const states = (now: number) => ids.map((id) => glabs.find(id, now)?.status);
    expect(states(0)).toEqual(['running', 'running', 'pending']);
    expect(states(999)).toEqual(['running', 'running', 'pending']);
    expect(states(1000)).toEqual(['completed', 'completed', 'running']);
    expect(states(1999)).toEqual(['completed', 'completed', 'running']);
    expect(states(2000)).toEqual(['completed', 'completed', 'completed']);
  });

  it('take their turn at the moment a slot became free, not when somebody asked', () => {
    const glabs = glabsWith({ slots: 1 });
    glabs.submit(order(), completes, 0);
    const second = glabs.submit(order(), completes, 0);
    expect(glabs.find(second.id, 50_000)?.completedAt).toBe(2000);
  });

  it('are completed on the first look when there is no latency', () => {
    const glabs = glabsWith({ imageLatencyMs: 0 });
    const task = glabs.submit(order(), completes, 5);
    expect(glabs.find(task.id, 5)).toMatchObject({
      status: 'completed',
      fileNames: [`image_${task.id}.png`],
    });
  });

  it('take four times as long for videos when so told', () => {
    const glabs = glabsWith();
    const task = glabs.submit(order({ kind: 'video', type: 'video' }), completes, 0);
    expect(glabs.find(task.id, 3999)?.status).toBe('running');
    expect(glabs.find(task.id, 4000)?.status).toBe('completed');
  });

  it('fail with their error after the latency, or at once', () => {
    const glabs = glabsWith();
    const error = { code: 429, message: 'quota' };
    const late = glabs.submit(order(), { end: 'failed', error, atOnce: false }, 0);
    const soon = glabs.submit(order(), { end: 'failed', error, atOnce: true }, 0);
    expect(glabs.find(soon.id, 0)).toMatchObject({ status: 'failed', error });
    expect(glabs.find(late.id, 999)?.status).toBe('running');
    expect(glabs.find(late.id, 1000)).toMatchObject({ status: 'failed', error, fileNames: [] });
  });

  it('that are stuck never end and keep nobody else waiting', () => {
    const glabs = glabsWith({ slots: 1 });
    const stuck = glabs.submit(order(), { end: 'stuck' }, 0);
    const next = glabs.submit(order(), completes, 0);
    expect(glabs.find(stuck.id, 1e9)?.status).toBe('running');
    expect(glabs.find(next.id, 1e9)?.completedAt).toBe(1000);
    expect(glabs.stop(stuck.id, 1e9)).toEqual({ stopped: [stuck.id], skipped: [] });
    expect(glabs.find(stuck.id, 1e9)).toMatchObject({
      status: 'failed',
      error: { code: 499, message: 'STOPPED_BY_CLIENT' },
    });
  });

  it('can all be stopped, and the finished ones are told apart', () => {
    const glabs = glabsWith({ retain: 10 });
    const done = glabs.submit(order(), completes, 0);
    glabs.find(done.id, 1000);
    const ids = [1, 2, 3].map(() => glabs.submit(order(), completes, 1000).id);
    expect(glabs.stop(null, 1500).stopped.sort()).toEqual(ids.sort());
    expect(glabs.stop(done.id, 1500)).toEqual({ stopped: [], skipped: [done.id] });
    expect(glabs.counts(1500)).toMatchObject({ pending: 0, running: 0, completed: 1, failed: 3, made: 4 });
  });

  it('are forgotten, with their files, when more have finished than are retained', () => {
    const glabs = glabsWith({ slots: 10 });
    const tasks = [0, 1, 2, 3].map((n) => glabs.submit(order(), completes, n));
    const names = tasks.map((task) => `image_${task.id}.png`);
    glabs.counts(5000);
    expect(tasks.map((task) => glabs.find(task.id, 5000) !== null)).toEqual([false, true, true, true]);
    expect(names.map((name) => glabs.file(name, 5000) !== null)).toEqual([false, true, true, true]);
    expect(glabs.counts(5000).completed).toBe(4);
  });

  it('are listed newest first, fifty at most', () => {
    const glabs = glabsWith({ retain: 200 });
    const ids = Array.from({ length: 60 }, (_, n) => glabs.submit(order(), completes, n).id);
    expect(glabs.recent(60).map((task) => task.id)).toEqual(ids.slice(10).reverse());
  });

  it('are gone after a restart, and later equal requests still give other pictures', () => {
    const glabs = glabsWith();
    const before = glabs.submit(order(), completes, 0);
    glabs.restart();
    expect(glabs.find(before.id, 0)).toBeNull();
    expect(glabs.counts(0)).toMatchObject({ pending: 0, running: 0 });
    const after = glabs.submit(order(), completes, 0);
    expect(after.take).toBe(2);
    expect(after.content).not.toBe(before.content);
  });

  it('count their takes from one again after a reset', () => {
    const glabs = glabsWith();
    const first = glabs.submit(order(), completes, 0);
    glabs.submit(order(), completes, 0);
    glabs.reset();
    expect(glabs.counts(0)).toMatchObject({ made: 0, completed: 0 });
    expect(glabs.submit(order(), completes, 0).content).toBe(first.content);
  });

  it('free their slot when they are forgotten', () => {
    const glabs = glabsWith({ slots: 1 });
    const lost = glabs.submit(order(), completes, 0);
    const next = glabs.submit(order(), completes, 0);
    glabs.forget(lost.id, 10);
    expect(glabs.find(lost.id, 10)).toBeNull();
    expect(glabs.find(next.id, 1010)?.status).toBe('completed');
  });

  it('show the same whatever order different requests arrive in', () => {
    const requests = fc.array(fc.constantFrom('p1', 'p2', 'p3'), { minLength: 1, maxLength: 12 });
    const contentsOf = (prompts: string[]) => {
      const glabs = glabsWith({ spread: 0.5 });
      const contents = prompts.map(
        (prompt) => `${prompt} ${glabs.submit(order({ prompt }), completes, 0).content}`,
      );
      expect(new Set(contents).size).toBe(contents.length);
      return contents.sort();
    };
    fc.assert(
      fc.property(
        requests.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([one, other]) => {
          expect(contentsOf(one)).toEqual(contentsOf(other));
        },
      ),
    );
  });

  it('are never worked on beyond the slots, and all end', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.boolean()), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (list, slots) => {
        const glabs = glabsWith({ slots, retain: 100, spread: 0.6 });
        let now = 0;
        for (const [wait, video] of list) {
          now += wait;
          glabs.submit(order(video ? { kind: 'video', type: 'video' } : {}), completes, now);
          const { pending, running } = glabs.counts(now);
          expect(running).toBeLessThanOrEqual(slots);
          if (pending > 0) expect(running).toBe(slots);
        }
        expect(glabs.counts(now + 1e7)).toMatchObject({ pending: 0, running: 0, completed: list.length });
      }),
    );
  });
});
