import { type ReactNode, useId } from 'react';
import { cx } from './cx.ts';

type CardProps = {
  title: ReactNode;
  /** At the right end of the title's line: a state, a button. */
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** A titled region of a screen; its title names it for a screen reader too. */
export function Card({ title, aside, className, children }: CardProps) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={cx('flex min-w-0 flex-col rounded-lg bg-panel', className)}>
      <header className="flex min-h-11 items-center gap-3 px-4 pt-2">
        <h2 id={heading} className="min-w-0 truncate font-semibold text-base">
          {title}
        </h2>
        <div className="ml-auto flex items-center gap-2">{aside}</div>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-3 px-4 pt-1 pb-4">{children}</div>
    </section>
  );
}
