import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted } from '../../components/format.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { isVerifying, useVerification, verificationWords } from '../../state/verification.ts';
import { failureCard } from '../workflows/failure-card.ts';
import { entryTitle, spaceWords } from './history-words.ts';

/** How the lineage stands: its live file, what its backups take up, what is odd. */
export function LineageHead({ view }: { view: HistoryView }) {
  const { live, space, total, entries, problems } = view;
  const [first, ...others] = problems;
  return (
    <div className="-mt-2 flex shrink-0 flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-4 text-muted">
        {live === null ? (
          <StateMark mark="needs-you" word="Its file is not there" />
        ) : (
          <span>{live.version === null ? 'Its file is there' : `${live.version} is the file now`}</span>
        )}
        <span>{spaceWords(space)}</span>
        <span role="status">
          {entries.length < total
            ? `${entries.length} of ${counted(total, 'entry', 'entries')}`
            : counted(total, 'entry', 'entries')}
        </span>
      </p>
      {first !== undefined && (
        <div className="flex items-start gap-2">
          <StateMark mark="needs-you" word="odd" hideWord className="mt-1" />
          <details className="min-w-0 flex-1" open={others.length === 0}>
            <summary
              className={others.length === 0 ? 'pointer-events-none list-none break-words' : 'break-words'}
            >
              {first}
              {others.length > 0 && <span className="text-muted"> And {others.length} more.</span>}
            </summary>
            <ul className="max-h-30 overflow-y-auto">
              {others.map((problem) => (
                <li key={problem} className="break-words">
                  {problem}
                </li>
              ))}
            </ul>
          </details>
        </div>
      )}
    </div>
  );
}

type VerificationLineProps = {
  path: string;
  entries: readonly HistoryEntry[];
  onShow: (id: string) => void;
};

/** The verification of this workflow: how far it is, what it found, and the way to that. */
export function VerificationLine({ path, entries, onShow }: VerificationLineProps) {
  const { current, stop, forget } = useVerification();
  if (current === null || current.path !== path) return null;
  const { total, checked, found, error } = current;
  const goesOn = isVerifying(current);
  const lost = found.filter(({ repaired }) => !repaired).length;
  if (error !== null)
    return (
      <ErrorCard
        {...failureCard(error.failure)}
        action={
          <Button size="sm" onClick={forget}>
            Close
          </Button>
        }
        className="shrink-0"
      />
    );
  return (
    <section aria-label="Verification" className="flex shrink-0 flex-col gap-1 rounded-lg bg-panel px-3 py-2">
      <div className="flex items-center gap-3">
        {!goesOn && <StateMark mark={lost > 0 ? 'failed' : 'done'} word="ended" hideWord />}
        {/* Each number would be read out: the end alone is. */}
        <p role={goesOn ? undefined : 'status'} className={goesOn ? 'w-40' : 'min-w-0 flex-1'}>
          {verificationWords(current)}
        </p>
        {goesOn && <ProgressBar label="Verification" done={checked} total={total ?? 1} className="flex-1" />}
        <Button size="sm" onClick={goesOn ? stop : forget}>
          {goesOn ? 'Cancel' : 'Close'}
        </Button>
      </div>
      {found.length > 0 && (
        <ul className="flex max-h-30 flex-col gap-1 overflow-y-auto">
          {found.map(({ id, problem, repaired }) => {
            const entry = entries.find((each) => each.id === id);
            return (
              <li key={id} className="flex items-start gap-3">
                <StateMark
                  mark={repaired ? 'done' : 'failed'}
                  word={repaired ? 'repaired' : 'damaged'}
                  className="shrink-0"
                />
                <span className="min-w-0 flex-1 break-words">
                  {entry ? entryTitle(entry) : id}: {problem}
                </span>
                {entry && (
                  <Button size="sm" variant="ghost" onClick={() => onShow(id)}>
                    Show
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
