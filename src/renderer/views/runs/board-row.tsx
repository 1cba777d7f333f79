import { Check } from 'lucide-react';
import { memo } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { cx } from '../../components/cx.ts';
import { CellContent, cellLabel, nodeOfCell } from './board-cells.tsx';
import type { BoardRow, Stage } from './board-layout.ts';
import { gridCell, gridRow, rowHeader } from './grid-roles.ts';

/** Where the columns of the board lie. The same object for as long as none of it changes. */
export interface BoardColumns {
  stages: readonly Stage[];
  /** Pixels from the left edge of a tab to each of its stages, and the width of each. */
  places: readonly { left: number; width: number }[];
  /** Width of the scene's column and of one tab in pixels. */
  sceneWidth: number;
  tabWidth: number;
  /** Width of the whole board in pixels. */
  width: number;
}

export interface BoardRowProps {
  row: BoardRow;
  /** Nodes of the line in the order of `row.ids`, and which of them want a person's pick. */
  nodes: readonly RunNodeView[];
  wanting: readonly boolean[];
  /** Which of them are selected. */
  marked: readonly boolean[];
  columns: BoardColumns;
  /** Number of the line in the whole grid, from 1. */
  index: number;
  /** Pixels from the top of the body. */
  top: number;
  /** Tabs that are in sight. */
  tabs: readonly number[];
  /** Column that takes the focus with Tab, if it is in this line. */
  activeColumn: number | null;
  /** The node that is open in the side panel, if it is in this line. */
  selectedId: number | null;
}

/** One line of the board. Drawn anew only when a node of its own is another than before. */
export const BoardLine = memo(Line, sameLine);

function Line(props: BoardRowProps) {
  const { row, nodes, wanting, marked, columns, index, top, tabs, activeColumn, selectedId } = props;
  const { stages, places, sceneWidth, tabWidth, width } = columns;
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const wants = new Set(row.ids.filter((_, i) => wanting[i]));
  const chosen = new Set(row.ids.filter((_, i) => marked[i]));
  const node = (id: number | null | undefined) => (id == null ? null : (byId.get(id) ?? null));

  return (
    <div
      {...gridRow(index)}
      className="absolute top-0 left-0 border-line border-b"
      style={{ transform: `translateY(${top}px)`, height: row.height, width }}
    >
      <div
        {...rowHeader}
        data-scene={row.scene}
        title={`Select all of scene ${row.scene}`}
        className="sticky left-0 z-10 h-full cursor-pointer bg-panel p-2 font-medium text-muted hover:bg-hover"
        style={{ width: sceneWidth }}
      >
        {row.firstOfScene ? (
          <>
            <span className="sr-only">Scene </span>
            {row.scene}
          </>
        ) : (
          <span className="sr-only">Scene {row.scene}, more</span>
        )}
      </div>
      {tabs.flatMap((tab) =>
        stages.map((stage, i) => {
          const column = tab * stages.length + i;
          const slot = row.slots[tab];
          const about = nodeOfCell(stage, { image: node(slot?.image), video: node(slot?.video) });
          const wantsPick = about !== null && wants.has(about.nodeId);
          const place = places[i] ?? { left: 0, width: 0 };
          // The bar marks where the cells of the selected node begin.
          const first = stage === 'prompt' || (stage === 'video' && slot?.image !== null);
          const current = about !== null && about.nodeId === selectedId;
          const selected = about !== null && chosen.has(about.nodeId);
          return (
            <div
              key={column}
              {...gridCell(column + 2, {
                label: cellLabel(stage, about, wantsPick),
                selected,
                current,
                focusable: column === activeColumn,
              })}
              data-cell={`${row.key}:${column}`}
              data-node={about?.nodeId}
              className={cx(
                'absolute top-0 h-full overflow-hidden p-2 -outline-offset-2',
                i === 0 && tab > 0 && 'border-line border-l',
                about && 'cursor-pointer hover:bg-hover',
                current && 'bg-hover',
                current && first && currentEdge,
                wantsPick && stage === 'gate' && 'bg-attn-soft',
                selected && 'bg-accent-soft hover:bg-accent-soft',
              )}
              style={{ left: sceneWidth + tab * tabWidth + place.left, width: place.width }}
            >
              {selected && stage === about.kind && <SelectedBadge />}
              {about ? (
                <CellContent stage={stage} node={about} bandHeight={row.bandHeight} wantsPick={wantsPick} />
              ) : (
                <span aria-hidden className="text-muted">
                  –
                </span>
              )}
            </div>
          );
        }),
      )}
    </div>
  );
}

/** A selected node is told by more than its colour: in its own cell there is a tick. */
function SelectedBadge() {
  return (
    <Check
      aria-hidden
      className="absolute top-2 right-2 size-4 rounded-sm bg-accent p-0.5 text-accent-ink"
      strokeWidth={3}
    />
  );
}

const currentEdge = 'before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-accent-text';

/** Lines are alike when they show the same nodes: the wire replaces a node only when it has changed. */
export function sameLine(a: BoardRowProps, b: BoardRowProps): boolean {
  return (
    a.row === b.row &&
    a.columns === b.columns &&
    a.index === b.index &&
    a.top === b.top &&
    a.activeColumn === b.activeColumn &&
    a.selectedId === b.selectedId &&
    sameList(a.nodes, b.nodes) &&
    sameList(a.wanting, b.wanting) &&
    sameList(a.marked, b.marked) &&
    sameList(a.tabs, b.tabs)
  );
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((each, i) => each === b[i]));
}
