import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import { cx } from '../../components/cx.ts';
import { indexAfterKey } from './list-keys.ts';
import type { ListRow } from './list-rows.ts';
import { WorkflowRow } from './workflow-row.tsx';

export type WorkflowListHandle = { focus: () => void };

type WorkflowListProps = {
  ref: Ref<WorkflowListHandle>;
  rows: readonly ListRow[];
  /** There are several roots: a folder's heading tells which one it is of. */
  showRoots: boolean;
  /** Path of the chosen workflow. */
  selected: string | null;
  onSelect: (path: string) => void;
  /** Enter: on to the details. */
  onEnter: () => void;
  /** The pointer came to the list, or left it. */
  onPointed: (pointed: boolean) => void;
};

/** The workflows by folder. Arrow keys, Page keys, Home and End choose; Enter goes on to the details. */
export function WorkflowList(props: WorkflowListProps) {
  const { ref, rows, showRoots, selected, onSelect, onEnter, onPointed } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);

  const paths = useMemo(() => rows.flatMap((row) => (row.kind === 'workflow' ? [row.key] : [])), [rows]);
  const places = useMemo(() => new Map(paths.map((path, place) => [path, place])), [paths]);
  const selectedIndex = rows.findIndex((row) => row.key === selected);
  const isListed = selected !== null && selectedIndex >= 0;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (rows[index]?.kind === 'folder' ? 28 : 56),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    paddingStart: 4,
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
    const next = paths[indexAfterKey(press.key, places.get(selected ?? '') ?? -1, paths.length)];
    if (next === undefined) return;
    press.preventDefault();
    onSelect(next);
  };

  const optionId = (path: string) => `${id}-${places.get(path)}`;
  const listbox = {
    role: 'listbox',
    'aria-label': 'Workflows',
    tabIndex: 0,
    'aria-activedescendant': isListed ? optionId(selected) : undefined,
    onKeyDown,
  };
  const groups = Map.groupBy(virtual.getVirtualItems(), ({ index }) => {
    const row = rows[index];
    return row?.kind === 'workflow' ? row.folderKey : (row?.key ?? '');
  });

  return (
    <div
      ref={box}
      {...listbox}
      onPointerEnter={() => onPointed(true)}
      onPointerLeave={() => onPointed(false)}
      className="group/list @container min-h-0 flex-1 overflow-y-auto rounded-lg bg-panel"
    >
      <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {[...groups].map(([key, items]) => (
          <div key={key} {...groupOf(rows, key)}>
            {items.map(({ index, start }) => {
              const row = rows[index];
              if (!row) return null;
              const place = {
                ref: virtual.measureElement,
                'data-index': index,
                style: { transform: `translateY(${start}px)` },
              };
              if (row.kind === 'folder')
                return (
                  <div key={row.key} {...place} aria-hidden className="absolute top-0 left-0 w-full">
                    <FolderHeading row={row} showRoot={showRoots} />
                  </div>
                );
              const option = {
                role: 'option',
                id: optionId(row.key),
                'aria-selected': row.key === selected,
                'aria-setsize': paths.length,
                'aria-posinset': (places.get(row.key) ?? 0) + 1,
                onClick: () => onSelect(row.key),
              };
              return (
                <div
                  key={row.key}
                  {...place}
                  {...option}
                  className={cx(
                    'absolute top-0 left-0 w-full cursor-default px-3 py-1.5',
                    row.key === selected
                      ? 'bg-accent-soft group-focus-visible/list:shadow-[inset_3px_0_0_var(--accent-text)]'
                      : 'hover:bg-hover',
                  )}
                >
                  <WorkflowRow workflow={row.workflow} />
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The rows in sight of one folder are a group with its name; its visible heading is the same again. */
function groupOf(rows: readonly ListRow[], key: string) {
  const folder = rows.find((row) => row.kind === 'folder' && row.key === key);
  return { role: 'group', 'aria-label': folder?.kind === 'folder' ? folder.folder : undefined };
}

type FolderRow = Extract<ListRow, { kind: 'folder' }>;

function FolderHeading({ row, showRoot }: { row: FolderRow; showRoot: boolean }) {
  return (
    <div className="flex items-baseline gap-2 px-3 pt-2 pb-1 text-muted text-xs">
      <span className="truncate font-medium" title={`${row.folder} in ${row.root}`}>
        {row.folder}
      </span>
      {showRoot && <span className="min-w-0 flex-1 truncate">in {row.root}</span>}
      <span className="ml-auto">{row.count}</span>
    </div>
  );
}
