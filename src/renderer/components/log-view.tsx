import { ChevronDown, ChevronUp, Pause, Play } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { LogLine } from '../../shared/services.ts';
import { Button, IconButton } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import { counted } from './format.ts';
import { LogBox } from './log-box.tsx';
import { linesSince, logText, matchingLines, nextMatch } from './log-lines.ts';
import { TextField } from './text-field.tsx';

type LogViewProps = {
  /** Whose log it is: `G-Labs`. */
  name: string;
  lines: readonly LogLine[];
  /** What stands here while there is no line. */
  empty: string;
  /** Stands at the left of the tools: the button that folds it away. */
  before?: ReactNode;
  className?: string;
};

/** The end of a program's output, live: search from match to match, pause, copy. */
export function LogView({ name, lines, empty, before, className }: LogViewProps) {
  const [search, setSearch] = useState('');
  const [at, setAt] = useState<LogLine | null>(null);
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const shown = frozen ?? lines;
  const matches = useMemo(() => matchingLines(shown, search), [shown, search]);
  const searching = search.trim() !== '';
  const step = (by: 1 | -1) => setAt(nextMatch(matches, at, by));

  return (
    <div className={cx('flex min-h-0 flex-col gap-2', className)}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {before}
        <TextField
          label={`Search the log of ${name}`}
          hideLabel
          type="search"
          placeholder="Search the log"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setAt(nextMatch(matchingLines(shown, event.target.value), null, 1));
          }}
          onKeyDown={(press) => {
            if (press.key === 'Enter') step(press.shiftKey ? -1 : 1);
          }}
          className="w-40"
        />
        {searching && (
          <div className="flex items-center">
            <IconButton
              size="sm"
              label="Previous match"
              icon={<ChevronUp aria-hidden />}
              disabled={matches.length === 0}
              onClick={() => step(-1)}
            />
            <IconButton
              size="sm"
              label="Next match"
              icon={<ChevronDown aria-hidden />}
              disabled={matches.length === 0}
              onClick={() => step(1)}
            />
          </div>
        )}
        <span role="status" className="text-muted text-xs">
          {searching && matchWords(matches, at)}
        </span>
        <div className="ml-auto flex items-center gap-1">
          {frozen && <span className="text-attn text-xs">{pausedWords(frozen, lines)}</span>}
          <CopyButton text={logText(shown)} what={`the log of ${name}`} />
          <Button
            size="sm"
            variant="ghost"
            icon={frozen ? <Play aria-hidden /> : <Pause aria-hidden />}
            onClick={() => setFrozen(frozen ? null : lines)}
          >
            {frozen ? 'Resume log' : 'Pause log'}
          </Button>
        </div>
      </div>
      <LogBox
        name={name}
        lines={shown}
        empty={empty}
        matches={matches}
        at={at}
        follows={!searching && frozen === null}
      />
    </div>
  );
}

function matchWords(matches: readonly LogLine[], at: LogLine | null): string {
  if (matches.length === 0) return 'No match';
  const place = at === null ? -1 : matches.indexOf(at);
  return place < 0
    ? counted(matches.length, 'match', 'matches')
    : `${place + 1} of ${counted(matches.length, 'match', 'matches')}`;
}

function pausedWords(frozen: readonly LogLine[], lines: readonly LogLine[]): string {
  const { count, all } = linesSince(frozen, lines);
  if (count === 0) return 'Paused';
  return `Paused, ${counted(count, 'new line')}${all ? ' or more' : ''}`;
}
