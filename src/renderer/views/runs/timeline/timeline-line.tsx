import { memo } from 'react';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { cx } from '../../../components/cx.ts';
import { StateMark } from '../../../components/state-mark.tsx';
import { gridCell, gridRow } from '../grid-roles.ts';
import { nodeName, nodeWords } from '../run-words.ts';
import { barLooks } from './bar-look.ts';
import { type Bar, barEnd } from './timeline-bars.ts';
import { ROW_PADDING, type TimelineRow } from './timeline-rows.ts';
import { barLabel } from './timeline-words.ts';

/** Width in pixels of the names at the left. */
export const NAMES_WIDTH = 208;

/** A bar is never drawn narrower: one can still see and point at it. */
const LEAST_BAR = 4;

type LineProps = {
  row: TimelineRow;
  node: RunNodeView;
  bars: readonly Bar[];
  wantsPick: boolean;
  /** Start of the axis, in ms since 1970. */
  began: number;
  pxPerMs: number;
  /** Ms since 1970; null in a line in which nothing goes on, which then need not be drawn anew. */
  now: number | null;
  /** Width of the time in pixels. */
  width: number;
  /** Place among all lines, from 1. */
  index: number;
  /** Pixels. */
  top: number;
  /** The cell that takes the focus: 0 is the name, then the bars; null in the other lines. */
  activeColumn: number | null;
  selected: boolean;
};

/** A node on the timeline: its name and state, and a bar for each attempt. */
export const TimelineNode = memo(function TimelineNode(props: LineProps) {
  const { row, node, bars, wantsPick, began, pxPerMs, now, width, index, top, activeColumn, selected } =
    props;
  const { mark, word } = wantsPick ? pickWanted : nodeWords(node);
  return (
    <div
      {...gridRow(index)}
      data-line={row.key}
      className={cx(
        'absolute left-0 flex border-line border-b hover:bg-hover/50',
        selected && 'bg-accent-soft/60',
      )}
      style={{ top, height: row.height, width: NAMES_WIDTH + width }}
    >
      <div
        {...nameCell({
          label: `${node.title}, ${nodeName(node)}: ${word}`,
          selected,
          focusable: activeColumn === 0,
        })}
        data-cell={`${row.key}:0`}
        data-home={activeColumn === 0 ? '' : undefined}
        data-node={node.nodeId}
        className={cx(
          '-outline-offset-2 sticky left-0 z-10 flex shrink-0 cursor-pointer flex-col justify-center border-line border-r px-2',
          selected ? 'bg-accent-soft' : 'bg-panel',
        )}
        style={{ width: NAMES_WIDTH }}
      >
        <span className="truncate font-medium text-xs" title={node.title}>
          {node.title}
        </span>
        <StateMark mark={mark} word={word} className="text-xs" />
      </div>
      <div className="relative" style={{ width }}>
        {bars.map((bar, i) => (
          <AttemptBar
            key={bar.key}
            bar={bar}
            row={row}
            node={node}
            began={began}
            pxPerMs={pxPerMs}
            now={now ?? began}
            column={i + 1}
            focusable={activeColumn === i + 1}
          />
        ))}
      </div>
    </div>
  );
});

/** A line's name can take the focus: it is the line for who uses the keyboard. */
const nameCell = (words: Parameters<typeof gridCell>[1]) =>
  ({ ...gridCell(1, words), role: 'rowheader' }) as const;

const pickWanted = { mark: 'needs-you', word: 'needs your pick' } as const;

type BarProps = Pick<LineProps, 'row' | 'node' | 'began' | 'pxPerMs'> & {
  bar: Bar;
  now: number;
  column: number;
  focusable: boolean;
};

function AttemptBar({ bar, row, node, began, pxPerMs, now, column, focusable }: BarProps) {
  const look = barLooks[bar.kind];
  const left = Math.max(0, (bar.queuedAt - began) * pxPerMs);
  const end = Math.max(left + LEAST_BAR, (barEnd(bar, now) - began) * pxPerMs);
  const taken = bar.submittedAt === null ? end : Math.min(end, (bar.submittedAt - began) * pxPerMs);
  return (
    <div
      {...gridCell(column + 1, { label: barLabel(node, bar, now), selected: false, focusable })}
      data-cell={`${row.key}:${column}`}
      data-node={node.nodeId}
      data-bar={bar.key}
      data-kind={bar.kind}
      className="absolute flex cursor-pointer"
      style={{ left, width: end - left, top: ROW_PADDING + bar.lane * row.lane, height: row.lane - 1 }}
    >
      {taken > left && <span className={cx('border', look.queue)} style={{ width: taken - left }} />}
      {bar.submittedAt !== null && (
        <span
          className={cx('min-w-0.5 flex-1 border', look.work)}
          style={{ backgroundImage: look.pattern }}
        />
      )}
    </div>
  );
}
