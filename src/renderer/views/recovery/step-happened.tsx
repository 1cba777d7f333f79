import { type Diagnosis, isStillRunning } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { useWindow } from '../../state/window.ts';
import { CheckLine } from './check-line.tsx';
import { FindingList } from './finding-list.tsx';
import { LookAgain, Looked } from './looked.tsx';
import { verdictLook } from './recovery-words.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import { useDismiss } from './use-dismiss.ts';
import { hasPlan } from './wizard-steps.ts';

/** Step 1: what became of the run, with the evidence. */
export function StepHappened({ entry, diagnosis, go, arrived }: StepProps) {
  const dismiss = useDismiss(entry);
  const openRun = useWindow((state) => state.openRun);
  const { data } = diagnosis;
  const goesOn = data && isStillRunning(data) ? data.run : null;
  return (
    <StepFrame
      step="happened"
      arrived={arrived}
      aside={<LookAgain diagnosis={diagnosis} />}
      buttons={
        <>
          {goesOn && (
            <Button variant="primary" onClick={() => openRun(goesOn.runId)}>
              Show the run
            </Button>
          )}
          {data && !goesOn && !hasPlan(data) && (
            <Button variant="primary" busy={dismiss.busy} onClick={dismiss.run}>
              Done
            </Button>
          )}
          {data && !goesOn && hasPlan(data) && (
            <Button variant="primary" onClick={() => go('have')}>
              Next: what we have
            </Button>
          )}
        </>
      }
    >
      <Looked entry={entry} diagnosis={diagnosis}>
        {(found) => <Happened diagnosis={found} />}
      </Looked>
    </StepFrame>
  );
}

function Happened({ diagnosis }: { diagnosis: Diagnosis }) {
  const { verdict, headline, findings } = diagnosis;
  const { mark, means } = verdictLook(verdict);
  return (
    <>
      <div className="rounded-md bg-sunken px-3 py-2">
        <p className="flex items-start gap-2">
          <StateMark {...mark} hideWord className="mt-1 shrink-0" />
          <span className="min-w-0 break-words font-medium">{headline}</span>
        </p>
        <p className="mt-1 max-w-180 pl-5 text-muted">{means}</p>
      </div>
      <HowItEnded diagnosis={diagnosis} />
      <FindingList findings={findings} />
      <CheckLine diagnosis={diagnosis} />
    </>
  );
}

function HowItEnded({ diagnosis: { run, cause, at } }: { diagnosis: Diagnosis }) {
  const openRun = useWindow((state) => state.openRun);
  return (
    <Facts>
      <Fact name="Run">
        {run === null ? (
          'none that Flowdeck knows: another tool made what is there'
        ) : (
          <span className="flex flex-wrap items-center gap-x-3">
            <span>
              began <RelativeTime at={run.startedAt} />
            </span>
            <button
              type="button"
              className="h-6 rounded-sm text-accent-text hover:underline"
              onClick={() => openRun(run.runId)}
            >
              Show its record
            </button>
          </span>
        )}
      </Fact>
      {run?.endedAt != null && (
        <Fact name="Last seen">
          <RelativeTime at={run.endedAt} />
        </Fact>
      )}
      {cause !== null && <Fact name="How it ended">{cause.message}</Fact>}
      <Fact name="Looked at">
        <RelativeTime at={at} />
      </Fact>
    </Facts>
  );
}
