import { describe, expect, it } from 'vitest';
import { RunOptions } from '../../../shared/domain.ts';
import { isUnrecorded, madeIn, optionFacts } from './run-record.ts';
import { lastTrouble } from './run-words.ts';
import { candidate, node, unmade } from './test-nodes.ts';

describe('what a run made', () => {
  it('is what it generated, not what was there, by kind', () => {
    const nodes = [
      node(1, { candidates: [candidate(1, 1), candidate(1, 2, { state: 'cached' }), unmade(1, 3)] }),
      node(2, { kind: 'video', candidates: [candidate(1, 1), candidate(1, 2)] }),
    ];
    expect(madeIn(nodes)).toEqual({ images: 1, videos: 2 });
  });
});

describe('a record that does not say what was done', () => {
  const at = '2026-11-20T10:00:00.000Z';

  it('is that of a program that ended; its zeros are no figures', () => {
    expect(isUnrecorded({ live: false, finishedAt: null }, [])).toBe(true);
  });

  it('is none where there are nodes, the run goes on here, or it has ended by itself', () => {
    expect(isUnrecorded({ live: false, finishedAt: null }, [node(1)])).toBe(false);
    expect(isUnrecorded({ live: true, finishedAt: null }, [])).toBe(false);
    expect(isUnrecorded({ live: false, finishedAt: at }, [])).toBe(false);
  });
});

describe('the options of a run', () => {
  it('are those that were asked for; the rest was as the settings say', () => {
    expect(optionFacts(RunOptions.parse({}))).toEqual([{ name: 'Gates', value: 'the machine picks' }]);
    const asked = RunOptions.parse({
      gates: 'hold',
      storage: 'bucket',
      videoTimeoutS: 1800,
      reroll: [{ nodeId: 4, row: 1, candidate: 1 }, { nodeId: 4, row: 1, candidate: 2 }, { nodeId: 9 }],
    });
    expect(optionFacts(asked)).toEqual([
      { name: 'Gates', value: 'wait for a person’s pick' },
      { name: 'Re-rolled', value: '2 nodes' },
      { name: 'Store', value: 'bucket' },
      { name: 'Clip timeout', value: '30 min' },
    ]);
  });
});

describe('the trouble before an early end', () => {
  const at = '2026-11-20T10:00:00.000Z';
  const down = { at, message: 'G-Labs does not answer: refused', nodeId: null };
  const back = { at, message: 'G-Labs is back after 4 s.', nodeId: null };

  it('is the last thing that was said of the run as a whole', () => {
    expect(lastTrouble([down, { at, message: 'A pick was taken back.', nodeId: 3 }])).toBe(down.message);
  });

  it('is nothing when G-Labs was back by then, or nothing was said', () => {
    expect(lastTrouble([down, back])).toBeNull();
    expect(lastTrouble([])).toBeNull();
  });
});
