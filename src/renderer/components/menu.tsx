import { ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

type MenuProps = {
  /** On the button that opens it. */
  label: ReactNode;
  /** What one can choose; one that is not possible now stays, so that its place is known. */
  items: readonly { label: string; disabled?: boolean; onSelect: () => void }[];
};

/**
 * A few things to do, behind one button. Arrow keys and first letters choose. It stays where the button is, inside of
 * the page's landmarks, and is placed freely.
 */
export function Menu({ label, items }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button>
          {label}
          <ChevronDown aria-hidden />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="start"
        sideOffset={4}
        collisionPadding={8}
        className="z-50 rounded-md border border-line bg-raised p-1 shadow-lift"
      >
        {items.map((item) => (
          <DropdownMenu.Item
            key={item.label}
            disabled={item.disabled ?? false}
            onSelect={item.onSelect}
            className="flex h-7 cursor-pointer select-none items-center rounded-sm px-3 outline-none data-disabled:cursor-not-allowed data-highlighted:bg-hover data-disabled:text-muted"
          >
            {item.label}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
