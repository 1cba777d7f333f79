import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import { cx } from '../../components/cx.ts';
import { indexAfterKey } from '../workflows/list-keys.ts';
import { isComparable, type Ticked } from './selection.ts';
import { TimelineEntry } from './timeline-entry.tsx';
import { anchorShift, heightOf, type TimelineQuery, type TimelineRow } from './timeline-rows.ts';

export type TimelineHandle = { focus: () => void };

type TimelineProps = {
  ref: Ref<TimelineHandle>;
  rows: readonly TimelineRow[];
  /** What the rows were chosen by: with another one the list begins at its top again. */
  query: TimelineQuery;
  selected: string | null;
  ticked: Ticked;
  onSelect: (id: string) => void;
  /** Space, the box of an entry, or a click with Control, Command or Shift (`byClick`). */
  onTick: (id: string, byClick: boolean) => void;
  /** Enter: on to the details. */
  onEnter: () => void;
};

/**
 * The entries of a history by day, newest first; only those in sight are built. Arrow keys, Page keys, Home and End
 * choose, Space ticks for comparing, Enter goes on to the details.
 */
export function Timeline(props: TimelineProps) {
  const { ref, rows, query, selected, ticked, onSelect, onTick, onEnter } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);

  const ids = useMemo(() => rows.flatMap((row) => (row.kind === 'entry' ? [row.key] : [])), [rows]);
  const places = useMemo(() => new Map(ids.map((each, place) => [each, place])), [ids]);
  const selectedIndex = useMemo(() => rows.findIndex((row) => row.key === selected), [rows, selected]);
  const isListed = selectedIndex >= 0;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => heightOf(rows[index]),
    // One function as long as the rows are the same: with another one all places are reckoned anew.
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 8,
    paddingEnd: 8,
    scrollPaddingStart: 32,
    scrollPaddingEnd: 8,
    // The chosen one is always built: a screen reader is told of it by its id.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (!isListed || indexes.includes(selectedIndex)) return indexes;
      return [...indexes, selectedIndex].toSorted((a, b) => a - b);
    },
  });

  // What comes above what a person looks at, or points at, does not move it (ui.md, Manner).
  const pointed = useRef(false);
  const before = useRef({ rows, query });
  useLayoutEffect(() => {
    const { current: list } = box;
    const last = before.current;
    before.current = { rows, query };
    if (list === null || last.rows === rows) return;
    if (last.query !== query) list.scrollTop = 0;
    else if (pointed.current || list.scrollTop > 0)
      list.scrollTop += anchorShift(last.rows, rows, list.scrollTop);
  }, [rows, query]);

  // Brings a new choice into sight once; rows that come and go later move nothing.
  const show = useRef(virtual.scrollToIndex);
  const showAt = useRef(selectedIndex);
  useLayoutEffect(() => {
    show.current = virtual.scrollToIndex;
    showAt.current = selectedIndex;
  });
  useEffect(() => {
    if (selected !== null && isListed) show.current(showAt.current, { align: 'auto' });
  }, [selected, isListed]);

  const onKeyDown = (press: KeyboardEvent) => {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    if (press.key === 'Enter') {
      press.preventDefault();
      return onEnter();
    }
    if (press.key === ' ') {
      press.preventDefault();
      const row = rows[selectedIndex];
      if (row?.kind === 'entry' && isComparable(row.entry)) onTick(row.key, false);
      return;
    }
    const next = ids[indexAfterKey(press.key, places.get(selected ?? '') ?? -1, ids.length)];
    if (next === undefined) return;
    press.preventDefault();
    onSelect(next);
  };

  const optionId = (key: string) => `${id}-${places.get(key)}`;
  const listbox = {
    role: 'listbox',
    'aria-label': 'History',
    'aria-multiselectable': true,
    'aria-description': 'Space ticks an entry for comparing, Enter goes to its details',
    tabIndex: 0,
    'aria-activedescendant': isListed && selected !== null ? optionId(selected) : undefined,
    onKeyDown,
  };
  return (
    <div
      ref={box}
      {...listbox}
      onPointerEnter={() => {
        pointed.current = true;
      }}
      onPointerLeave={() => {
        pointed.current = false;
      }}
      className="group/list min-h-0 flex-1 overflow-y-auto rounded-lg bg-panel"
    >
      <div role="presentation" className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const row = rows[index];
          if (!row) return null;
          const style = { transform: `translateY(${start}px)`, height: size };
          if (row.kind === 'day')
            return (
              <p
                key={row.key}
                aria-hidden
                style={style}
                className="absolute top-0 left-0 w-full truncate px-3 pt-2.5 font-medium text-muted text-xs"
              >
                {row.label}
              </p>
            );
          const { entry } = row;
          const canCompare = isComparable(entry);
          const isTicked = ticked.includes(row.key);
          const option = {
            role: 'option',
            id: optionId(row.key),
            'aria-selected': row.key === selected || isTicked,
            'aria-setsize': ids.length,
            'aria-posinset': (places.get(row.key) ?? 0) + 1,
            onClick: (click: MouseEvent) => {
              const onBox = click.target instanceof Element && click.target.closest('[data-tick]') !== null;
              const together = click.ctrlKey || click.metaKey || click.shiftKey;
              if (canCompare && (onBox || together)) onTick(row.key, together);
              else onSelect(row.key);
            },
          };
          return (
            <div
              key={row.key}
              {...option}
              style={style}
              className={cx(
                'group/entry absolute top-0 left-0 w-full',
                row.key === selected
                  ? 'bg-accent-soft group-focus-visible/list:shadow-[inset_3px_0_0_var(--accent-text)]'
                  : 'hover:bg-hover',
              )}
            >
              <TimelineEntry
                entry={entry}
                ticked={canCompare ? isTicked : null}
                showTick={row.key === selected || ticked.length > 0}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
