import { describe, expect, it } from 'vitest';
import { PlanReason } from '../../../shared/domain.ts';
import { NOT_REACHED, nodesAfterEnd, PICKED_SINCE, STOPPED } from './ended-run.ts';
import { candidateMark, journalWord, newsSince, nodeWords, reasonWords, waitWords } from './run-words.ts';
import { candidate, gate, node, unmade } from './test-nodes.ts';

describe('why the plan did with a node what it did', () => {
  it.each(PlanReason.options[0].options)('has words for "%s"', (reason) => {
    expect(reasonWords(reason)).toMatch(/^(To generate|To complete|Reused|Left out).*\.$/);
  });

  it('names the node that blocks', () => {
    expect(reasonWords('blocked by 14')).toContain('node 14');
  });
});

describe('the state of a node', () => {
  it('counts its candidates while it works', () => {
    const candidates = [candidate(1, 1), unmade(1, 2, { state: 'generating' }), unmade(1, 3), unmade(1, 4)];
    expect(nodeWords(node(1, { state: 'generating', candidates })).word).toBe('generating 1 of 4');
  });

  it('does not flicker while another candidate is at another step', () => {
    const candidates = [unmade(1, 1, { state: 'storing' }), unmade(1, 2, { state: 'generating' })];
    expect(nodeWords(node(1, { state: 'storing', perRow: 2, candidates })).word).toBe('generating 0 of 2');
    const last = [unmade(1, 1, { state: 'storing' }), candidate(1, 2)];
    expect(nodeWords(node(1, { state: 'storing', perRow: 2, candidates: last })).word).toBe('storing 1 of 2');
  });

  it('says when fewer came than were asked for', () => {
    const short = node(1, { state: 'done', short: true, candidates: [candidate(1, 1), candidate(1, 2)] });
    expect(nodeWords(short).word).toBe('done, 2 of 4');
  });
});

describe('a candidate that did not begin', () => {
  it('waits while its node goes on, and is not there when it is over', () => {
    expect(candidateMark(unmade(1, 1), { state: 'generating' }).word).toBe('waiting');
    expect(candidateMark(unmade(1, 1), { state: 'failed' }).word).toBe('not there');
  });
});

describe('a run that has ended', () => {
  const left = nodesAfterEnd([
    node(1, { state: 'done', candidates: [candidate(1, 1)] }),
    node(2, { state: 'generating', candidates: [candidate(1, 1), unmade(1, 2, { state: 'generating' })] }),
    node(3, { state: 'waiting' }),
    node(4, { state: 'held', needs: [1] }),
    node(5, { gates: [gate(9)], state: 'done' }),
    node(6, { state: 'held', needs: [5] }),
  ]);

  it('does not pretend that something still works or waits', () => {
    expect(left.map((each) => nodeWords(each).word)).toEqual([
      'done',
      STOPPED,
      NOT_REACHED,
      PICKED_SINCE,
      'done',
      'needs your pick',
    ]);
  });

  it('keeps what was done', () => {
    expect(left[1]?.candidates.map(({ state }) => state)).toEqual(['done', 'missing']);
  });
});

describe('the news for a screen reader', () => {
  const told = new Map([
    [1, 'generating' as const],
    [2, 'done' as const],
  ]);

  it('is what ended since it was last told, and nothing else', () => {
    const nodes = [
      node(1, { state: 'done' }),
      node(2, { state: 'done' }),
      node(3, { state: 'failed', kind: 'video', scene: 3 }),
    ];
    expect(newsSince(told, nodes)).toBe('Scene 1 image done. Scene 3 video failed.');
  });

  it('is silent when nothing ended', () => {
    expect(newsSince(told, [node(1, { state: 'storing' }), node(2, { state: 'done' })])).toBe('');
  });

  it('counts many instead of naming them', () => {
    const many = Array.from({ length: 5 }, (_, i) => node(10 + i, { state: 'done' }));
    expect(newsSince(new Map(), many)).toBe('5 nodes done.');
  });
});

describe('the journal', () => {
  it('shows a state it does not know as it is', () => {
    expect(journalWord('written')).toBe('written into the workflow');
    expect(journalWord('something new')).toBe('something new');
  });
});

describe('a run that waits for picks', () => {
  const held = { status: 'held' as const, live: true, picksOpen: 2 };

  it('says for how many, and that it goes on by itself', () => {
    expect(waitWords(held)).toEqual({ waits: 'Waits for 2 picks.', next: 'It goes on by itself.' });
    expect(waitWords({ ...held, picksOpen: 1 })?.waits).toBe('Waits for 1 pick.');
  });

  it('says nothing of the kind once it has ended, or goes on', () => {
    expect(waitWords({ ...held, live: false })).toBeNull();
    expect(waitWords({ ...held, status: 'running' })).toBeNull();
  });
});
