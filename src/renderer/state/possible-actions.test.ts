import { describe, expect, it } from 'vitest';
import { possibleActions } from './possible-actions.ts';

const stopped = { state: 'stopped', adopted: false, startWill: 'demo' } as const;

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

  it('let one look again when another program has left the port', () => {
    expect(possibleActions({ ...stopped, state: 'foreign', startWill: 'nothing' }).start).toBe(true);
  });
});
