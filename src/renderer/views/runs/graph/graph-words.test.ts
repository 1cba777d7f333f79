import { describe, expect, it } from 'vitest';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import type { BoardFilter } from '../board-filter.ts';
import { candidate, gate, node, unmade } from '../test-nodes.ts';
import { litCards } from './graph-lit.ts';
import { cardLabel, mediaOf, opensWith, promptText } from './graph-words.ts';
import { scenesTab } from './test-graph.ts';

const tab = scenesTab(3);
const card = (id: number) => {
  const found = tab.byId.get(id);
  if (!found) throw new Error(`no card ${id}`);
  return found;
};
const members: RunNodeView[] = [
  node(12, {
    scene: 1,
    state: 'generating',
    prompts: ['A jar.', 'A cup.'],
    references: [{ label: 'image 1', url: 'a.png', media: 'media/a' }],
    gates: [gate(13)],
    candidates: [candidate(1, 1), unmade(1, 2, { state: 'generating' })],
    perRow: 2,
  }),
  node(22, { scene: 2, state: 'failed', title: 'Scene 02 image' }),
  node(15, { scene: 1, kind: 'video', state: 'held', needs: [12] }),
];
const nodes = new Map(members.map((each) => [each.nodeId, each]));
const wanting = new Set([12]);

describe('a card in words', () => {
  it('says kind, title, state and count', () => {
    expect(cardLabel(card(12), nodes, wanting)).toBe(
      'Image Scene 01 image: generating 1 of 2, 1 of 2 candidates',
    );
    expect(cardLabel(card(22), nodes, wanting)).toContain('failed');
  });

  it('says of a gate that a pick is wanted there, and that it is made', () => {
    expect(cardLabel(card(13), nodes, wanting)).toBe('Gate Scene 01 pick: needs your pick');
    const picked = new Map(nodes).set(
      12,
      node(12, { gates: [gate(13, { picks: [{ row: 1, candidate: 1 }] })] }),
    );
    expect(cardLabel(card(13), picked, new Set())).toBe('Gate Scene 01 pick: your pick');
  });

  it('says that a node is not part of the run', () => {
    expect(cardLabel(card(32), nodes, wanting)).toBe('Image Scene 03 image: not part of this run');
  });

  it('has the prompt that reaches the model, on the node it comes from last', () => {
    expect(promptText(card(11), nodes)).toBe('A jar.');
    expect(promptText(card(1), nodes)).toBeNull();
  });

  it('shows a reference on the media node it comes from', () => {
    expect(mediaOf(card(1), nodes)).toBe('media/a');
    expect(mediaOf(card(11), nodes)).toBeNull();
  });
});

describe('what opens with a card', () => {
  it('is the node itself, that of a gate, or the only one a prompt goes into', () => {
    expect(opensWith(card(12), nodes)).toBe(12);
    expect(opensWith(card(13), nodes)).toBe(12);
    expect(opensWith(card(14), nodes)).toBe(15);
  });

  it('is nothing for what several nodes share, and for what is not in the run', () => {
    expect(opensWith(card(1), nodes)).toBeNull();
    expect(opensWith(card(32), nodes)).toBeNull();
  });
});

describe('filter and search', () => {
  const lit = (filter: BoardFilter, search = '') => {
    const found = litCards(tab, nodes, wanting, { filter, search });
    return found === null ? null : [...found].sort((a, b) => a - b);
  };

  it('dim nothing when nothing is asked', () => {
    expect(lit('all', ' ')).toBeNull();
  });

  it('leave the nodes of the filter with what goes into them, and their gates', () => {
    expect(lit('failed')).toEqual([1, 21, 22, 23]);
    expect(lit('needs-you')).toEqual([1, 11, 12, 13]);
  });

  it('find a node that generates nothing by its own title', () => {
    expect(lit('all', 'avatar')).toEqual([1]);
    expect(lit('failed', 'avatar')).toEqual([]);
  });

  it('find scenes by their number, as on the board', () => {
    expect(lit('all', '2')).toEqual([1, 21, 22, 23, 24, 25]);
    const many = litCards(scenesTab(12), new Map(), wanting, { filter: 'all', search: 'scene 1' });
    expect([...(many ?? [])]).toEqual([11, 12, 13, 14, 15]);
  });
});
