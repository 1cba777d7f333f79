import { describe, expect, it } from 'vitest';
import type { VerifyEntry, VerifyMessage } from '../../shared/history.ts';
import { foldVerification, isVerifying, type Verification, verificationWords } from './verification.ts';

const begun: Verification = {
  path: '/p/XYZG3-V0-1.nbflow',
  total: null,
  checked: 0,
  found: [],
  sums: null,
  stopped: false,
  error: null,
};
const sound = (id: string): VerifyEntry => ({ id, ok: true, problem: null, repaired: false });
const broken = (id: string, repaired: boolean): VerifyEntry => ({
  id,
  ok: false,
  problem: 'The copy on disk has another hash.',
  repaired,
});
const told = (...messages: VerifyMessage[]) => messages.reduce(foldVerification, begun);
const finished = (checked: number, damaged = 0, repaired = 0): VerifyMessage => ({
  kind: 'finished',
  sums: { checked, damaged, repaired },
});

describe('a verification', () => {
  it('counts as it goes', () => {
    const going = told(
      { kind: 'begun', total: 340 },
      { kind: 'entries', entries: [sound('a'), broken('b', true)] },
    );
    expect(verificationWords(begun)).toBe('Looking what there is…');
    expect(verificationWords(going)).toBe('2 of 340 verified');
    expect(isVerifying(going)).toBe(true);
    expect(going.found.map(({ id }) => id)).toEqual(['b']);
  });

  it('ends with what was found', () => {
    const entries = (...found: VerifyEntry[]): VerifyMessage => ({ kind: 'entries', entries: found });
    expect(verificationWords(told(entries(sound('a'), sound('b')), finished(2)))).toBe('All 2 are sound.');
    expect(verificationWords(told(entries(sound('a')), finished(1)))).toBe('The one backup is sound.');
    expect(verificationWords(told(finished(0)))).toBe('There is no backup to verify.');
    const mixed = told(entries(broken('a', true), broken('b', false), sound('c')), finished(3, 2, 1));
    expect(verificationWords(mixed)).toBe('3 verified: 1 repaired from the other place, 1 damaged.');
    expect(isVerifying(mixed)).toBe(false);
  });

  it('that was stopped says how far it came', () => {
    const stopped = { ...told({ kind: 'begun', total: 9 }), checked: 4, stopped: true };
    expect(verificationWords(stopped)).toBe('Stopped after 4 of 9; what was found stays.');
    expect(isVerifying(stopped)).toBe(false);
  });
});
