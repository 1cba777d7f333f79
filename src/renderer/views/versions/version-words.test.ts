import { describe, expect, it } from 'vitest';
import { adviceWords, firstNote, madeWords, stepsOf, targetOf } from './version-words.ts';

const advice = {
  suggested: true,
  reasons: ['2 prompts changed', 'the cache was wiped'],
  from: 'V0-3',
  to: 'V0-4',
  graduated: 'V1',
};

describe('a version that is due', () => {
  it.each([
    [['2 prompts changed'], '2 prompts changed since V0-3 ran.'],
    [['the cache was wiped'], 'The cache was wiped since V0-3 ran.'],
    [
      ['2 prompts changed', 'the cache was wiped'],
      '2 prompts changed and the cache was wiped since V0-3 ran.',
    ],
    [['a', 'b', 'c'], 'A, b and c since V0-3 ran.'],
  ])('for %j says so in a sentence', (reasons, sentence) => {
    expect(adviceWords({ reasons, from: 'V0-3' })).toBe(sentence);
  });

  it('has its reasons as the first words of the note, and none where nobody saw a reason', () => {
    expect(firstNote(advice)).toBe('2 prompts changed and the cache was wiped');
    expect(firstNote({ suggested: false, reasons: ['a pick changed'] })).toBe('');
  });
});

describe('what a dialog says it will do', () => {
  it('of a bump: the old file goes to backups/, the new one takes its place', () => {
    const [moved, written, books] = stepsOf('/p/testing/XYZG3-V0-3.nbflow', 'V0-3', 'V0-4', 'bump');
    expect(moved).toBe('XYZG3-V0-3.nbflow moves to backups/ under its own name.');
    expect(written).toContain('XYZG3-V0-4.nbflow is written in the same folder');
    expect(books).toContain('V0-4');
  });

  it('of an approval: from testing/ into approved/, from elsewhere beside it', () => {
    const written = (path: string) => stepsOf(path, 'V2-0-4', 'V2', 'graduate')[1];
    expect(written('C:\\p\\testing\\XYZS1-V2-0-4.nbflow')).toContain(
      'XYZS1-V2.nbflow is written in approved/',
    );
    expect(written('/p/may/XYZS1-V2-0-4.nbflow')).toContain('in the same folder');
  });
});

it('the target of each step is the one that was advised', () => {
  expect([targetOf(advice, 'bump'), targetOf(advice, 'graduate')]).toEqual(['V0-4', 'V1']);
  expect(targetOf({ ...advice, graduated: null }, 'graduate')).toBeNull();
});

it('a version that was made is named', () => {
  expect(madeWords({ path: '/p/approved/XYZG3-V1.nbflow' })).toBe('XYZG3-V1 made.');
});
