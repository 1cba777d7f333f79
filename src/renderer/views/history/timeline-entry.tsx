import { Check, Pin } from 'lucide-react';
import { memo } from 'react';
import type { HistoryEntry } from '../../../shared/history.ts';
import { cx } from '../../components/cx.ts';
import { bytes } from '../../components/format.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { entryFlags, entryTitle, runState } from './history-words.ts';
import { KindIcon } from './kind-icon.tsx';

type TimelineEntryProps = {
  entry: HistoryEntry;
  /** Null: it cannot be compared. */
  ticked: boolean | null;
  /** The box for the tick stays in sight, also without the pointer. */
  showTick: boolean;
};

/** What the timeline says of an entry, in two lines. */
export const TimelineEntry = memo(function TimelineEntry({ entry, ticked, showTick }: TimelineEntryProps) {
  return (
    <div className="flex h-full items-center gap-2 pr-3 pl-1">
      <TickBox ticked={ticked} shown={showTick} />
      <KindIcon kind={entry.kind} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="min-w-0 truncate font-medium" title={entryTitle(entry)}>
            {entryTitle(entry)}
          </span>
          {entry.pinned && (
            <span className="shrink-0 text-accent-text">
              <Pin aria-hidden className="size-3.5 fill-current" />
              <span className="sr-only">pinned</span>
            </span>
          )}
          <RelativeTime at={entry.at} className="ml-auto shrink-0 text-muted text-xs" />
        </p>
        <p className="flex items-center gap-3 overflow-hidden text-muted text-xs leading-5">
          <Facts entry={entry} />
          {entry.note !== '' && (
            <span className="min-w-0 flex-1 truncate" title={entry.note}>
              “{entry.note}”
            </span>
          )}
          {entryFlags(entry).map((flag) => (
            <StateMark key={flag.word} {...flag} />
          ))}
        </p>
      </div>
    </div>
  );
});

function Facts({ entry }: { entry: HistoryEntry }) {
  const { kind, version, size } = entry;
  if (kind === 'run') {
    const { mark } = runState(entry);
    return (
      <span className="flex shrink-0 items-center gap-2">
        {mark === 'failed' && <StateMark mark={mark} word="has failures" hideWord />}
        {version}
        {entry.run?.demo && <span>demo</span>}
      </span>
    );
  }
  // The title of a version has it already.
  const parts = [
    ...(kind === 'version' || version === null ? [] : [version]),
    ...(size === null ? [] : [bytes(size)]),
  ];
  const facts = <span className="shrink-0">{parts.join(' · ')}</span>;
  // A copy under a name that somebody made up is known by that name alone.
  if (entry.backup?.known !== false || version !== null) return facts;
  return (
    <>
      <span className="min-w-0 flex-1 truncate" title={entry.name}>
        {entry.name}
      </span>
      {facts}
    </>
  );
}

/** For the pointer; on the keyboard it is Space, and for a screen reader a word. */
function TickBox({ ticked, shown }: { ticked: boolean | null; shown: boolean }) {
  if (ticked === null) return <span className="w-6 shrink-0" />;
  return (
    <span
      data-tick
      title={ticked ? 'No longer compare it' : 'Compare it with another'}
      className={cx(
        'flex size-6 shrink-0 cursor-pointer items-center justify-center',
        !ticked && !shown && 'opacity-0 group-hover/entry:opacity-100',
      )}
    >
      <span
        className={cx(
          'flex size-4 items-center justify-center rounded-[3px] border',
          ticked ? 'border-accent bg-accent text-accent-ink' : 'border-line-strong bg-sunken',
        )}
      >
        {ticked && <Check aria-hidden className="size-3" />}
      </span>
      {ticked && <span className="sr-only">to be compared</span>}
    </span>
  );
}
