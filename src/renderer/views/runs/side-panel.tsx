import type { ReactNode } from 'react';

type SidePanelProps = {
  /** Names the panel for a screen reader. */
  label: string;
  title: ReactNode;
  /** At the right end of the title's line. */
  aside?: ReactNode;
  children: ReactNode;
};

/** What stands beside the board. Its head stays, its content scrolls. */
export function SidePanel({ label, title, aside, children }: SidePanelProps) {
  return (
    <aside
      aria-label={label}
      className="flex w-84 shrink-0 flex-col overflow-hidden rounded-lg bg-panel xl:w-100"
    >
      <header className="flex min-h-11 shrink-0 items-center gap-2 border-line border-b px-4 py-2">
        <h2 className="min-w-0 break-words font-semibold">{title}</h2>
        <div className="ml-auto flex shrink-0 items-center gap-1">{aside}</div>
      </header>
      {/* A box that scrolls must be reachable with the keyboard (WCAG 2.1.1). */}
      <section
        aria-label={`${label}, content`}
        {...keyboardScroll}
        className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 py-3 -outline-offset-2"
      >
        {children}
      </section>
    </aside>
  );
}

const keyboardScroll = { tabIndex: 0 };

/** A titled part of the panel. */
export function PanelPart({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </div>
  );
}
