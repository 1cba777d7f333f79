import { Eraser } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { fileName } from '../../components/format.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Money } from '../../components/money.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { notifyDone, notifyUndo } from '../../components/toaster.tsx';
import { usePlan, useWipe } from '../../wire/queries.ts';
import { useOfferVersion } from '../versions/use-offer-version.ts';
import { failureCard } from './failure-card.ts';
import { plainOptions } from './plan-panel.tsx';
import { useUndoBackup } from './undo-backup.ts';
import { nodesWords, sumOf, type WipeScene, wipeBackupName, wipedWords, wipeScenes } from './wipe-words.ts';

type WipeDialogProps = { path: string; onClose: () => void };

type Which = 'all' | 'scenes';

/** Clears cached output, of all scenes or of some. Says what it backs up first, and gives the way back after. */
export function WipeDialog({ path, onClose }: WipeDialogProps) {
  const plan = usePlan(path, { ...plainOptions, mode: 'clean' });
  const [which, setWhich] = useState<Which>('all');
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [openedAt] = useState(() => new Date());
  const wipe = useWipe();
  const undo = useUndoBackup(path, 'the wipe');
  const offerVersion = useOfferVersion(path);
  const name = fileName(path).replace(/\.nbflow$/i, '');
  const scenes = plan.data ? wipeScenes(plan.data) : [];
  const wanted = scenes.filter(({ scene }) => which === 'all' || chosen.has(scene));
  const sum = sumOf(wanted);
  const nodes = sum.images + sum.videos;

  const start = () =>
    wipe.mutate(which === 'all' ? { path } : { path, scenes: wanted.map(({ scene }) => scene) }, {
      onSuccess: (result) => {
        const { backup } = result;
        if (backup === null) notifyDone(wipedWords(result));
        else void offerVersion().then((next) => notifyUndo(wipedWords(result), () => undo(backup.id), next));
        onClose();
      },
    });

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Wipe the cache of ${name}`}
      description="Takes its output out of the workflow: the next run makes it again. Prompts, references and picks stay, and so do the files in Assets/."
      footer={
        <>
          <p role="status" className="min-w-0 flex-1">
            {nodes > 0 && (
              <>
                {nodesWords(sum)}. Making them again costs <Money usd={sum.costUSD} estimate />.
              </>
            )}
          </p>
          <Button onClick={onClose}>{wipe.isPending ? 'Close' : 'Cancel'}</Button>
          <Button
            variant="danger"
            icon={<Eraser aria-hidden />}
            busy={wipe.isPending}
            disabled={nodes === 0}
            onClick={start}
          >
            Wipe {nodes > 0 ? nodes : 'nothing'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {wipe.error && <ErrorCard {...failureCard(wipe.error.failure)} />}
        <p>
          First the file is backed up as{' '}
          <span className="break-all font-mono text-xs">backups/{wipeBackupName(path, openedAt)}</span>.
        </p>
        <Loaded query={plan} waiting="Looking what there is">
          {() =>
            scenes.length === 0 ? (
              <p>There is no output in this workflow.</p>
            ) : (
              <>
                <Segmented
                  label="What to wipe"
                  value={which}
                  onValueChange={setWhich}
                  options={[
                    { value: 'all', label: 'The whole workflow' },
                    { value: 'scenes', label: 'Some scenes' },
                  ]}
                />
                {which === 'scenes' && <Scenes scenes={scenes} chosen={chosen} onChange={setChosen} />}
              </>
            )
          }
        </Loaded>
        <p className="text-muted">
          Wipe when a reference, the model or the addresses behind the output are no longer right. For other
          pictures of a scene re-roll it; an edited prompt is made again by itself.
        </p>
      </div>
    </Dialog>
  );
}

type ScenesProps = {
  scenes: readonly WipeScene[];
  chosen: ReadonlySet<number>;
  onChange: (chosen: ReadonlySet<number>) => void;
};

function Scenes({ scenes, chosen, onChange }: ScenesProps) {
  return (
    <fieldset className="flex flex-col">
      <legend className="sr-only">Scenes to wipe</legend>
      {scenes.map(({ scene, images, videos }) => (
        <label key={scene} className="flex min-h-7 cursor-pointer items-center gap-2">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={chosen.has(scene)}
            onChange={(event) => {
              const next = new Set(chosen);
              if (event.target.checked) next.add(scene);
              else next.delete(scene);
              onChange(next);
            }}
          />
          <span className="w-20">Scene {scene}</span>
          <span className="text-muted">{nodesWords({ images, videos })}</span>
        </label>
      ))}
    </fieldset>
  );
}
