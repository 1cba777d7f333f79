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
import type { OutageView, RunNodeView, RunSummary } from '../../../../shared/run-view.ts';
import type { BoardFilter } from '../board-filter.ts';
import { moveOnGrid } from '../board-keys.ts';
import { grid, gridGroup, gridRow, rowHeader } from '../grid-roles.ts';
import { rangeWith } from '../range-with.ts';
import { useShownRows } from '../use-board.ts';
import { AttemptTip } from './attempt-tip.tsx';
import { AXIS_HEIGHT, NowLine, TickLines, TimelineAxis, useTicks } from './timeline-axis.tsx';
import { NAMES_WIDTH, TimelineNode } from './timeline-line.tsx';
import { OutageBands, OutageMarks } from './timeline-outages.tsx';
import { lineHeight, linesOf, TAB_HEIGHT } from './timeline-rows.ts';
import { TimelineTools } from './timeline-tools.tsx';
import { useAttemptTip } from './use-attempt-tip.ts';
import { useTimeScale } from './use-time-scale.ts';
import { useBars, useRunTime, useSums, useTimelineRows } from './use-timeline.ts';

type TimelineProps = {
  run: RunSummary;
  nodes: readonly RunNodeView[];
  outages: readonly OutageView[];
  /** Nodes that want a person's pick. */
  wanting: ReadonlySet<number>;
  filter: BoardFilter;
  search: string;
  selectedId: number | null;
  /** A line was opened: with Enter or a click. */
  onOpen: (nodeId: number) => void;
  /** The node of the line that has the focus; null when the focus leaves the timeline. */
  onFocusNode: (nodeId: number | null) => void;
};

/** Which cell takes the focus: by the line's key, since its number changes with the filter. 0 is the name. */
type ActiveCell = { key: string; column: number };

/**
 * All attempts of a run in time: a line for each node, a bar for each attempt (ui.md, screen 3). Only lines in sight
 * are built, and a line is drawn anew only when its node changed or something in it goes on.
 */
