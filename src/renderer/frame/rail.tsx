import { Command } from 'lucide-react';
import { cx } from '../components/cx.ts';
import { Kbd } from '../components/kbd.tsx';
import { waitingRecoveries } from '../state/recovery.ts';
import { usePalette, useWindow, type ViewName } from '../state/window.ts';
import { useRecoveries } from '../wire/queries.ts';
import { places } from './places.ts';

/** The left rail: where one can go. */
export function Rail() {
  const current = useWindow((state) => state.view);
  const go = useWindow((state) => state.go);
  const openPalette = usePalette((state) => state.setOpen);
  const interrupted = waitingRecoveries(useRecoveries().data?.entries ?? []).length;

  return (
    <nav aria-label="Screens" className="flex w-44 shrink-0 flex-col gap-0.5 p-2">
      {places.map(({ view, title, icon: Icon }, index) => (
        <RailButton key={view} view={view} active={view === current} onGo={go} shortcut={`mod+${index + 1}`}>
          <Icon aria-hidden className="size-4 shrink-0" />
          <span className="truncate">{title}</span>
          {view === 'recovery' && interrupted > 0 && (
            <span className="ml-auto rounded-full bg-attn-soft px-1.5 text-attn text-xs">
              {interrupted}
              <span className="sr-only"> interrupted</span>
            </span>
          )}
        </RailButton>
      ))}
      <button
        type="button"
        onClick={() => openPalette(true)}
        className="mt-auto flex h-8 items-center gap-2 rounded-sm px-2 text-left text-muted hover:bg-hover hover:text-ink"
      >
        <Command aria-hidden className="size-4" />
        <span>Actions</span>
        <span className="ml-auto">
          <Kbd shortcut="mod+k" />
        </span>
      </button>
    </nav>
  );
}

type RailButtonProps = {
  view: ViewName;
  active: boolean;
  shortcut: string;
  onGo: (view: ViewName) => void;
  children: React.ReactNode;
};

function RailButton({ view, active, shortcut, onGo, children }: RailButtonProps) {
  return (
    <button
      type="button"
      aria-current={active ? 'page' : undefined}
      aria-keyshortcuts={shortcut.replace('mod', 'Control')}
      onClick={() => onGo(view)}
      className={cx(
        'flex h-8 items-center gap-2 rounded-sm px-2 text-left text-muted hover:bg-hover hover:text-ink',
        active && 'bg-accent-soft font-medium text-ink hover:bg-accent-soft',
      )}
    >
      {children}
    </button>
  );
}
