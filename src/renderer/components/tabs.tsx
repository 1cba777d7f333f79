import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

type TabsProps<V extends string> = {
  /** Names the list of tabs for a screen reader. */
  label: string;
  value: V;
  onValueChange: (value: V) => void;
  items: readonly { value: V; label: ReactNode; content: ReactNode }[];
  className?: string;
};

/** Several ways to look at one thing; only the chosen one is built. Arrow keys move between tabs. */
export function Tabs<V extends string>({ label, value, onValueChange, items, className }: TabsProps<V>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => {
        const item = items.find((each) => each.value === next);
        if (item) onValueChange(item.value);
      }}
      className={cx('flex min-h-0 flex-col', className)}
    >
      <Radix.List aria-label={label} className="flex shrink-0 gap-4 border-line border-b">
        {items.map((item) => (
          <Radix.Trigger
            key={item.value}
            value={item.value}
            className="-mb-px h-8 border-transparent border-b-2 px-1 text-muted hover:text-ink data-[state=active]:border-accent-text data-[state=active]:text-ink"
          >
            {item.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {items.map((item) => (
        <Radix.Content key={item.value} value={item.value} className="min-h-0 flex-1 overflow-auto pt-3">
          {item.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
