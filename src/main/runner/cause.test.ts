import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutageView } from '../../shared/run-view.ts';
import { causeOfDeath, causeOfEnd, type RunEnd } from './cause.ts';

const outage = (change: Partial<OutageView>): OutageView => ({
  from: '2026-11-20T03:00:00.000Z',
  to: null,
  what: 'glabs',
  message: 'refused',
  mended: false,
  waitS: 600,
  lost: 0,
  ...change,
});
const end = (change: Partial<RunEnd>): RunEnd => ({
  status: 'aborted',
  cancelled: false,
  failure: 'backend-unreachable',
  outages: [outage({})],
  server: 'http://127.0.0.1:8765',
  online: true,
  ...change,
});
const tunnel = { server: 'https://brave-otter.trycloudflare.com', outages: [outage({ what: 'tunnel' })] };

describe('a run that gave up', () => {
  it('for want of G-Labs says so', () => {
    expect(causeOfEnd(end({}))).toBe('backend');
  });
  it('for want of the tunnel says so, though it waited for G-Labs before', () => {
    const before = outage({ what: 'glabs', to: '2026-11-20T03:01:00.000Z' });
    expect(causeOfEnd(end({ ...tunnel, outages: [before, outage({ what: 'tunnel' })] }))).toBe('tunnel');
  });
  it('while the machine had no network blames the network, not the tunnel', () => {
    expect(causeOfEnd(end({ ...tunnel, online: false }))).toBe('network');
    expect(causeOfEnd(end({ server: 'http://192.168.1.9:8765', online: false }))).toBe('network');
    expect(causeOfEnd(end({ failure: 'store-unreachable', online: false }))).toBe('network');
  });
  it('for a G-Labs of this machine does not blame the network', () => {
    expect(causeOfEnd(end({ online: false }))).toBe('backend');
    expect(causeOfEnd(end({ server: 'http://localhost:8765', online: false }))).toBe('backend');
  });
  it('for anything else leaves it to its message', () => {
    expect(causeOfEnd(end({ failure: 'folder' }))).toBe('other');
    expect(causeOfEnd(end({ failure: 'store-unreachable' }))).toBe('other');
  });
  it('because somebody cancelled says that, whatever else was the matter', () => {
    expect(causeOfEnd(end({ status: 'interrupted', cancelled: true }))).toBe('cancelled');
  });
});

it('a run that was through has no cause', () => {
  for (const status of ['completed', 'failed-nodes', 'held'] as const)
    expect(causeOfEnd(end({ status, failure: null }))).toBeNull();
});

describe('a run whose process is gone', () => {
  const machine = { boot: 'this', now: 1_000_000, sinceBoot: 400_000 };
  it('was killed where the machine ran on, and went with the machine where that was started anew', () => {
    expect(causeOfDeath({ boot: 'this', startedAt: 900_000 }, machine)).toBe('killed');
    expect(causeOfDeath({ boot: 'before', startedAt: 900_000 }, machine)).toBe('rebooted');
  });
  it('is judged alike however the clock on the wall was set', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.boolean(), (startedAt, now, same) => {
        const death = { boot: same ? 'this' : 'before', startedAt };
        expect(causeOfDeath(death, { ...machine, now })).toBe(same ? 'killed' : 'rebooted');
      }),
    );
  });
  it('and was recorded without the start of the machine is judged by when that was', () => {
    expect(causeOfDeath({ boot: null, startedAt: 700_000 }, machine)).toBe('killed');
    expect(causeOfDeath({ boot: null, startedAt: 500_000 }, machine)).toBe('rebooted');
  });
});
