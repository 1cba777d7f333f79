import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import { StateMark } from './state-mark.tsx';

type ErrorCardProps = {
  /** What happened, in one sentence. */
  what: ReactNode;
  /** Where, or the best guess why. */
  why?: ReactNode;
  /** What a person can do about it, as an instruction. */
  cure?: ReactNode;
  /** The evidence: what the program really said. Opened on demand, and copied. */
  raw?: string | undefined;
  /** The button that does the cure. */
  action?: ReactNode;
  /** Where the cure takes a choice: buttons in a line of their own. */
  actions?: ReactNode;
  /** It is part of a record and did not happen just now: a screen reader need not interrupt for it. */
  past?: boolean;
  /** What it is about in detail, between the words and the evidence. */
  children?: ReactNode;
  className?: string;
};

/** Every error of every screen: what happened, why, and what to do. */
export function ErrorCard(props: ErrorCardProps) {
  const { what, why, cure, raw, action, actions, past = false, children, className } = props;
  return (
    <div
      role={past ? undefined : 'alert'}
      className={cx('flex min-w-0 flex-col gap-2 rounded-md bg-bad-soft p-3', className)}
    >
      <div className="flex items-start gap-2">
        <StateMark mark="failed" word="Problem" hideWord className="mt-1" />
        <div className="min-w-0 flex-1 break-words">
          <p className="font-medium">{what}</p>
          {why && <p className="text-muted">{why}</p>}
          {cure && <p>{cure}</p>}
        </div>
        {action}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      {children}
      {raw && <RawOutput text={raw} />}
    </div>
  );
}

/** What a program really said, one click away. */
export function RawOutput({ text, title = 'Raw output' }: { text: string; title?: string }) {
  return (
    <details className="min-w-0">
      <summary className="w-fit rounded-sm text-muted text-xs leading-6 hover:text-ink">{title}</summary>
      <div className="relative mt-1">
        <pre
          {...keyboardScroll}
          className="max-h-48 overflow-auto whitespace-pre-wrap rounded-sm bg-sunken p-2 pr-10 font-mono text-xs"
        >
          {text}
        </pre>
        <div className="absolute top-1 right-1">
          <CopyButton text={text} what="raw output" />
        </div>
      </div>
    </details>
  );
}

/** What scrolls must be reachable with the keyboard (WCAG 2.1.1). */
const keyboardScroll = { tabIndex: 0 };
