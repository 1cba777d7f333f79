import { Clapperboard, FileDiff, Pin, RotateCcw, Undo2 } from 'lucide-react';
import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Kbd } from '../../components/kbd.tsx';
import { Menu } from '../../components/menu.tsx';
import { useWindow } from '../../state/window.ts';
import { isRestorable, isTheFileNow } from './history-words.ts';
import { isComparable, oneBefore, type Pair, restoredPair, sideOf } from './selection.ts';
import type { EntryActs } from './use-entry-acts.ts';

export interface EntryActionsProps {
  entry: HistoryEntry;
  view: HistoryView;
  acts: EntryActs;
  /** Opens the dialog. */
  onRestore: (entry: HistoryEntry) => void;
  onCompare: (pair: Pair) => void;
  /** Ticks this one, so that a person chooses the other. */
  onTick: (id: string) => void;
  onSelect: (id: string) => void;
}

/** What can be done with an entry; the first is what one most likely came for. */
export function EntryActions(props: EntryActionsProps) {
  const { entry, acts, onRestore } = props;
  const { run, backup, workflow, path, pinned } = entry;
  const openRun = useWindow((state) => state.openRun);
  const { undo: undoId, isUndoable } = restoredPair(entry, props.view);
  return (
    <div className="flex flex-wrap gap-2">
      {isRestorable(entry) && (
        <Button
          variant={isTheFileNow(entry, props.view) ? 'secondary' : 'primary'}
          icon={<RotateCcw aria-hidden />}
          aria-keyshortcuts="r"
          onClick={() => onRestore(entry)}
        >
          Restore…
        </Button>
      )}
      {run !== null && (
        <Button icon={<Clapperboard aria-hidden />} onClick={() => openRun(entry.id)}>
          Show the run
        </Button>
      )}
      {undoId !== null && isUndoable && (
        <Button
          variant="primary"
          icon={<Undo2 aria-hidden />}
          busy={acts.isBusy}
          onClick={() => acts.undo(path ?? workflow, undoId, 'the restore')}
        >
          Undo the restore
        </Button>
      )}
      <Compare {...props} />
      {backup?.known === false && <Button onClick={() => acts.adopt(entry)}>Adopt</Button>}
      <Button
        icon={<Pin aria-hidden className={cx(pinned && 'fill-current')} />}
        aria-pressed={pinned}
        aria-keyshortcuts="p"
        onClick={() => acts.togglePin(entry)}
      >
        {pinned ? 'Pinned' : 'Pin'} <Kbd shortcut="p" />
      </Button>
    </div>
  );
}

function Compare({ entry, view, onCompare, onTick }: EntryActionsProps) {
  const { id, run, restore } = entry;
  if (run !== null) {
    const pair = {
      before: { of: 'run', runId: id, side: 'input' },
      after: { of: 'run', runId: id, side: 'output' },
    } as const;
    return (
      <Button icon={<FileDiff aria-hidden />} onClick={() => onCompare(pair)}>
        Compare input and output
      </Button>
    );
  }
  if (restore !== null) {
    const { undo, put } = restoredPair(entry, view);
    if (undo === null || put === null) return null;
    const pair = {
      before: { of: 'entry', id: undo },
      after: { of: 'entry', id: put },
    } as const;
    return (
      <Button icon={<FileDiff aria-hidden />} onClick={() => onCompare(pair)}>
        Compare before and after
      </Button>
    );
  }
  if (!isComparable(entry)) return null;
  const older = oneBefore(view.entries, id, view.live?.sha256 ?? null);
  const own = sideOf(entry);
  return (
    <Menu
      label={
        <>
          <FileDiff aria-hidden />
          Compare
        </>
      }
      items={[
        {
          label: 'With the file now',
          disabled: view.live === null || isTheFileNow(entry, view),
          onSelect: () => onCompare({ before: own, after: { of: 'file', path: view.path } }),
        },
        {
          label: 'With the one before',
          disabled: older === null,
          onSelect: () => older && onCompare({ before: sideOf(older), after: own }),
        },
        { label: 'With another one…', onSelect: () => onTick(id) },
      ]}
    />
  );
}
