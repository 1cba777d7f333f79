import { describe, expect, it } from 'vitest';
import { causeSentence, interruptedWords, isNews } from './recovery-words.ts';
import { interruptedNotice } from './run-notices.ts';
import { interrupted } from './test-support.ts';

const now = new Date(2026, 10, 21, 9, 0).getTime();
const when = (...at: [number, number, number, number, number]) => new Date(...at).toISOString();

describe('the words of an interrupted run', () => {
  it('say why, and when of today', () => {
    const entry = interrupted({ interruptedAt: when(2026, 10, 21, 3, 5) });
    expect(interruptedWords(entry, now)).toBe('XYZG3-V0-1 was interrupted (Flowdeck was killed, 03:05).');
  });

  it('name the day when it is another', () => {
    const entry = interrupted({ interruptedAt: when(2026, 10, 20, 23, 14) });
    expect(interruptedWords(entry, now)).toContain('2026-11-20 23:14');
  });

  it('say only what is known', () => {
    expect(interruptedWords(interrupted({ cause: null, interruptedAt: null }), now)).toBe(
      'XYZG3-V0-1 was interrupted.',
    );
    expect(causeSentence({ cause: 'other', message: 'The disk is full.' })).toBe('The disk is full.');
    expect(causeSentence({ cause: null, message: null })).toBe('it could not go on');
  });
});

describe('what a person hears of at the start', () => {
  it('is nothing they did themselves, and nothing they have turned to', () => {
    expect(isNews(interrupted())).toBe(true);
    expect(isNews(interrupted({ cause: { kind: 'cancelled', message: 'it was cancelled' } }))).toBe(false);
    expect(isNews(interrupted({ step: 'plan' }))).toBe(false);
    expect(interruptedNotice([interrupted({ step: 'after-care' })], now)).toBeNull();
  });

  it('is a recovery that was cut short itself, and none that goes on', () => {
    const carried = interrupted({ step: 'carry-out', appliedRunId: 'new' });
    expect(isNews(carried)).toBe(true);
    expect(isNews({ ...carried, cause: null })).toBe(false);
    expect(isNews({ ...carried, cause: { kind: 'cancelled', message: 'it was cancelled' } })).toBe(false);
  });

  it('is one notice, however many there are', () => {
    expect(interruptedNotice([interrupted()], now)).toMatchObject({
      title: 'XYZG3-V0-1',
      body: expect.stringMatching(/^XYZG3-V0-1 was interrupted \(Flowdeck was killed, .*Recovery/),
    });
    expect(interruptedNotice([interrupted(), interrupted({ path: '/p/b.nbflow' })], now)?.title).toBe(
      '2 runs were interrupted',
    );
  });
});
