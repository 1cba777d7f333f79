import { RefreshCw, RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { HistoryEntry, HistoryView, RestorePreview } from '../../../shared/history.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { exactTime, fileName } from '../../components/format.ts';
import { Select } from '../../components/select.tsx';
import { notifyDone, notifyUndo } from '../../components/toaster.tsx';
import { isUnderWay } from '../../state/now-what.ts';
import { useWindow } from '../../state/window.ts';
import { useRestoreEntry, useRestorePreview, useRuns, useWorkflows } from '../../wire/queries.ts';
import { failureCard } from '../workflows/failure-card.ts';
import { entryTitle } from './history-words.ts';
import { nameOf } from './lineages.ts';
import { RestoreForm } from './restore-form.tsx';
import { freeCopy, refusal, restoreSteps, restoreTargets } from './restore-words.ts';
import type { EntryActs } from './use-entry-acts.ts';

type RestoreDialogProps = { entry: HistoryEntry; view: HistoryView; acts: EntryActs; onClose: () => void };

/** Puts an entry back. Says what it will do, what it backs up first, and gives the way back after. */
export function RestoreDialog({ entry, view, acts, onClose }: RestoreDialogProps) {
  const targets = restoreTargets(view, entry);
  const [chosen, setChosen] = useState<string | null>(null);
  const target = chosen ?? targets[0] ?? view.path;
  const [openedFor] = useState(view.live?.sha256 ?? null);
  const asked = useRestorePreview(target, entry.id, openedFor);
  // What the details were told a while ago may be true no more: nothing is promised before it was looked at anew.
  const preview = { ...asked, data: asked.isFetchedAfterMount ? asked.data : undefined };
  const restoreButton = useFocusOnce(preview.data !== undefined);
  const known = useWorkflows().data?.workflows ?? [];
  const [wipe, setWipe] = useState<boolean | null>(null);
  const [isCopy, setCopy] = useState<boolean | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const restore = useRestoreEntry();
  const free = freeCopy(
    target,
    known.map(({ path }) => path),
  );
  // What a person has not chosen is as it is suggested: also when the preview comes later.
  const choice = {
    wipe: (wipe ?? preview.data?.wipeSuggested ?? false) && preview.data?.unreadable == null,
    target,
    copyTo: (isCopy ?? preview.data?.identical ?? false) ? (typed ?? free) : null,
  };
  const no = preview.data ? refusal(preview.data, choice) : null;

  const start = (seen: RestorePreview) =>
    restore.mutate(
      {
        path: target,
        entry: entry.id,
        wipeCache: choice.wipe,
        to: choice.copyTo?.trim() ?? null,
        seen: seen.live?.sha256 ?? null,
      },
      {
        onSuccess: ({ path, undoBackupId, problem }) => {
          const output = choice.wipe ? ', its cache wiped' : '';
          if (choice.copyTo !== null) notifyDone(`Written as ${fileName(path)}${output}.`);
          else if (undoBackupId === null) notifyDone(`${nameOf(path)} is there again${output}.`);
          else
            notifyUndo(
              [`${nameOf(path)} is as in the ${entryTitle(entry).toLowerCase()}${output}.`, problem ?? '']
                .join(' ')
                .trim(),
              () => acts.undo(path, undoBackupId, 'the restore'),
            );
          onClose();
        },
      },
    );
  const lookAgain = () => {
    restore.reset();
    void preview.refetch();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Restore ${entry.name}`}
      description={`${entryTitle(entry)}, ${exactTime(entry.at)}`}
      footer={
        <>
          <p role="status" className="min-w-0 flex-1 text-muted">
            {preview.data?.problem === null && no}
          </p>
          <Button onClick={onClose}>{restore.isPending ? 'Close' : 'Cancel'}</Button>
          <Button
            variant="primary"
            icon={<RotateCcw aria-hidden />}
            ref={restoreButton}
            busy={restore.isPending}
            disabled={preview.data === undefined || preview.isFetching || no !== null}
            onClick={() => preview.data && start(preview.data)}
          >
            {choice.copyTo === null ? 'Restore' : 'Write the copy'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {restore.error && (
          <ErrorCard
            {...failureCard(restore.error.failure)}
            actions={<WaysOn target={target} onLookAgain={lookAgain} busy={preview.isFetching} />}
          />
        )}
        {preview.error && !preview.data && (
          <ErrorCard
            {...failureCard(preview.error.failure)}
            actions={
              <Button size="sm" busy={preview.isFetching} onClick={lookAgain}>
                Look again
              </Button>
            }
          />
        )}
        {targets.length > 1 && (
          <Select
            label="In place of"
            value={target}
            onValueChange={setChosen}
            options={targets.map((path) => ({ value: path, label: fileName(path) }))}
          />
        )}
        {!preview.data && !preview.error && (
          <p role="status" className="text-muted">
            Looking what would change…
          </p>
        )}
        {preview.data?.problem != null && (
          <ErrorCard
            what="This cannot be restored."
            why={preview.data.problem}
            cure="Choose another entry. The file stays as it is."
          />
        )}
        {preview.data?.problem === null && (
          <>
            <RestoreForm
              preview={preview.data}
              choice={choice}
              onWipe={setWipe}
              onCopy={setCopy}
              copyTo={typed ?? free}
              onCopyTo={setTyped}
            />
            <section aria-label="What will happen" className="rounded-md bg-sunken px-3 py-2">
              <h3 className="font-medium">What will happen</h3>
              <ol className="mt-1 flex list-decimal flex-col gap-1 pl-5">
                {restoreSteps(preview.data, choice).map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </section>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Who asked for a restore with a key goes on with Enter, unless they have begun to choose something else. */
function useFocusOnce(isReady: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  const done = useRef(false);
  useEffect(() => {
    if (!isReady || done.current) return;
    done.current = true;
    const footer = button.current?.parentElement;
    if (footer?.contains(document.activeElement)) button.current?.focus();
  }, [isReady]);
  return button;
}

/** After a refusal: look at what there is now, or go to the run that has the file. */
function WaysOn({ target, onLookAgain, busy }: { target: string; onLookAgain: () => void; busy: boolean }) {
  const run = useRuns().data?.runs.find((each) => each.workflow === target && isUnderWay(each));
  const openRun = useWindow((state) => state.openRun);
  return (
    <>
      <Button size="sm" icon={<RefreshCw aria-hidden />} busy={busy} onClick={onLookAgain}>
        Look again
      </Button>
      {run && (
        <Button size="sm" onClick={() => openRun(run.runId)}>
          Show the run
        </Button>
      )}
    </>
  );
}
