import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { cx } from './cx.ts';

type VirtualListProps<T> = {
  /** Names the list for everyone. */
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Usual height of an item in px; the real one is measured. */
  height: (item: T) => number;
  children: (item: T) => ReactNode;
  className?: string;
};

/** A list of any length that builds only what is in sight. Fills the height it is given and scrolls. */
export function VirtualList<T>({ label, items, keyOf, height, children, className }: VirtualListProps<T>) {
  const box = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => {
      const item = items[index];
      return item === undefined ? 0 : height(item);
    },
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 8,
  });
  return (
    <section
      ref={box}
      aria-label={label}
      {...keyboardScroll}
      className={cx('min-h-0 flex-1 overflow-y-auto', className)}
    >
      <ul className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          return (
            item !== undefined && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${start}px)` }}
              >
                {children(item)}
              </li>
            )
          );
        })}
      </ul>
    </section>
  );
}

/** A box that scrolls must be reachable with the keyboard, although nothing in it can be operated (WCAG 2.1.1). */
const keyboardScroll = { tabIndex: 0 };
