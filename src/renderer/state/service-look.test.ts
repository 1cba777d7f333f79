import { describe, expect, it } from 'vitest';
import type { ServiceView, TunnelFacts } from '../../shared/services.ts';
import { nextAttemptWords, nextTry, serviceLook, tunnelAbsence, verifiedUrl } from './service-look.ts';
import { testService, testTunnel } from './test-service.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();

const address = { url: 'https://brave-otter.trycloudflare.com', revision: 3, verifiedAt: at(-60) };
const missing: Partial<ServiceView> = {
  state: 'stopped',
  startWill: 'nothing',
  problem: { message: 'cloudflared is not here.', cure: 'Install it.', command: 'brew install cloudflared' },
};

describe('the look of a service', () => {
  it('is the state of G-Labs, and how far the tunnel has come', () => {
    expect(serviceLook(testService())).toEqual({ mark: 'done', word: 'ready' });
    expect(serviceLook(testTunnel({ stage: 'settling' }))).toEqual({ mark: 'working', word: 'checking' });
    expect(serviceLook(testTunnel({ stage: 'verified' }))).toEqual({ mark: 'done', word: 'verified' });
  });

  it('calls for nobody while a service is started again by itself', () => {
    const down = testService({ state: 'unhealthy' });
    expect(serviceLook(down).mark).toBe('needs-you');
    expect(serviceLook({ ...down, nextAttemptAt: at(4) })).toEqual({ mark: 'working', word: 'restarting' });
  });

  it('is no alarm where no tunnel is wanted, or its program is not installed', () => {
    expect(serviceLook(testTunnel({ mode: 'none' }))).toEqual({ mark: 'skipped', word: 'off' });
    expect(serviceLook(testTunnel({}, missing))).toEqual({ mark: 'skipped', word: 'not installed' });
    expect(serviceLook(testTunnel({ stage: 'failed' }, { ...missing, state: 'failed' })).mark).toBe(
      'skipped',
    );
  });

  it('is a failure where a tunnel cannot be brought up for another reason', () => {
    const problem = { message: 'No token.', cure: 'Set tunnel.token.' };
    const tunnel = testTunnel({ mode: 'named', stage: 'failed' }, { ...missing, state: 'failed', problem });
    expect(tunnelAbsence(tunnel)).toBeNull();
    expect(serviceLook(tunnel).mark).toBe('failed');
  });
});

describe('the public address', () => {
  it('is one only while it works', () => {
    const facts = (stage: TunnelFacts['stage']) => testTunnel({ stage, address });
    expect(verifiedUrl(facts('verified'))).toBe(address.url);
    expect(verifiedUrl(facts('degraded'))).toBeNull();
    expect(verifiedUrl(testService())).toBeNull();
  });
});

describe('the next attempt', () => {
  const down = testService({
    state: 'unhealthy',
    nextAttemptAt: at(3.2),
    health: [
      { from: at(-600), state: 'ready' },
      { from: at(-20), state: 'unhealthy' },
      { from: at(-18), state: 'starting' },
      { from: at(-5), state: 'unhealthy' },
    ],
    lastRestarts: [
      { at: at(-18), reason: 'It ended with code 1.' },
      { at: at(-900), reason: 'It ended with code 1.' },
    ],
  });

  it('counts tries since the service was last up', () => {
    expect(nextTry(down)).toBe(2);
    expect(nextTry({ ...down, lastRestarts: [] })).toBe(1);
    expect(nextTry({ ...down, health: [] })).toBe(3);
  });

  it('says when, rounded up, and what is due', () => {
    expect(nextAttemptWords(down, now)).toBe('Restarting (2nd try) in 4 s');
    expect(nextAttemptWords({ ...down, lastRestarts: [] }, now + 2500)).toBe('Restarting in 1 s');
    expect(nextAttemptWords(down, now + 3200)).toBe('Restarting (2nd try) now');
    expect(nextAttemptWords({ ...down, nextAttemptAt: at(125) }, now)).toBe(
      'Restarting (2nd try) in 2 min 05 s',
    );
    expect(nextAttemptWords({ ...down, nextAttemptAt: null }, now)).toBeNull();
  });

  it('does not make up a number where too few restarts are kept', () => {
    const many = Array.from({ length: 5 }, () => ({ at: at(-10), reason: 'It ended.' }));
    expect(nextAttemptWords({ ...down, lastRestarts: many }, now)).toBe(
      'Restarting (6th try or later) in 4 s',
    );
  });
});
