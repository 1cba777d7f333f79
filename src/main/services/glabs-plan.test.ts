import { describe, expect, it } from 'vitest';
import { isLoopback, planGlabs, portOf } from './glabs-plan.ts';

const settings = (more: Partial<Parameters<typeof planGlabs>[0]> = {}) => ({
  'glabs.url': 'http://127.0.0.1:8765',
  'glabs.command': null,
  'glabs.startupTimeoutS': 60,
  ...more,
});
const nothingKnown = { hasKey: false, realSeenAt: null };

describe('what Start would do', () => {
  it('is the demo for who has configured nothing, or asked for it', () => {
    expect(planGlabs(settings(), nothingKnown).launch).toBe('demo');
    const asked = settings({ 'glabs.command': 'demo', 'glabs.url': 'http://localhost:9000' });
    expect(planGlabs(asked, { hasKey: true, realSeenAt: 'http://localhost:9000' }).launch).toBe('demo');
  });

  it('is the configured command, and never the demo instead of it', () => {
    expect(planGlabs(settings({ 'glabs.command': '/opt/glabs' }), nothingKnown).launch).toBe('command');
  });

  it('is only to adopt for who has a backend of their own that is down', () => {
    expect(planGlabs(settings({ 'glabs.url': 'http://127.0.0.1:9000' }), nothingKnown).launch).toBe('none');
    expect(planGlabs(settings(), { hasKey: true, realSeenAt: null }).launch).toBe('none');
    expect(planGlabs(settings(), { hasKey: false, realSeenAt: 'http://127.0.0.1:8765' }).launch).toBe('none');
  });

  it('is never to start the demo on another machine', () => {
    const remote = settings({ 'glabs.url': 'http://192.168.1.5:8765', 'glabs.command': 'demo' });
    expect(planGlabs(remote, nothingKnown).launch).toBe('none');
  });
});

it('knows this machine and the port of an address', () => {
  expect(['http://localhost', 'http://127.0.0.1:1', 'http://[::1]:2/'].every(isLoopback)).toBe(true);
  expect(['http://10.0.0.1', 'https://127.0.0.1', 'http://localhost.evil.test'].some(isLoopback)).toBe(false);
  expect([portOf('http://x'), portOf('https://x'), portOf('http://x:8765/')]).toEqual([80, 443, 8765]);
});
