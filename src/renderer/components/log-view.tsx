import { useVirtualizer } from '@tanstack/react-virtual';
import { Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LogLine } from '../../shared/services.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import { clockTime, counted } from './format.ts';
import { logText, matchingLines } from './log-lines.ts';
import { TextField } from './text-field.tsx';

type LogViewProps = {
  /** Whose log it is: `G-Labs`. */
  name: string;
  lines: readonly LogLine[];
  /** What stands here while there is no line. */
  empty: string;
  className?: string;
};

/**
 * The end of a program's output, live: search, pause, copy. Follows the newest line unless a person has scrolled up
 * or points at it, since an update never moves what the pointer is on (ui.md).
 */
export function LogView({ name, lines, empty, className }: LogViewProps) {
  const [search, setSearch] = useState('');
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const source = frozen ?? lines;
  const shown = useMemo(() => matchingLines(source, search), [source, search]);

  return (
    <div className={cx('flex min-h-0 flex-col gap-2', className)}>
      <div className="flex items-center gap-2">
        <TextField
          label={`Search the log of ${name}`}
          hideLabel
          type="search"
          placeholder="Search the log"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="w-52"
        />
        <span className="text-muted text-xs">
          {search === ''
            ? counted(shown.length, 'line')
            : `${shown.length} of ${counted(source.length, 'line')}`}
          {frozen && ', paused'}
        </span>
        <div className="ml-auto flex items-center gap-1">
          <CopyButton text={logText(shown)} what={`the log of ${name}`} />
          <Button
            size="sm"
            variant="ghost"
            aria-pressed={frozen !== null}
            icon={frozen ? <Play aria-hidden /> : <Pause aria-hidden />}
            onClick={() => setFrozen(frozen ? null : lines)}
          >
            {frozen ? 'Resume log' : 'Pause log'}
          </Button>
        </div>
      </div>
      <Lines name={name} lines={shown} empty={search === '' ? empty : 'No line has these words.'} />
    </div>
  );
}

function Lines({ name, lines, empty }: { name: string; lines: readonly LogLine[]; empty: string }) {
  const box = useRef<HTMLElement>(null);
  const follows = useRef(true);
  const lastTop = useRef(0);
  const pointed = useRef(false);
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
    const follow = newest && height > 0 && follows.current && !pointed.current;
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [newest, height]);

  return (
    <section
      ref={box}
      aria-label={`Log of ${name}`}
      {...keyboardScroll}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        // Only a way up leaves the end: lines that are measured anew move it away, too.
        if (scrollHeight - scrollTop - clientHeight < 24) follows.current = true;
        else if (scrollTop < lastTop.current) follows.current = false;
        lastTop.current = scrollTop;
      }}
      onPointerEnter={() => {
        pointed.current = true;
      }}
      onPointerLeave={() => {
        pointed.current = false;
      }}
      className="min-h-24 flex-1 overflow-auto rounded-sm bg-sunken px-3 py-2 font-mono text-xs"
    >
      {lines.length === 0 && <p className="font-sans text-muted">{empty}</p>}
      <div className="relative w-full" style={{ height }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute top-0 left-0 flex w-full gap-3 py-px"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <span className="shrink-0 text-muted">{clockTime(line.at)}</span>
              <span
                className={cx(
                  'min-w-0 whitespace-pre-wrap break-words',
                  line.stream === 'err' && 'text-bad',
                  line.stream === 'note' && 'text-accent-text',
                )}
              >
                {line.stream === 'err' && <span className="sr-only">Error output: </span>}
                {line.text}
              </span>
            </div>
          );
        })}
      </div>
    </section>
  );
}

/** A box that scrolls must be reachable with the keyboard, although nothing in it can be operated (WCAG 2.1.1). */
const keyboardScroll = { tabIndex: 0 };
