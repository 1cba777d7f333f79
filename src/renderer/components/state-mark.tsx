import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import type { Mark } from './marks.ts';

const colours: Record<Mark, string> = {
  waiting: 'text-muted',
  working: 'text-busy',
  done: 'text-good',
  cached: 'text-good',
  'needs-you': 'text-attn',
  failed: 'text-bad',
  skipped: 'text-muted',
};

const ring = <circle cx="6" cy="6" r="4.5" />;

/** The glyphs of ui.md ○ ◐ ● ◍ ◆ ✕ –, drawn: fonts disagree on their size and place, and some have no ◍. */
const shapes: Record<Mark, ReactNode> = {
  waiting: ring,
  working: (
    <>
      {ring}
      <path d="M6 1.5a4.5 4.5 0 0 0 0 9z" className="fill-current" />
    </>
  ),
  done: <circle cx="6" cy="6" r="4.5" className="fill-current" />,
  cached: (
    <>
      {ring}
      <path d="M4 2.4v7.2M6 1.6v8.8M8 2.4v7.2" strokeWidth={1} />
    </>
  ),
  'needs-you': <path d="M6 .8 11.2 6 6 11.2.8 6z" className="fill-current stroke-none" />,
  failed: <path d="m2 2 8 8M10 2l-8 8" strokeWidth={2} />,
  skipped: <path d="M2 6h8" strokeWidth={2} />,
};

type StateMarkProps = {
  mark: Mark;
  /** What the state is, in words: `generating 2 of 4`. */
  word: string;
  /** Where the place is too small for the word: it stays in the accessible name and on hover. */
  hideWord?: boolean;
  className?: string;
};

/** A state as colour, shape and word: the one component for every state on every screen. */
export function StateMark({ mark, word, hideWord = false, className }: StateMarkProps) {
  return (
    <span
      data-mark={mark}
      className={cx('inline-flex min-w-0 items-center gap-1.5 align-bottom', colours[mark], className)}
      title={hideWord ? word : undefined}
    >
      <svg
        viewBox="0 0 12 12"
        aria-hidden
        className="size-3 shrink-0 fill-none stroke-current"
        strokeWidth={1.5}
      >
        {shapes[mark]}
      </svg>
      <span className={hideWord ? 'sr-only' : 'truncate'}>{word}</span>
    </span>
  );
}
