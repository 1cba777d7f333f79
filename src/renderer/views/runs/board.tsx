import { type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { cx } from '../../components/cx.ts';
import type { BoardFilter } from './board-filter.ts';
import { BoardHead, headHeight } from './board-head.tsx';
import { moveOnGrid } from './board-keys.ts';
import { nodeAt, placeOfNode, useReveal } from './board-reveal.ts';
import { BoardLine } from './board-row.tsx';
import { grid, gridGroup } from './grid-roles.ts';
import { rangeWith } from './range-with.ts';
import type { SelectionChange } from './selection.ts';
import { type BoardCell, useSelectionGestures } from './selection-gestures.ts';
import {
  SCENE_WIDTH,
  useBoardLayout,
  useColumns,
  useInnerWidth,
  useShownRows,
  useSteadyList,
} from './use-board.ts';

type BoardProps = {
  /** Whose board it is, for its name. */
  name: string;
  tabs: readonly string[];
  nodes: readonly RunNodeView[];
  /** Nodes that want a person's pick. */
  wanting: ReadonlySet<number>;
  filter: BoardFilter;
  search: string;
  /** The node that is open in the side panel. */
  selectedId: number | null;
  /** Nodes that are selected, alone or with others. */
  marked: ReadonlySet<number>;
  onSelect: (change: SelectionChange) => void;
  /** A cell was opened: with Enter or a click. */
  onOpen: (nodeId: number) => void;
  /** The node of the cell that has the focus; null when the focus leaves the board. */
  onFocusNode: (nodeId: number | null) => void;
};

/** Which cell takes the focus: by the line's key, since its number changes with the filter. */
type ActiveCell = { key: string; column: number };

/**
 * All nodes of a run: scenes down, tabs and stages across. Only what is in sight is built, and a line is drawn anew
 * only when one of its nodes has changed, so that thousands of nodes stay smooth (ui.md, screen 3).
 */
export function Board(props: BoardProps) {
  const { name, tabs, nodes, wanting, filter, search, selectedId, marked, onSelect, onOpen, onFocusNode } =
    props;
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [active, setActive] = useState<ActiveCell | null>(null);
  const moveFocus = useRef(false);

  const byId = useMemo(() => new Map(nodes.map((node) => [node.nodeId, node])), [nodes]);
  const layout = useBoardLayout(tabs, nodes);
  const rows = useShownRows(layout, byId, wanting, { filter, search, hold: pointed || focused });
  const columns = useColumns(layout, useInnerWidth(box));
  const stageCount = layout.stages.length;
  const columnCount = layout.tabs.length * stageCount;
  const head = headHeight(layout.tabs.length);
  const headLines = layout.tabs.length > 1 ? 2 : 1;

  const found = active ? rows.findIndex((row) => row.key === active.key) : -1;
  const activeRow = Math.max(found, 0);
  const activeColumn = found >= 0 && active ? active.column : 0;
  const activeTab = Math.floor(activeColumn / stageCount);

  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => rows[index]?.height ?? 0,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 3,
    scrollMargin: head,
    scrollPaddingStart: head,
    rangeExtractor: useCallback((range: Range) => rangeWith(range, activeRow), [activeRow]),
  });
  const across = useVirtualizer({
    horizontal: true,
    count: layout.tabs.length,
    getScrollElement: () => box.current,
    estimateSize: () => columns.tabWidth,
    getItemKey: useCallback((index: number) => `${columns.tabWidth}.${index}`, [columns.tabWidth]),
    overscan: 1,
    scrollMargin: SCENE_WIDTH,
    scrollPaddingStart: SCENE_WIDTH,
    rangeExtractor: useCallback((range: Range) => rangeWith(range, activeTab), [activeTab]),
  });
  const shownTabs = useSteadyList(across.getVirtualItems().map((item) => item.index));

  useEffect(() => {
    if (!moveFocus.current || !active) return;
    moveFocus.current = false;
    const cell = box.current?.querySelector<HTMLElement>(`[data-cell="${active.key}:${active.column}"]`);
    cell?.focus({ preventScroll: true });
  }, [active]);

  // A node that was opened from elsewhere, as the next pick is, comes into sight; the focus comes along unless it is
  // wanted elsewhere.
  useReveal(selectedId, (id) => {
    const node = byId.get(id);
    if (!node || (active && nodeAt(rows[activeRow], layout, activeColumn, byId) === node)) return;
    const place = placeOfNode(rows, layout, node, wanting.has(id));
    if (!place) return;
    const holder = document.activeElement;
    // The page, or the screen as a whole, wants it for nothing.
    const nowhere = box.current !== null && holder?.contains(box.current) === true;
    moveFocus.current = nowhere || (box.current?.contains(holder) ?? false);
    vertical.scrollToIndex(place.row);
    across.scrollToIndex(node.tabIndex);
    setActive({ key: place.key, column: place.column });
  });

  const selecting = useSelectionGestures({ rows, stages: layout.stages, nodes: byId, onSelect });
  const onKeyDown = (press: KeyboardEvent<HTMLElement>) => {
    const cell = cellOf(press.target);
    if (!cell) return;
    if (selecting.onKeyDown(press, cell)) return press.preventDefault();
    if (press.key === 'Enter' && cell.nodeId !== null) {
      press.preventDefault();
      return onOpen(cell.nodeId);
    }
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / (rows[activeRow]?.height ?? 1)));
    const from = { row: activeRow, column: activeColumn };
    const to = moveOnGrid(from, press, { rows: rows.length, columns: columnCount, page });
    const row = to && rows[to.row];
    if (!row) return;
    press.preventDefault();
    moveFocus.current = true;
    vertical.scrollToIndex(to.row);
    across.scrollToIndex(Math.floor(to.column / stageCount));
    setActive({ key: row.key, column: to.column });
    const reached = { key: row.key, column: to.column, nodeId: null };
    if (press.shiftKey) selecting.extendTo(reached, cell);
    else selecting.startAt(reached);
  };

  const handlers = {
    onPointerEnter: () => setPointed(true),
    onPointerLeave: () => setPointed(false),
    onKeyDown,
    onMouseDown: (event: MouseEvent<HTMLElement>) => {
      // Shift would select text.
      if (event.shiftKey) event.preventDefault();
    },
    onClick: (event: MouseEvent<HTMLElement>) => {
      const cell = cellOf(event.target);
      if (!selecting.onClick(event, cell) && cell && cell.nodeId !== null) onOpen(cell.nodeId);
    },
    onFocus: (event: FocusEvent<HTMLElement>) => {
      const cell = cellOf(event.target);
      if (!cell) return;
      setFocused(true);
      setActive({ key: cell.key, column: cell.column });
      onFocusNode(cell.nodeId);
    },
    onBlur: (event: FocusEvent<HTMLElement>) => {
      if (event.currentTarget.contains(event.relatedTarget)) return;
      setFocused(false);
      onFocusNode(null);
    },
  };

  return (
    <div
      ref={box}
      {...grid(`Board of ${name}`, { rows: rows.length + headLines, columns: columnCount + 1 })}
      {...handlers}
      className={cx(
        'relative min-h-0 flex-1 overflow-auto rounded-lg bg-panel [overflow-anchor:none]',
        // Room for the bar that lies over the foot.
        marked.size > 0 && 'pb-16',
      )}
    >
      <BoardHead columns={columns} tabs={layout.tabs} shown={shownTabs} />
      <div
        {...gridGroup}
        className="relative"
        style={{ height: vertical.getTotalSize(), width: columns.width }}
      >
        {vertical.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <BoardLine
              key={item.key}
              row={row}
              nodes={row.ids.flatMap((id) => byId.get(id) ?? [])}
              wanting={row.ids.map((id) => wanting.has(id))}
              marked={row.ids.map((id) => marked.has(id))}
              columns={columns}
              index={item.index + headLines + 1}
              top={item.start - head}
              tabs={shownTabs}
              activeColumn={item.index === activeRow ? activeColumn : null}
              selectedId={selectedId !== null && row.ids.includes(selectedId) ? selectedId : null}
            />
          );
        })}
      </div>
      {rows.length === 0 && (
        <p className="sticky left-0 w-fit p-4 text-muted">
          {nodes.length === 0 ? 'The record of this run has no nodes.' : 'No scene is like this now.'}
        </p>
      )}
    </div>
  );
}

/** The cell an event happened in. */
function cellOf(target: EventTarget): BoardCell | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
  const [key, column] = cell?.dataset.cell?.split(':') ?? [];
  if (!cell || key === undefined || column === undefined) return null;
  const { node } = cell.dataset;
  return { key, column: Number(column), nodeId: node === undefined ? null : Number(node) };
}
