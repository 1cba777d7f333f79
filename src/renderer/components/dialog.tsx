import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import { useFocusReturn } from './use-focus-return.ts';

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** One line under the title: what this is about. */
  description: ReactNode;
  children: ReactNode;
  /** Buttons, the main one last. Stays in sight while the content scrolls. */
  footer?: ReactNode;
  /** The focus begins on the dialog as a whole: its content comes later, or is to be read first. */
  focusWhole?: boolean;
  className?: string;
};

/** A dialog over the window: focus stays in it, Escape closes it, its content scrolls. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, children, footer, focusWhole = false, className } = props;
  const focusReturn = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...focusReturn}
          onOpenAutoFocus={(event) => {
            focusReturn.onOpenAutoFocus();
            if (!focusWhole || !(event.currentTarget instanceof HTMLElement)) return;
            event.preventDefault();
            event.currentTarget.focus();
          }}
          className={cx(
            '-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100vh-48px)] w-[calc(100vw-48px)] max-w-160 flex-col rounded-lg border border-line bg-panel shadow-lift outline-none',
            className,
          )}
        >
          <header className="px-5 pt-4 pr-14 pb-3">
            <Radix.Title className="line-clamp-2 break-words font-semibold text-lg">{title}</Radix.Title>
            <Radix.Description className="text-muted">{description}</Radix.Description>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>
          {footer && (
            <footer className="flex items-center gap-2 border-line border-t px-5 py-3">{footer}</footer>
          )}
          {/* The last one, so that the focus begins at the first thing to do. */}
          <Radix.Close asChild>
            <IconButton label="Close" icon={<X aria-hidden />} className="absolute top-4 right-3" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
