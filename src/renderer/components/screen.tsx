import type { ReactNode } from 'react';
import { cx } from './cx.ts';

type ScreenProps = {
  title: ReactNode;
  /** Left of the title: the way back to where one came from. */
  before?: ReactNode;
  /** One line beside the title. */
  summary?: ReactNode;
  /** Buttons at the right end of the title's line. */
  actions?: ReactNode;
  /** The content keeps to the window's height and scrolls inside itself; else the screen scrolls. */
  fixed?: boolean;
  children: ReactNode;
};

/** A screen inside of the frame: its heading and its content. */
export function Screen({ title, before, summary, actions, fixed = false, children }: ScreenProps) {
  return (
    <div className={cx('flex h-full min-h-0 flex-col', !fixed && 'overflow-y-auto')}>
      <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
        {before}
        <h1 className="font-semibold text-xl">{title}</h1>
        {summary && <div className="min-w-0 text-muted">{summary}</div>}
        {actions && <div className="ml-auto flex items-center gap-2">{actions}</div>}
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-4 px-5 pb-5">{children}</div>
    </div>
  );
}
