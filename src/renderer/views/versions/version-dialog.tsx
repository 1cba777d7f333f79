import { useState } from 'react';
import type { BumpAdvice } from '../../../shared/history.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { useVersionDialog, type VersionStep } from '../../state/version-dialog.ts';
import { useBump, useBumpAdvice, useGraduate } from '../../wire/queries.ts';
import { failureCard } from '../workflows/failure-card.ts';
import { useVersionMade } from './use-make-version.ts';
import { approvalBar, firstNote, stepsOf, targetOf, workflowName } from './version-words.ts';

/** Makes the next version of a workflow, or the approved one; opened from anywhere. Once in the window. */
export function VersionDialog() {
  const asked = useVersionDialog((state) => state.asked);
  const close = useVersionDialog((state) => state.close);
  const made = useVersionMade();
  if (asked === null) return null;
  return <Making key={`${asked.step} ${asked.path}`} {...asked} onClose={close} onMade={made} />;
}

type MakingProps = {
  path: string;
  step: VersionStep;
  onClose: () => void;
  onMade: ReturnType<typeof useVersionMade>;
};

function Making({ path, step, onClose, onMade }: MakingProps) {
  const advice = useBumpAdvice(path);
  const [typed, setTyped] = useState<string | null>(null);
  const bump = useBump();
  const graduate = useGraduate();
  const act = step === 'bump' ? bump : graduate;
  const name = workflowName(path);
  const to = advice.data ? targetOf(advice.data, step) : null;
  const note = typed ?? (advice.data ? firstNote(advice.data) : '');
  const start = () => {
    act
      .mutateAsync({ path, note: note.trim() })
      .then((made) => {
        onMade(path, made);
        onClose();
      })
      // Shown in the dialog, with what was entered still there.
      .catch(() => undefined);
  };
  const verb = step === 'bump' ? 'Make' : 'Approve as';
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={step === 'bump' ? `Next version of ${name}` : `Approve ${name}`}
      description={
        step === 'bump'
          ? 'A bump keeps what was made apart from what comes now.'
          : 'Graduation is a person’s decision: Flowdeck never makes it by itself.'
      }
      footer={
        <>
          <p className="min-w-0 flex-1 text-muted">{to !== null && 'It can be undone.'}</p>
          <Button onClick={onClose}>{act.isPending ? 'Close' : 'Cancel'}</Button>
          <Button variant="primary" busy={act.isPending} disabled={to === null} onClick={start}>
            {to === null ? verb : `${verb} ${to}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {act.error && <ErrorCard {...failureCard(act.error.failure)} />}
        <Loaded query={advice} waiting="Looking at the file">
          {(known) => <Offer path={path} step={step} advice={known} to={to} />}
        </Loaded>
        {to !== null && (
          <TextArea
            label="Note"
            hint="What is other in this version, and why. It goes into the history, the registry and the tracker."
            value={note}
            maxLength={2000}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </div>
    </Dialog>
  );
}

type OfferProps = { path: string; step: VersionStep; advice: BumpAdvice | null; to: string | null };

/** From what to what, and what will be done; or why it cannot be. */
function Offer({ path, step, advice, to }: OfferProps) {
  if (advice === null) {
    return (
      <ErrorCard
        past
        what={`${workflowName(path)} names no version that another could follow.`}
        cure="Name the file {code}-{version}.nbflow: V0-1 under test, V1 approved, V1-1 a variant, V2-0-1 a large one under test."
      />
    );
  }
  if (to === null) return <p>{advice.from} is approved already.</p>;
  return (
    <>
      <p className="font-semibold text-lg">
        {advice.from} <span aria-hidden>→</span>
        <span className="sr-only">becomes</span> {to}
      </p>
      {step === 'graduate' && (
        <section aria-labelledby="approval-bar" className="flex flex-col gap-1">
          <h3 id="approval-bar" className="font-medium">
            What it has to show before that
          </h3>
          <ul className="list-disc pl-5">
            {approvalBar.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p className="text-muted">None of this is checked here.</p>
        </section>
      )}
      <section aria-labelledby="version-steps" className="flex flex-col gap-1">
        <h3 id="version-steps" className="font-medium">
          What will be done
        </h3>
        <ul className="list-disc break-words pl-5">
          {stepsOf(path, advice.from, to, step).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </>
  );
}
