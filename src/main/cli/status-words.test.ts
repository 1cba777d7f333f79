import { describe, expect, it } from 'vitest';
import type { ConsumerView, ServiceView, TunnelStage } from '../../shared/services.ts';
import { tunnelView, PUBLIC_URL as url } from '../app/test-support.ts';
import { glabsStatus, glabsText, tunnelStatus, tunnelText } from './status-words.ts';

const verifiedAt = '2026-11-20T03:00:00.000Z';
const last = { url, revision: 7, verifiedAt: Date.parse(verifiedAt) };

const consumer: ConsumerView = {
  id: 'env',
  kind: 'env-file',
  target: '.env: GLABS_URL',
  state: 'pending',
  revision: 6,
  confirmedAt: null,
  attempts: 1,
  nextAttemptAt: null,
  problem: { message: 'It cannot be written.', cure: 'Give yourself the right to.' },
};
const saved = (stage: TunnelStage, more: Partial<ServiceView> = {}) => ({
  view: tunnelView(
    stage,
    { address: { url, revision: 7, verifiedAt }, consumers: [consumer] },
    { pid: 9, restarts: 2, ...more },
  ),
  supervisor: 77,
});

describe('the tunnel in status', () => {
  it('has its address only while that is verified', () => {
    expect(tunnelStatus(saved('verified'), last)).toMatchObject({
      state: 'verified',
      url,
      revision: 7,
      verifiedAt,
      pid: 9,
      restarts: 2,
      supervisor: 77,
    });
    for (const stage of ['degraded', 'backoff', 'settling', 'stopped'] as const)
      expect(tunnelStatus(saved(stage), last)).toMatchObject({
        state: stage,
        url: null,
        revision: 7,
        verifiedAt,
      });
  });

  it('without a supervisor is stopped, and still knows when its last address was verified', () => {
    expect(tunnelStatus(null, last)).toMatchObject({ state: 'stopped', url: null, revision: 7, verifiedAt });
    expect(tunnelStatus(null, null)).toMatchObject({ state: 'stopped', revision: null, verifiedAt: null });
  });

  it('tells a person the address, who does not have it yet, and why', () => {
    expect(tunnelText(tunnelStatus(saved('verified'), last))).toBe(
      `Tunnel: verified (${url}, pid 9, revision 7)\n` +
        '  .env: GLABS_URL does not have it yet: It cannot be written.\n' +
        '    cure:  Give yourself the right to.',
    );
    expect(tunnelText(tunnelStatus(null, last))).toBe('Tunnel: stopped');
  });

  it('tells a person what is wrong, what to do and what to type', () => {
    const problem = { message: 'cloudflared is not there.', cure: 'Install it.', command: 'brew install x' };
    const failed = saved('failed', { pid: null, problem });
    expect(tunnelText(tunnelStatus(failed, null))).toContain(
      'Tunnel: failed\n  cloudflared is not there.\n  cure:  Install it.\n  type:  brew install x',
    );
  });
});

describe('G-Labs in status, when nobody supervises it', () => {
  const look = (kind: 'up' | 'down' | 'silent' | 'foreign') =>
    glabsStatus({ kind, demo: false }, 'http://127.0.0.1:8765', verifiedAt);

  it('is what a look at its address says', () => {
    expect(look('up')).toMatchObject({ state: 'ready', adopted: true, supervised: false });
    expect(look('down')).toMatchObject({ state: 'stopped', url: null });
    expect(look('foreign')).toMatchObject({ state: 'foreign', url: 'http://127.0.0.1:8765' });
  });

  it('is said to be none of ours', () => {
    expect(glabsText(look('up'))).toBe('G-Labs: ready (http://127.0.0.1:8765, not started by Flowdeck)');
    expect(glabsText(look('down'))).toBe('G-Labs: stopped');
  });
});
