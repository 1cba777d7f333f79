import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenForInterruption } from './interruption.ts';

function listening() {
  const source = new EventEmitter();
  const clock = { now: 1000 };
  const seen = { atOnce: 0 };
  const interruption = listenForInterruption(
    source,
    () => clock.now,
    () => {
      seen.atOnce += 1;
    },
  );
  return { source, clock, seen, interruption };
}

describe('an interruption', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('the first %s asks', (signal) => {
    const { source, seen, interruption } = listening();
    expect(interruption.signal.aborted).toBe(false);
    source.emit(signal);
    expect(interruption.signal.aborted).toBe(true);
    expect(seen.atOnce).toBe(0);
  });

  it('the second one no longer waits', () => {
    const { source, clock, seen } = listening();
    source.emit('SIGINT');
    clock.now += 2000;
    source.emit('SIGTERM');
    expect(seen.atOnce).toBe(1);
  });

  it('two signals of one keystroke, from the terminal and passed on, are one', () => {
    const { source, clock, seen } = listening();
    source.emit('SIGINT');
    clock.now += 20;
    source.emit('SIGINT');
    expect(seen.atOnce).toBe(0);
    clock.now += 1000;
    source.emit('SIGINT');
    expect(seen.atOnce).toBe(1);
  });

  it('output that nobody reads is as if a person had pressed Ctrl-C', () => {
    const { interruption } = listening();
    interruption.request();
    expect(interruption.signal.aborted).toBe(true);
  });

  it('lets go of the signals', () => {
    const { source, interruption } = listening();
    interruption.dispose();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) expect(source.listenerCount(signal)).toBe(0);
  });
});
