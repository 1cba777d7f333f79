import { expect, it, vi } from 'vitest';
import type { Clock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { createNetwork, type NetworkNews, ownAddresses } from './network.ts';

/** A machine whose time passes when told, asleep or awake. */
function machine() {
  const state = { now: 1_000_000, addresses: ['192.168.1.5'], looks: 0 };
  const sleepers = new Set<{ at: number; wake: () => void }>();
  let awake = 0;
  const clock: Clock = {
    now: () => state.now,
    monotonic: () => awake,
    sinceBoot: () => awake,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: awake + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
  };
  const network = createNetwork({
    clock,
    log: silentLog,
    interfaces: () => {
      state.looks += 1;
      return {
        lo: [{ address: '127.0.0.1', internal: true }],
        eth0: state.addresses.map((address) => ({ address, internal: false })),
      };
    },
  });
  const pass = async (ms: number) => {
    state.now += ms;
    awake += ms;
    for (const sleeper of [...sleepers].filter(({ at }) => at <= awake)) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, network, pass, sleepers };
}

it('tells of a sleep when the clock on the wall ran ahead, once', async () => {
  const { state, network, pass } = machine();
  const news: NetworkNews[] = [];
  network.subscribe((each) => news.push(each));
  for (let n = 0; n < 5; n += 1) await pass(3000);
  expect(news).toEqual([]);
  state.now += 8 * 3600 * 1000;
  for (let n = 0; n < 5; n += 1) await pass(3000);
  expect(news).toEqual(['resumed']);
});

it('tells of a late timer or a clock that was set back as of nothing', async () => {
  const { state, network, pass } = machine();
  const listener = vi.fn();
  network.subscribe(listener);
  state.now += 2000;
  await pass(3000);
  state.now -= 3600 * 1000;
  await pass(3000);
  expect(listener).not.toHaveBeenCalled();
});

it('tells of addresses that come and go, and whether there is any', async () => {
  const { state, network, pass } = machine();
  const news: NetworkNews[] = [];
  network.subscribe((each) => news.push(each));
  expect(network.online()).toBe(true);
  state.addresses = [];
  await pass(3000);
  expect(network.online()).toBe(false);
  state.addresses = ['10.0.0.7'];
  await pass(3000);
  await pass(3000);
  expect(news).toEqual(['changed', 'changed']);
  expect(network.online()).toBe(true);
});

it('passes on what the system itself says of waking up', () => {
  const { network } = machine();
  const listener = vi.fn();
  network.subscribe(listener);
  network.resumed();
  expect(listener).toHaveBeenCalledExactlyOnceWith('resumed');
});

it('looks only while somebody listens', async () => {
  const { state, network, pass, sleepers } = machine();
  expect(sleepers.size).toBe(0);
  const ends = [network.subscribe(() => undefined), network.subscribe(() => undefined)];
  await pass(3000);
  expect(sleepers.size).toBe(1);
  for (const end of ends) end();
  expect(sleepers.size).toBe(0);
  const { looks } = state;
  await pass(3000);
  expect(state.looks).toBe(looks);
  network.subscribe(() => undefined);
  expect(sleepers.size).toBe(1);
  network.close();
  expect(sleepers.size).toBe(0);
});

it('counts no address that an interface gives itself', () => {
  expect(
    ownAddresses({
      lo: [{ address: '::1', internal: true }],
      eth0: [
        { address: 'fe80::1', internal: false },
        { address: '169.254.3.4', internal: false },
      ],
      gone: undefined,
    }),
  ).toEqual([]);
});
