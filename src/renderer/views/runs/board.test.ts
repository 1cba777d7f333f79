// @vitest-environment happy-dom
import { act, createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyRunChange, type RunNodeView, type RunView } from '../../../shared/run-view.ts';
import type { Wire } from '../../wire/client.ts';
import { WireProvider } from '../../wire/provider.tsx';
import { Board } from './board.tsx';
import type { SelectionChange } from './selection.ts';
import { candidate, gate, node } from './test-nodes.ts';

/** Asks for an address of a picture are counted: each cell that is drawn asks for those it shows. */
const asked = vi.fn<(id: string) => string>((id) => `/media/${id}`);
const wire: Pick<Wire, 'mediaUrl'> = { mediaUrl: asked };

const SCENES = 1000;
const HEIGHT = 600;

/** 2,000 nodes, each with one picture of its own name. */
const nodes: RunNodeView[] = Array.from({ length: SCENES }, (_, i) => i + 1).flatMap((scene) => [
  node(scene, {
    scene,
    state: 'done',
    gates: [gate(10_000 + scene)],
    candidates: [candidate(1, 1, { media: `image-${scene}` })],
  }),
  node(2000 + scene, {
    scene,
    kind: 'video',
    state: 'generating',
    needs: [scene],
    candidates: [candidate(1, 1, { media: `clip-${scene}` })],
  }),
]);

let root: Root;
let page: HTMLElement;
const opened = vi.fn<(nodeId: number) => void>();
const selected = vi.fn<(change: SelectionChange) => void>();

/** happy-dom lays nothing out; the board has to be somewhere and of some size. */
function giveSizes() {
  for (const [name, pixels] of [
    ['offsetHeight', HEIGHT],
    ['clientHeight', HEIGHT],
    ['offsetWidth', 1000],
    ['clientWidth', 1000],
  ] as const) {
    vi.spyOn(HTMLElement.prototype, name, 'get').mockReturnValue(pixels);
  }
}

async function show(shown: readonly RunNodeView[], over: Partial<Parameters<typeof Board>[0]> = {}) {
  const board = createElement(Board, {
    name: 'BIG-V0-1',
    tabs: tabs,
    nodes: shown,
    wanting: none,
    filter: 'all',
    search: '',
    selectedId: null,
    marked: none,
    onSelect: selected,
    onOpen: opened,
    onFocusNode: ignore,
    ...over,
  });
  await act(async () => root.render(WireProvider({ wire: wire as Wire, children: board })));
}
const tabs = ['Account A'];
const none: ReadonlySet<number> = new Set();
const ignore = () => undefined;

const press = (key: string, more: KeyboardEventInit = {}) =>
  act(async () => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
    );
  });

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  giveSizes();
  page = document.body.appendChild(document.createElement('div'));
  root = createRoot(page);
  asked.mockClear();
  opened.mockClear();
  selected.mockClear();
});

afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('the board of a run with 2,000 nodes', () => {
  it('builds only the lines in sight', async () => {
    await show(nodes);
    const lines = page.querySelectorAll('[role="row"]').length;
    expect(lines).toBeGreaterThan(4);
    expect(lines).toBeLessThan(20);
    expect(page.querySelector('[role="grid"]')?.getAttribute('aria-rowcount')).toBe(String(SCENES + 1));
  });

  it('draws nothing anew but the line of the node that has changed', async () => {
    await show(nodes);
    expect(asked).toHaveBeenCalledWith('image-2', expect.anything());
    asked.mockClear();
    const view: RunView = {
      summary: {} as RunView['summary'],
      tabs,
      nodes: [...nodes],
      notices: [],
      outages: [],
    };
    const changed = node(2, {
      scene: 2,
      state: 'done',
      candidates: [candidate(1, 1, { media: 'image-2-new' })],
      gates: [gate(10_002)],
    });
    await show(applyRunChange(view, { nodes: [changed] }).nodes);
    const drawn = new Set(asked.mock.calls.map(([id]) => id));
    expect([...drawn].sort()).toEqual(['clip-2', 'image-2-new']);
  });

  it('draws nothing at all when a node out of sight changes', async () => {
    await show(nodes);
    asked.mockClear();
    const view: RunView = {
      summary: {} as RunView['summary'],
      tabs,
      nodes: [...nodes],
      notices: [],
      outages: [],
    };
    await show(applyRunChange(view, { nodes: [node(900, { scene: 900, gates: [gate(10_900)] })] }).nodes);
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('the board with the keyboard', () => {
  it('has one cell that Tab leads to, from which arrows move and Enter opens', async () => {
    await show(nodes);
    const reachable = page.querySelectorAll<HTMLElement>('[role="gridcell"][tabindex="0"]');
    expect(reachable).toHaveLength(1);
    await act(async () => reachable[0]?.focus());
    await press('ArrowDown');
    await press('ArrowRight');
    expect(document.activeElement?.getAttribute('aria-label')).toContain('Image of Scene 02');
    await press('Enter');
    expect(opened).toHaveBeenCalledWith(2);
    await press('End');
    await press('Enter');
    expect(opened).toHaveBeenLastCalledWith(2002);
  });

  it('keeps the cell that has the focus in the page, however far one scrolls', async () => {
    await show(nodes);
    await act(async () => page.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus());
    const focused = document.activeElement;
    const box = page.querySelector('[role="grid"]');
    await act(async () => {
      if (box) box.scrollTop = 50_000;
      box?.dispatchEvent(new Event('scroll'));
    });
    expect(page.textContent).toContain('Scene 45');
    expect(document.activeElement).toBe(focused);
    expect(focused?.isConnected).toBe(true);
  });
});

describe('a node that is opened from elsewhere', () => {
  it('comes into sight with the focus, at its gate when a pick is wanted there', async () => {
    await show(nodes);
    await show(nodes, { selectedId: 700, wanting: new Set([700]) });
    await act(async () => page.querySelector('[role="grid"]')?.dispatchEvent(new Event('scroll')));
    expect(document.activeElement?.getAttribute('aria-label')).toBe(
      'Gate of Scene 700 (image): needs your pick',
    );
    await show(nodes, { selectedId: 2701 });
    expect(document.activeElement?.getAttribute('aria-label')).toContain('Video of Scene 701');
  });

  it('does not take the focus from where a person is typing', async () => {
    const field = document.body.appendChild(document.createElement('input'));
    field.focus();
    await show(nodes);
    await show(nodes, { selectedId: 3 });
    expect(document.activeElement).toBe(field);
    field.remove();
  });
});

describe('selecting on the board', () => {
  const cell = (label: string) =>
    page.querySelector<HTMLElement>(`[role="gridcell"][aria-label^="${label}"]`);
  const click = (label: string, more: MouseEventInit) =>
    act(async () => {
      cell(label)?.dispatchEvent(new MouseEvent('click', { bubbles: true, ...more }));
    });

  it('goes one by one with Control, as a range with Shift, and opens nothing', async () => {
    await show(nodes);
    await click('Image of Scene 01', { ctrlKey: true });
    expect(selected).toHaveBeenLastCalledWith({ kind: 'toggle', id: 1 });
    await click('Video of Scene 02', { shiftKey: true });
    expect(selected).toHaveBeenLastCalledWith({ kind: 'range', ids: [1, 2001, 2, 2002], begins: true });
    await click('Image of Scene 02', { shiftKey: true });
    expect(selected).toHaveBeenLastCalledWith({ kind: 'range', ids: [1, 2], begins: false });
    expect(opened).not.toHaveBeenCalled();
  });

  it('needs no mouse: Space takes one, Shift with an arrow the way one goes', async () => {
    await show(nodes);
    await act(async () => page.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus());
    await press('ArrowDown');
    await press(' ');
    expect(selected).toHaveBeenLastCalledWith({ kind: 'toggle', id: 2 });
    await press('ArrowDown', { shiftKey: true });
    expect(selected).toHaveBeenLastCalledWith({ kind: 'range', ids: [2, 3], begins: true });
    await press('ArrowDown');
    await press('ArrowDown', { shiftKey: true });
    expect(selected).toHaveBeenLastCalledWith({ kind: 'range', ids: [4, 5], begins: true });
  });

  it('takes a scene by its number', async () => {
    await show(nodes);
    await act(async () =>
      page.querySelector('[data-scene="3"]')?.dispatchEvent(new MouseEvent('click', { bubbles: true })),
    );
    expect(selected).toHaveBeenLastCalledWith({ kind: 'add', ids: [3, 2003] });
  });

  it('tells what is selected, and draws only its lines anew', async () => {
    await show(nodes);
    asked.mockClear();
    await show(nodes, { marked: new Set([2]) });
    expect(cell('Image of Scene 02')?.getAttribute('aria-selected')).toBe('true');
    expect(cell('Video of Scene 02')?.getAttribute('aria-selected')).toBe('false');
    expect(new Set(asked.mock.calls.map(([id]) => id))).toEqual(new Set(['image-2', 'clip-2']));
  });
});

describe('a filter', () => {
  it('does not take away what one points at; it does when the pointer has left', async () => {
    const few = nodes.filter((each) => each.scene <= 3);
    const scenes = () =>
      [...page.querySelectorAll('[role="rowheader"]')].map((head) => head.textContent?.replace('Scene ', ''));
    await show(few, { filter: 'working' });
    expect(scenes()).toEqual(['1', '2', '3']);
    const box = page.querySelector('[role="grid"]');
    await act(async () => box?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })));
    const later = few.map((each) => (each.nodeId === 2001 ? { ...each, state: 'done' as const } : each));
    await show(later, { filter: 'working' });
    expect(scenes()).toEqual(['1', '2', '3']);
    await act(async () => box?.dispatchEvent(new PointerEvent('pointerout', { bubbles: true })));
    expect(scenes()).toEqual(['2', '3']);
  });
});
