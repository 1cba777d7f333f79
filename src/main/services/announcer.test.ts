import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServicesChange, ServiceView } from '../../shared/services.ts';
import { systemClock } from '../platform/clock.ts';
import { Announcer } from './announcer.ts';
import { blankView } from './blank-view.ts';
import { LogRing } from './log-ring.ts';

const ring = () => new LogRing(systemClock, (text) => text);
const lines = ({ logAdded }: ServicesChange) => logAdded.map(({ text }) => text);

describe('what is news', () => {
  let heard: ServicesChange[];
  let view: ServiceView;
  let log: LogRing;
  let announcer: Announcer;
  const print = (text: string) => {
    log.add('out', text);
    announcer.soon();
  };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
    heard = [];
    view = blankView('glabs', systemClock);
    log = ring();
    announcer = new Announcer(() => view, log);
    announcer.subscribe((change) => heard.push(change));
  });
  afterEach(() => {
    announcer.close();
    vi.useRealTimers();
  });

  it('is told once what goes on now is over, in one piece', () => {
    print('one');
    print('two');
    expect(heard).toEqual([]);
    vi.advanceTimersToNextTimer();
    expect(heard.map(lines)).toEqual([['one', 'two']]);
  });

  it('waits for the rest after the last announcement, when it is output', () => {
    print('one');
    vi.advanceTimersByTime(1);
    print('two');
    vi.advanceTimersByTime(40);
    print('three');
    expect(heard.map(lines)).toEqual([['one']]);
    vi.advanceTimersByTime(10);
    expect(heard.map(lines)).toEqual([['one'], ['two', 'three']]);
  });

  it('does not wait for the rest, when the state is another', () => {
    print('one');
    vi.advanceTimersByTime(1);
    print('last words');
    view = { ...view, state: 'unhealthy' };
    announcer.hurry();
    expect(heard).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(heard.map(lines)).toEqual([['one'], ['last words']]);
    expect(heard[1]?.service.state).toBe('unhealthy');
    vi.advanceTimersByTime(1000);
    expect(heard).toHaveLength(2);
  });

  it('is told when it ends, and not after', () => {
    print('one');
    announcer.close();
    expect(heard.map(lines)).toEqual([['one']]);
    print('two');
    vi.advanceTimersByTime(1000);
    expect(heard).toHaveLength(1);
  });
});
