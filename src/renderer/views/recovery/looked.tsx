import { RefreshCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Diagnosis, RecoveryEntry } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted } from '../../components/format.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { useNow } from '../../state/clock.tsx';
import type { useDiagnosis } from '../../wire/queries.ts';
import { useWorkflows } from '../../wire/queries.ts';

type LookedProps = {
  entry: RecoveryEntry;
  diagnosis: ReturnType<typeof useDiagnosis>;
  children: (diagnosis: Diagnosis) => ReactNode;
};

/** What the diagnosis found; while it looks, what it looks at. */
export function Looked({ entry, diagnosis, children }: LookedProps) {
  if (diagnosis.data !== undefined) {
    return (
      <>
        <p role="status" className="sr-only">
          {diagnosis.isFetching ? 'Looking again.' : diagnosis.data.headline}
        </p>
        {diagnosis.error && !diagnosis.isFetching && <Refused error={diagnosis.error} />}
        {children(diagnosis.data)}
      </>
    );
  }
  if (diagnosis.error && !diagnosis.isFetching) return <Refused error={diagnosis.error} />;
  return <Looking path={entry.path} />;
}

function Refused({ error }: { error: NonNullable<LookedProps['diagnosis']['error']> }) {
  const { message, where, cure } = error.failure;
  return <ErrorCard what={message} why={where} cure={cure} className="shrink-0" />;
}

/** Everything is looked at side by side, so there is no order to show: only what, and for how long. */
function Looking({ path }: { path: string }) {
  const now = useNow();
  const [since] = useState(now);
  const known = useWorkflows().data?.workflows.find((workflow) => workflow.path === path);
  const outputs = known === undefined ? 0 : known.cached + known.stale;
  const seconds = Math.floor((now - since) / 1000);
  return (
    <div className="flex flex-col gap-2">
      <p role="status">
        <StateMark mark="working" word="Looking at what is there." className="font-medium" />
      </p>
      <ul className="list-disc pl-9 text-muted">
        <li>the workflow file, its backups and its newest generated workflow</li>
        <li>what the journal says of every request</li>
        <li>the files in Assets/ and the objects in the store</li>
        {outputs > 0 && (
          <li>whether the outputs of {counted(outputs, 'node')} still answer at their addresses</li>
        )}
        <li>G-Labs and the tunnel</li>
      </ul>
      <p className="pl-5 text-muted">
        {seconds > 0 && `${seconds} s so far. `}Usually this takes a few seconds; what does not answer in time
        is left out and named.
      </p>
    </div>
  );
}

/** Asks for the diagnosis anew. */
export function LookAgain({ diagnosis }: { diagnosis: ReturnType<typeof useDiagnosis> }) {
  return (
    <Button
      icon={<RefreshCw aria-hidden />}
      busy={diagnosis.isFetching}
      onClick={() => void diagnosis.refetch()}
    >
      {diagnosis.isFetching ? 'Looking' : 'Look again'}
    </Button>
  );
}