export function Timeline(props: TimelineProps) {
  const { run, nodes, outages, wanting, filter, search, selectedId, onOpen, onFocusNode } = props;
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [active, setActive] = useState<ActiveCell | null>(null);
  const moveFocus = useRef(false);
  const hold = pointed || focused;

  const { began, end, live } = useRunTime(run);
  const barsOf = useBars(live);
  const byId = useMemo(() => new Map(nodes.map((node) => [node.nodeId, node])), [nodes]);
  const rows = useShownRows(useTimelineRows(nodes), byId, wanting, { filter, search, hold });
  const severalTabs = nodes.some((node) => node.tabIndex !== nodes[0]?.tabIndex);
  const lines = useMemo(() => linesOf(rows, severalTabs), [rows, severalTabs]);
  const scale = useTimeScale({ box, edge: NAMES_WIDTH, elapsed: end - began, live, hold });
  const ticks = useTicks(box, scale);
  const nowX = live ? (end - began) * scale.pxPerMs : null;
  const bands = { outages, began, end, pxPerMs: scale.pxPerMs };
  const sums = useSums(nodes, barsOf, end);
  const tip = useAttemptTip();

  const found = active ? rows.findIndex((row) => row.key === active.key) : -1;
  const activeRow = rows[Math.max(found, 0)];
  const barCount = (nodeId: number | undefined) => {
    const node = nodeId === undefined ? undefined : byId.get(nodeId);
    return node ? barsOf(node).length : 0;
  };
  const activeColumn = found >= 0 && active ? Math.min(active.column, barCount(activeRow?.nodeId)) : 0;
  const activeLine = lines.findIndex((line) => line.kind === 'node' && line.row === activeRow);

  const vertical = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => {
      const line = lines[index];
      return line ? lineHeight(line) : 0;
    },
    getItemKey: useCallback(
      (index: number) => {
        const line = lines[index];
        return line?.kind === 'node' ? line.row.key : `tab ${line?.tabIndex}`;
      },
      [lines],
    ),
    overscan: 4,
    scrollMargin: AXIS_HEIGHT,
    scrollPaddingStart: AXIS_HEIGHT,
    rangeExtractor: useCallback((range: Range) => rangeWith(range, activeLine), [activeLine]),
  });

  useEffect(() => {
    if (!moveFocus.current || !active) return;
    const cell = box.current?.querySelector<HTMLElement>(`[data-cell="${active.key}:${active.column}"]`);
    if (!cell) return;
    moveFocus.current = false;
    cell.focus({ preventScroll: true });
    if (active.column > 0) cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });

  const onKeyDown = (press: KeyboardEvent<HTMLElement>) => {
    const zoom = zoomKeys[press.key];
    if (zoom && !press.ctrlKey && !press.metaKey && !press.altKey) {
      press.preventDefault();
      return scale[zoom]();
    }
    if (press.key === 'Escape' && tip.target) {
      press.preventDefault();
      return tip.hide();
    }
    const cell = cellOf(press.target);
    if (!cell) return;
    if (press.key === 'Enter' || press.key === ' ') {
      press.preventDefault();
      return onOpen(cell.nodeId);
    }
    const from = { row: Math.max(found, 0), column: activeColumn };
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / (activeRow?.height ?? 1)) - 1);
    const columns = barCount(activeRow?.nodeId) + 1;
    const to = moveOnGrid(from, press, { rows: rows.length, columns, page });
    const row = to && rows[to.row];
    if (!row) return;
    press.preventDefault();
    moveFocus.current = true;
    vertical.scrollToIndex(lines.findIndex((line) => line.kind === 'node' && line.row === row));
    setActive({ key: row.key, column: Math.min(to.column, barCount(row.nodeId)) });
  };

  const handlers = {
    onKeyDown,
    onClick: (event: MouseEvent<HTMLElement>) => {
      const nodeId = lineOf(event.target);
      if (nodeId !== null) onOpen(nodeId);
    },
    onPointerEnter: () => setPointed(true),
    onPointerLeave: () => {
      setPointed(false);
      tip.onTipHover(false);
    },
    onPointerOver: tip.onPointerOver,
    onScroll: () => {
      // A tip stands beside its bar; the one of the bar with the focus goes with it. One that was sent away stays away.
      if (!tip.target) return;
      const at = document.activeElement;
      if (at && box.current?.contains(at)) tip.show(at);
      else tip.hide();
    },
    onFocus: (event: FocusEvent<HTMLElement>) => {
      const cell = cellOf(event.target);
      if (!cell) return;
      setFocused(true);
      setActive({ key: cell.key, column: cell.column });
      onFocusNode(cell.nodeId);
      tip.show(event.target);
    },
    onBlur: (event: FocusEvent<HTMLElement>) => {
      tip.hide();
      if (event.currentTarget.contains(event.relatedTarget)) return;
      setFocused(false);
      onFocusNode(null);
    },
  };

  const tipNode = tip.target ? byId.get(tip.target.nodeId) : undefined;
  const tipBar = tipNode && barsOf(tipNode).find((bar) => bar.key === tip.target?.bar);

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-2">
      <TimelineTools
        sums={sums}
        waited={outages.length > 0}
        began={began}
        live={live}
        scale={scale}
        onOpen={onOpen}
      />
      <div
        ref={box}
        {...grid(`Timeline of ${run.name}`, { rows: lines.length + 1, columns: -1 })}
        {...handlers}
        className="relative min-h-0 flex-1 overflow-auto rounded-lg bg-panel [overflow-anchor:none]"
      >
        <TimelineAxis ticks={ticks} width={scale.width} nowX={nowX}>
          <OutageMarks {...bands} />
        </TimelineAxis>
        <div
          {...gridGroup}
          className="relative"
          style={{ height: vertical.getTotalSize(), width: NAMES_WIDTH + scale.width }}
        >
          <TickLines ticks={ticks} />
          <OutageBands {...bands} />
          {vertical.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            if (line?.kind === 'tab')
              return (
                <TabLine
                  key={`tab ${line.tabIndex}`}
                  tab={line.tab}
                  top={start - AXIS_HEIGHT}
                  index={index + 2}
                />
              );
            const node = line && byId.get(line.row.nodeId);
            if (!line || !node) return null;
            const bars = barsOf(node);
            return (
              <TimelineNode
                key={line.row.key}
                row={line.row}
                node={node}
                bars={bars}
                wantsPick={wanting.has(node.nodeId)}
                began={began}
                pxPerMs={scale.pxPerMs}
                now={bars.some((bar) => bar.endedAt === null) ? end : null}
                width={scale.width}
                index={index + 2}
                top={start - AXIS_HEIGHT}
                activeColumn={line.row === activeRow ? activeColumn : null}
                selected={node.nodeId === selectedId}
              />
            );
          })}
          {nowX !== null && <NowLine x={nowX} />}
        </div>
        {rows.length === 0 && (
          <p className="sticky left-0 w-fit p-4 text-muted">
            {nodes.length === 0 ? 'The record of this run has no nodes.' : 'No node is like this now.'}
          </p>
        )}
      </div>
      {tip.target && tipNode && tipBar && (
        <AttemptTip
          target={tip.target}
          node={tipNode}
          bar={tipBar}
          began={began}
          now={end}
          onHover={tip.onTipHover}
        />
      )}
    </div>
  );
}

const zoomKeys: Partial<Record<string, 'zoomIn' | 'zoomOut' | 'fit'>> = {
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  '0': 'fit',
};

/** The name of a tab, above its nodes. */
function TabLine({ tab, top, index }: { tab: string; top: number; index: number }) {
  return (
    <div
      {...gridRow(index)}
      className="absolute left-0 w-full border-line border-b bg-sunken"
      style={{ top, height: TAB_HEIGHT }}
    >
      <div
        {...rowHeader}
        className="sticky left-0 flex h-full w-fit max-w-full items-center px-2 font-medium text-xs"
      >
        <span className="truncate">{tab}</span>
      </div>
    </div>
  );
}

/** The cell an event happened in. */
function cellOf(target: EventTarget): { key: string; column: number; nodeId: number } | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
  const [key, column] = cell?.dataset.cell?.split(':') ?? [];
  if (key === undefined || column === undefined) return null;
  return { key, column: Number(column), nodeId: Number(key) };
}

/** The node of the line an event happened in. */
function lineOf(target: EventTarget): number | null {
  const line = target instanceof Element ? target.closest<HTMLElement>('[data-line]') : null;
  return line?.dataset.line === undefined ? null : Number(line.dataset.line);
}
