import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from '../../../shared/failure.ts';
import type { TunnelAddress } from '../../../shared/services.ts';
import type { Clock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import type { Consumer } from './consumer.ts';
import { retryDelay } from './retry-delay.ts';
import { type Confirmation, Telling } from './telling.ts';

const address = (revision: number): TunnelAddress => ({
  url: `https://r${revision}.test`,
  revision,
  verifiedAt: '2026-11-21T10:00:00.000Z',
});
const settle = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

/** A consumer whose every answer the test gives, under a clock that the test moves. */
function bench(options: { confirmed?: Confirmation; canLook?: boolean; newest?: TunnelAddress | null } = {}) {
  let at = 0;
  let newest = options.newest === undefined ? address(1) : options.newest;
  const sleepers = new Set<{ due: number; wake: () => void }>();
  const clock: Clock = {
    now: () => at,
    monotonic: () => at,
    sinceBoot: () => at,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: at + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
  };
  const told: { address: TunnelAddress; confirm(): Promise<void>; refuse(why?: string): Promise<void> }[] =
    [];
  const watchers = new Set<() => void>();
  const consumer: Consumer = {
    id: 'one',
    kind: 'env-file',
    target: '.env: URL',
    canLook: options.canLook ?? false,
    tell: (ask) =>
      new Promise((resolve, reject) => {
        const given = ask();
        told.push({
          address: given,
          confirm: () => {
            resolve(given);
            return settle();
          },
          refuse: (why = 'No.') => {
            reject(fail('folder', why, { where: '/a/.env', cure: 'Do it.' }));
            return settle();
          },
        });
      }),
    watch: (onChange) => {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
  };
  const notes: Confirmation[] = [];
  let noteFails = false;
  const telling = new Telling(consumer, options.confirmed ?? null, {
    newest: () => newest,
    note: (_id, confirmation) => {
      if (noteFails) throw new Error('the database is full');
      notes.push(confirmation);
    },
    changed: () => undefined,
    clock,
    random: () => 0.5,
    log: silentLog,
  });
  return {
    telling,
    told,
    notes,
    watchers,
    view: () => telling.view(newest),
    failNotes: (on: boolean) => {
      noteFails = on;
    },
    publish: async (next: TunnelAddress | null) => {
      newest = next;
      telling.wake();
      await settle();
    },
    pass: async (ms: number) => {
      at += ms;
      for (const sleeper of [...sleepers]) {
        if (sleeper.due > at) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settle();
    },
  };
}

describe('a consumer of the address', () => {
  it('is told, confirms, and is left in peace', async () => {
    const { told, view, notes, pass } = bench();
    expect(view()).toMatchObject({ state: 'pending', revision: null, attempts: 0 });
    await told[0]?.confirm();
    expect(view()).toMatchObject({ state: 'confirmed', revision: 1, problem: null, nextAttemptAt: null });
    expect(notes).toEqual([{ revision: 1, at: 0 }]);
    await pass(1e9);
    expect(told).toHaveLength(1);
  });

  it('that fails is tried again after 1 s, 2 s, 4 s, and shows why', async () => {
    const { told, view, pass } = bench();
    for (const [i, wait] of [1000, 2000, 4000].entries()) {
      await told[i]?.refuse();
      expect(view()).toMatchObject({
        state: 'pending',
        attempts: i + 1,
        problem: { message: 'No (/a/.env).', cure: 'Do it.' },
      });
      await pass(wait - 1);
      expect(told).toHaveLength(i + 1);
      await pass(1);
      expect(told).toHaveLength(i + 2);
    }
    await told[3]?.confirm();
    expect(view()).toMatchObject({ state: 'confirmed', attempts: 0, problem: null });
  });

  it('is tried again at once when a person asks, or when its file changes', async () => {
    const { telling, told, pass, watchers } = bench();
    await told[0]?.refuse();
    telling.tell();
    await settle();
    expect(told).toHaveLength(2);
    await told[1]?.refuse();
    for (const heard of watchers) heard();
    await pass(100);
    expect(told).toHaveLength(3);
    await told[2]?.confirm();
    expect(watchers.size).toBe(0);
  });

  it('never gets an older address after a newer one, and is told the newer one without delay', async () => {
    const { told, view, publish } = bench();
    await publish(address(2));
    expect(told).toHaveLength(1);
    await told[0]?.confirm();
    expect(view()).toMatchObject({ state: 'pending', revision: 1 });
    expect(told.map((each) => each.address.revision)).toEqual([1, 2]);
    await publish(address(3));
    await told[1]?.refuse();
    expect(told.map((each) => each.address.revision)).toEqual([1, 2, 3]);
    await told[2]?.confirm();
    expect(view()).toMatchObject({ state: 'confirmed', revision: 3 });
  });

  it('counts the tries of each address by themselves', async () => {
    const { told, view, publish } = bench();
    await told[0]?.refuse();
    await publish(address(2));
    await told[1]?.refuse();
    expect(view().attempts).toBe(1);
  });

  it('that confirmed before a restart is not told again, unless it can be looked at', async () => {
    const confirmed = { revision: 1, at: 5 };
    expect(bench({ confirmed }).told).toHaveLength(0);
    const file = bench({ confirmed, canLook: true });
    expect(file.view()).toMatchObject({ state: 'pending', revision: 1 });
    await file.told[0]?.confirm();
    expect(file.view()).toMatchObject({ state: 'confirmed', confirmedAt: '1970-01-01T00:00:00.005Z' });
    expect(file.notes).toEqual([]);
  });

  it('that confirmed is told again when a person asks, also while it is being told', async () => {
    const { telling, told, view } = bench();
    telling.tell();
    await told[0]?.confirm();
    expect(told).toHaveLength(2);
    await told[1]?.confirm();
    expect(view().state).toBe('confirmed');
    telling.tell();
    await settle();
    await told[2]?.refuse();
    expect(view()).toMatchObject({ state: 'pending', revision: 1, attempts: 1 });
  });

  it('of whom the confirmation cannot be kept is told again', async () => {
    const { told, view, failNotes, pass } = bench();
    failNotes(true);
    await told[0]?.confirm();
    expect(view()).toMatchObject({ state: 'pending', problem: { message: 'the database is full' } });
    failNotes(false);
    await pass(1000);
    await told[1]?.confirm();
    expect(view().state).toBe('confirmed');
  });

  it('has nothing to be told as long as there is no address', async () => {
    const { told, view, publish } = bench({ newest: null });
    expect(view().state).toBe('none');
    expect(told).toHaveLength(0);
    await publish(address(1));
    expect(told).toHaveLength(1);
  });

  it('is left in peace once it is closed', async () => {
    const { telling, told, pass, watchers } = bench();
    await told[0]?.refuse();
    await telling.close();
    expect(watchers.size).toBe(0);
    await pass(1e9);
    expect(told).toHaveLength(1);
  });
});

it('whatever happens, it is told one address at a time, never an older one, and at last has the newest', async () => {
  const event = fc.constantFrom('publish', 'again', 'tell', 'watch', 'pass', 'confirm', 'refuse');
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.boolean(), async (events, canLook) => {
      const { telling, told, view, publish, pass, watchers } = bench({ canLook });
      let revision = 1;
      let answered = 0;
      const answer = async (how: 'confirm' | 'refuse') => {
        if (answered === told.length) return;
        answered += 1;
        await told[answered - 1]?.[how]();
      };
      const does = {
        publish: () => publish(address(++revision)),
        again: () => publish(address(revision)),
        tell: async () => {
          telling.tell();
          await settle();
        },
        watch: async () => {
          for (const heard of watchers) heard();
          await pass(100);
        },
        pass: () => pass(700),
        confirm: () => answer('confirm'),
        refuse: () => answer('refuse'),
      };
      for (const each of events) {
        await does[each]();
        expect(told.length - answered).toBeLessThanOrEqual(1);
      }
      for (let rounds = 0; view().state !== 'confirmed'; rounds += 1) {
        expect(rounds).toBeLessThan(4);
        await answer('confirm');
        await pass(80_000);
      }
      expect(view()).toMatchObject({ revision, attempts: 0, problem: null, nextAttemptAt: null });
      const revisions = told.map((each) => each.address.revision);
      expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
      expect(watchers.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

it('the wait between two tries doubles from 1 s to 60 s, a fifth up or down', () => {
  expect([1, 2, 6, 7, 1000].map((failures) => retryDelay(failures, 0.5))).toEqual([
    1000, 2000, 32_000, 60_000, 60_000,
  ]);
  expect([retryDelay(1, 0), retryDelay(1, 1)]).toEqual([800, 1200]);
});
