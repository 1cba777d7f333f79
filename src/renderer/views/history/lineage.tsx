import { type KeyboardEvent, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { useNow } from '../../state/clock.tsx';
import { isTyped } from '../../state/shortcuts.ts';
import { useWindow } from '../../state/window.ts';
import { ComparisonPane } from './comparison-pane.tsx';
import { EntryPreview } from './entry-preview.tsx';
import { entryTitle, firstChoice, isRestorable } from './history-words.ts';
import { LineageHead, VerificationLine } from './lineage-head.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { clickTick, type Pair, type Ticked, tickedPair, toggleTick } from './selection.ts';
import { Timeline, type TimelineHandle } from './timeline.tsx';
import { everything, keptTexts, shownEntries, type TimelineQuery, timelineRows } from './timeline-rows.ts';
import { TimelineTools } from './timeline-tools.tsx';
import { useEntryActs } from './use-entry-acts.ts';

/** The history of one workflow: the timeline, and beside it the chosen entry or what is different between two. */
export function Lineage({ view }: { view: HistoryView }) {
  const { path, entries } = view;
  const [query, setQuery] = useState(everything);
  const [ticked, setTicked] = useState<Ticked>([]);
  const [asked, setAsked] = useState<Pair | null>(null);
  const [restoring, setRestoring] = useState<HistoryEntry | null>(null);
  const { entry, select } = useChosen(view);
  const list = useRef<TimelineHandle>(null);
  const preview = useRef<HTMLElement>(null);
  const acts = useEntryActs(
    path,
    useCallback((from: string, to: string) => {
      if (useWindow.getState().historyEntry === from) useWindow.getState().selectEntry(to);
    }, []),
  );
  const { rows, rested } = useRows(entries, query);
  const pair = useMemo(() => tickedPair(entries, ticked) ?? asked, [entries, ticked, asked]);
  const selected = entry?.id ?? null;

  const choose = (id: string) => {
    // Who has ticked one looks around for the other.
    if (ticked.length === 2) setTicked([]);
    setAsked(null);
    select(id);
  };
  const tick = (id: string, byClick: boolean) => {
    setAsked(null);
    setTicked(byClick ? clickTick(ticked, selected, id) : toggleTick(ticked, id));
  };
  const endComparison = () => {
    setTicked([]);
    setAsked(null);
    list.current?.focus();
  };

  // Letters act only where the focus is in the list or the details, and not while one types (WCAG 2.1.4).
  const onKeyDown = (press: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey } = press;
    if (ctrlKey || metaKey || altKey || press.defaultPrevented || entry === null) return;
    const inList = press.target instanceof Element && press.target.closest('[role="listbox"]') !== null;
    if (!inList && isTyped(press.nativeEvent)) return;
    if (key === 'Escape' && inList && (pair !== null || ticked.length > 0)) endComparison();
    else if (key.toLowerCase() === 'p') acts.togglePin(entry);
    else if (key.toLowerCase() === 'r' && isRestorable(entry)) setRestoring(entry);
    else return;
    press.preventDefault();
  };

  const waiting = ticked.length === 1 ? entries.find(({ id }) => id === ticked[0]) : undefined;
  return (
    <>
      <LineageHead view={view} />
      <VerificationLine path={path} entries={entries} onShow={choose} />
      <div
        {...{ onKeyDown }}
        className={cx(
          'grid min-h-0 flex-1 gap-4',
          pair === null
            ? 'grid-cols-[minmax(0,5fr)_minmax(0,6fr)]'
            : 'grid-cols-[minmax(0,4fr)_minmax(0,8fr)] xl:grid-cols-[minmax(0,4fr)_minmax(0,9fr)]',
        )}
      >
        <div className="flex min-h-0 min-w-0 flex-col gap-2">
          <TimelineTools
            query={query}
            onChange={(change) => setQuery({ ...query, ...change })}
            onDown={() => list.current?.focus()}
          />
          {waiting && <WaitingForOther entry={waiting} onEnd={endComparison} />}
          {rows.length > 0 ? (
            <Timeline
              ref={list}
              rows={rows}
              query={rested}
              selected={selected}
              ticked={ticked}
              onSelect={choose}
              onTick={tick}
              onEnter={() => preview.current?.focus()}
            />
          ) : (
            <NothingFits view={view} onAll={() => setQuery(everything)} />
          )}
        </div>
        {pair !== null && <ComparisonPane pair={pair} onEnd={endComparison} />}
        {pair === null && entry !== null && (
          <EntryPreview
            ref={preview}
            entry={entry}
            view={view}
            acts={acts}
            onRestore={setRestoring}
            onCompare={setAsked}
            onTick={(id) => tick(id, false)}
            onSelect={choose}
            onEscape={() => list.current?.focus()}
          />
        )}
        {pair === null && entry === null && (
          <div className="flex rounded-lg bg-panel">
            <EmptyState title="Choose an entry">
              <p>You see what it is, what is different from now, and can put it back.</p>
            </EmptyState>
          </div>
        )}
      </div>
      {restoring !== null && (
        <RestoreDialog entry={restoring} view={view} acts={acts} onClose={() => setRestoring(null)} />
      )}
    </>
  );
}

/**
 * The entry that is shown: the one a person chose, else the one most likely looked for. That is decided once, so that
 * what comes later does not turn the page under a person's eyes.
 */
function useChosen(view: HistoryView): { entry: HistoryEntry | null; select: (id: string) => void } {
  const chosen = useWindow((state) => state.historyEntry);
  const select = useWindow((state) => state.selectEntry);
  const [first, setFirst] = useState(() => firstChoice(view));
  if (first === null && view.entries.length > 0) setFirst(firstChoice(view));
  const byId = (id: string | null) => view.entries.find((entry) => entry.id === id) ?? null;
  return { entry: byId(chosen) ?? byId(first) ?? view.entries[0] ?? null, select };
}

/** Typing goes on while thousands of entries are searched. */
function useRows(entries: readonly HistoryEntry[], query: TimelineQuery) {
  const rested = useDeferredValue(query);
  const [textOf] = useState(keptTexts);
  const today = new Date(useNow()).setHours(0, 0, 0, 0);
  const rows = useMemo(
    () => timelineRows(shownEntries(entries, rested, textOf), today),
    [entries, rested, today, textOf],
  );
  return { rows, rested };
}

function WaitingForOther({ entry, onEnd }: { entry: HistoryEntry; onEnd: () => void }) {
  return (
    <p role="status" className="flex shrink-0 items-center gap-2 rounded-md bg-accent-soft px-3 py-1">
      <span className="min-w-0 flex-1">
        Tick another entry to compare with: {entryTitle(entry)}
        {entry.version !== null && entry.kind !== 'version' && ` of ${entry.version}`}.
      </span>
      <Button size="sm" onClick={onEnd}>
        Cancel
      </Button>
    </p>
  );
}

function NothingFits({ view, onAll }: { view: HistoryView; onAll: () => void }) {
  if (view.entries.length === 0)
    return (
      <div className="flex min-h-0 flex-1 rounded-lg bg-panel">
        <EmptyState title="Its history begins with its first change">
          <p>
            Flowdeck backs the file up before each run, wipe, repair and restore. You can also back it up now.
          </p>
        </EmptyState>
      </div>
    );
  return (
    <div className="flex min-h-0 flex-1 rounded-lg bg-panel">
      <EmptyState title="No entry fits" action={<Button onClick={onAll}>Show all</Button>} />
    </div>
  );
}
