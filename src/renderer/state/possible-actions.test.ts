import { describe, expect, it } from 'vitest';
import { possibleActions } from './possible-actions.ts';
import { testTunnel } from './test-service.ts';

const stopped = { state: 'stopped', adopted: false, startWill: 'demo', problem: null, tunnel: null } as const;

describe('the buttons of a service', () => {
  it('offer Start alone while it is stopped', () => {
    expect(possibleActions(stopped)).toEqual({ start: true, stop: false, restart: false });
  });

  it('offer nothing where Start would bring nothing up', () => {
    expect(possibleActions({ ...stopped, startWill: 'nothing' })).toEqual({
      start: false,
      stop: false,
      restart: false,
    });
  });

  it('offer Stop while it is on its way up', () => {
    expect(possibleActions({ ...stopped, state: 'starting' })).toEqual({
      start: false,
      stop: true,
      restart: false,
    });
  });

  it('never offer to restart what was adopted', () => {
    const ready = { ...stopped, state: 'ready' } as const;
    expect(possibleActions(ready).restart).toBe(true);
    expect(possibleActions({ ...ready, adopted: true }).restart).toBe(false);
  });

  it('let one look again once cloudflared is installed, and offer nothing where no tunnel is wanted', () => {
    const problem = { message: 'cloudflared is not here.', cure: 'Install it.', command: 'brew install x' };
    const missing = testTunnel({ stage: 'stopped' }, { state: 'stopped', startWill: 'nothing', problem });
    expect(possibleActions(missing).start).toBe(true);
    expect(possibleActions({ ...missing, problem: null }).start).toBe(false);
    const off = testTunnel({ mode: 'none' }, { state: 'stopped', startWill: 'nothing', problem });
    expect(possibleActions(off).start).toBe(false);
  });

  it('let one look again when another program has left the port', () => {
    expect(possibleActions({ ...stopped, state: 'foreign', startWill: 'nothing' }).start).toBe(true);
  });
});
