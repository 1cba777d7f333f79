import { describe, expect, it } from 'vitest';
import type { ServiceView, TunnelFacts } from '../../shared/services.ts';
import {
  nextAttemptWords,
  serviceLook,
  servicesSentence,
  tunnelAbsence,
  verifiedUrl,
} from './service-look.ts';
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

  it('is no alarm where no tunnel is wanted, or no program could make one', () => {
    expect(serviceLook(testTunnel({ mode: 'none' }))).toEqual({ mark: 'skipped', word: 'off' });
    expect(serviceLook(testTunnel({}, missing))).toEqual({ mark: 'skipped', word: 'not set up' });
    expect(serviceLook(testTunnel({ stage: 'failed' }, { ...missing, state: 'failed' })).mark).toBe(
      'skipped',
    );
  });

  it('is a failure where a tunnel cannot be brought up for another reason', () => {
    const problem = { message: 'No token.', cure: 'Set tunnel.token.' };
    const tunnel = testTunnel(
      { mode: 'named', stage: 'failed' },
      { state: 'failed', startWill: 'command', problem },
    );
    expect(tunnelAbsence(tunnel)).toBeNull();
    expect(serviceLook(tunnel).mark).toBe('failed');
  });
});

describe('both services in a sentence', () => {
  it('leaves out a tunnel that is not wanted', () => {
    const glabs = testService({ state: 'failed' });
    const sentence = (mode: TunnelFacts['mode']) =>
      servicesSentence({ glabs, tunnel: testTunnel({ mode, stage: 'verified' }) });
    expect(sentence('quick')).toBe('G-Labs failed. Tunnel verified.');
    expect(sentence('none')).toBe('G-Labs failed.');
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
  const down = testService({ state: 'unhealthy', nextAttemptAt: at(3.2) });

  it('says when, rounded up, and what is due', () => {
    expect(nextAttemptWords(down, now)).toBe('Restarting (2nd try) in 4 s');
    expect(nextAttemptWords(down, now + 3200)).toBe('Restarting (2nd try) now');
    expect(nextAttemptWords({ ...down, nextAttemptAt: at(125) }, now)).toBe(
      'Restarting (2nd try) in 2 min 05 s',
    );
    expect(nextAttemptWords({ ...down, nextAttemptAt: null }, now)).toBeNull();
  });

  it('counts tries as one says them', () => {
    const words = (restarts: number) => nextAttemptWords({ ...down, restarts }, now);
    expect([1, 2, 9, 19].map(words)).toEqual(
      ['3rd', '4th', '11th', '21st'].map((nth) => `Restarting (${nth} try) in 4 s`),
    );
  });
});
