import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { LogLine } from '../../shared/services.ts';
import { cx } from './cx.ts';
import { clockTime } from './format.ts';
import { type Tone, toneOf } from './log-lines.ts';

type LogBoxProps = {
  name: string;
  lines: readonly LogLine[];
  empty: string;
  /** Lines that are marked as found. */
  matches: readonly LogLine[];
  /** The one of them a person is at: it is brought into sight. */
  at: LogLine | null;
  /** Whether the newest line is kept in sight. */
  follows: boolean;
};

/**
 * The lines themselves. Follows the newest one unless a person has scrolled up or points at it, since an update
 * never moves what the pointer is on (ui.md).
 */
export function LogBox({ name, lines, empty, matches, at, follows }: LogBoxProps) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const pointed = useRef(false);
  const found = useMemo(() => new Set(matches), [matches]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 18,
    overscan: 12,
  });

  const newest = lines.at(-1);
  const height = virtual.getTotalSize();
  // The height changes once more when new lines have been measured: the end is followed then, too.
  useEffect(() => {
    const follow = follows && newest && height > 0 && atEnd.current && !pointed.current;
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, newest, height]);

  // Only when a person goes to another match: not whenever a line comes.
  const latest = useRef({ lines, virtual });
  useEffect(() => {
    latest.current = { lines, virtual };
  });
  useEffect(() => {
    if (at === null) return;
    const index = latest.current.lines.indexOf(at);
    if (index >= 0) latest.current.virtual.scrollToIndex(index, { align: 'center' });
  }, [at]);

  return (
    <section
      ref={box}
      aria-label={`Log of ${name}`}
      {...keyboardScroll}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        // Only a way up leaves the end: lines that are measured anew move it away, too.
        if (scrollHeight - scrollTop - clientHeight < 24) atEnd.current = true;
        else if (scrollTop < lastTop.current) atEnd.current = false;
        lastTop.current = scrollTop;
      }}
      onPointerEnter={() => {
        pointed.current = true;
      }}
      onPointerLeave={() => {
        pointed.current = false;
      }}
      className="min-h-24 flex-1 overflow-auto rounded-sm bg-sunken py-2 font-mono text-xs"
    >
      {lines.length === 0 && <p className="px-3 font-sans text-muted">{empty}</p>}
      <div className="relative w-full" style={{ height }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              aria-current={line === at || undefined}
              className={cx(
                'absolute top-0 left-0 flex w-full gap-3 border-transparent border-l-3 px-2 py-px',
                found.has(line) && 'border-accent-text',
                line === at && 'bg-accent-soft',
              )}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Line line={line} />
            </div>
          );
        })}
      </div>
    </section>
  );
}

const tones: Record<Tone, string> = {
  plain: '',
  note: 'text-accent-text',
  warning: 'text-attn',
  error: 'text-bad',
};

const spoken: Partial<Record<Tone, string>> = { warning: 'Warning: ', error: 'Error: ' };

function Line({ line }: { line: LogLine }) {
  const tone = toneOf(line);
  return (
    <>
      <span className="shrink-0 text-muted">{clockTime(line.at)}</span>
      <span className={cx('min-w-0 whitespace-pre-wrap break-words', tones[tone])}>
        <span className="sr-only">{spoken[tone]}</span>
        {line.text}
      </span>
    </>
  );
}

/** A box that scrolls must be reachable with the keyboard, although nothing in it can be operated (WCAG 2.1.1). */
const keyboardScroll = { tabIndex: 0 };
