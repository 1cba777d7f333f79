import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { NodeDiff } from '../../../../shared/workflow-diff.ts';
import { isTyped } from '../../../state/shortcuts.ts';
import { ChangeCard } from './change-card.tsx';
import { type CompareRow, compareRows } from './change-kinds.ts';
import { changeName } from './change-words.ts';

export type ChangeListHandle = { step: (by: 1 | -1) => void };

type ChangeListProps = {
  ref: Ref<ChangeListHandle>;
  nodes: readonly NodeDiff[];
  beside: readonly string[];
  /** The way to a node in the run that is compared; null where there is none. */
  showNode: (node: NodeDiff) => (() => void) | null;
};

/** The nodes that differ, by tab; of thousands only those in sight are built. `J`, `K`, `Home` and `End` go through them. */
export function ChangeList({ ref, nodes, beside, showNode }: ChangeListProps) {
  const rows = useMemo(() => compareRows(nodes), [nodes]);
  const box = useRef<HTMLElement>(null);
  const [current, setCurrent] = useState(-1);
  const [outputs, setOutputs] = useState<ReadonlySet<string>>(new Set());
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => estimate(rows[index]),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 4,
    // What has the focus stays, wherever one scrolls.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (current < 0 || current >= rows.length || indexes.includes(current)) return indexes;
      return [...indexes, current].toSorted((a, b) => a - b);
    },
  });

  const focusOn = (index: number) =>
    box.current?.querySelector<HTMLElement>(`[data-change="${index}"]`)?.focus({ preventScroll: true });
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current !== current) return;
    wanted.current = null;
    focusOn(current);
  });

  /** Brings a change into sight and puts the focus on it, once it is built. */
  const goTo = (index: number | null) => {
    if (index === null) return;
    wanted.current = index;
    virtual.scrollToIndex(index, { align: 'start' });
    setCurrent(index);
    focusOn(index);
  };
  const step = (by: 1 | -1) => {
    const top = (virtual.scrollOffset ?? 0) + 1;
    const inSight = virtual.getVirtualItems().find(({ end }) => end > top)?.index ?? 0;
    const hasFocus = current >= 0 && box.current?.contains(document.activeElement);
    goTo(nextNode(rows, hasFocus ? current : inSight - by, by));
  };
  useImperativeHandle(ref, () => ({ step }));

  // The keys act only where the focus is in this list, and not while one types (WCAG 2.1.4).
  const onKeyDown = (press: KeyboardEvent) => {
    if (press.ctrlKey || press.metaKey || press.altKey || isTyped(press.nativeEvent)) return;
    const act = {
      j: () => step(1),
      k: () => step(-1),
      home: () => goTo(nextNode(rows, -1, 1)),
      end: () => goTo(nextNode(rows, rows.length, -1)),
    }[press.key.toLowerCase()];
    if (act === undefined) return;
    press.preventDefault();
    act();
  };

  return (
    <section
      ref={box}
      aria-label="What differs"
      {...{ tabIndex: 0, onKeyDown }}
      className="@container min-h-0 flex-1 overflow-y-auto"
    >
      <ul className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              className="absolute top-0 left-0 w-full pb-2"
              style={{ transform: `translateY(${start}px)` }}
            >
              {row.kind === 'tab' ? (
                <h2 className="flex items-baseline gap-2 px-1 pt-1 text-muted text-xs">
                  <span className="min-w-0 truncate font-medium">{row.tab}</span>
                  <span>{row.count}</span>
                </h2>
              ) : (
                <article
                  tabIndex={-1}
                  data-change={index}
                  aria-label={changeName(row.node)}
                  onFocus={() => setCurrent(index)}
                  className="rounded-md -outline-offset-2"
                >
                  <ChangeCard
                    node={row.node}
                    beside={beside}
                    showOutputs={outputs.has(row.key)}
                    onShowOutputs={(show) => setOutputs(withKey(outputs, row.key, show))}
                    onShowNode={showNode(row.node)}
                  />
                </article>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Before it is measured; in px. */
function estimate(row: CompareRow | undefined): number {
  if (row?.kind !== 'node') return 28;
  const { prompts, references, settings, picks, cache, wiring } = row.node;
  const pictures = references.length > 0 ? 220 : 0;
  const lines = settings.length + picks.length + wiring.length;
  return 52 + prompts.length * 37 + pictures + (cache === null ? 0 : 40) + lines * 20;
}

/** The next node after a row, headings left out; null: there is none. */
function nextNode(rows: readonly CompareRow[], from: number, by: 1 | -1): number | null {
  for (let index = from + by; index >= 0 && index < rows.length; index += by) {
    if (rows[index]?.kind === 'node') return index;
  }
  return null;
}

function withKey(keys: ReadonlySet<string>, key: string, wanted: boolean): ReadonlySet<string> {
  const next = new Set(keys);
  if (wanted) next.add(key);
  else next.delete(key);
  return next;
}
