import type { RecoveryEntry } from '../../../shared/recovery.ts';
import { cx } from '../../components/cx.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { causeWord } from '../../state/recovery.ts';
import { useWindow } from '../../state/window.ts';
import { stepTitles } from './recovery-words.ts';
import { shownStep, wizardSteps } from './wizard-steps.ts';

type RecoveryListProps = {
  entries: readonly RecoveryEntry[];
  /** Path of the workflow that is shown. */
  selected: string;
};

/** Interrupted runs and recoveries that were begun: whose, why, when, and where one is with it. */
export function RecoveryList({ entries, selected }: RecoveryListProps) {
  const open = useWindow((state) => state.openRecovery);
  return (
    <nav aria-label="Recoveries" className="min-h-0 overflow-y-auto">
      <ul className="flex flex-col gap-1">
        {entries.map((entry) => (
          <li key={entry.path}>
            <button
              type="button"
              aria-current={entry.path === selected ? 'true' : undefined}
              title={entry.path}
              onClick={() => open(entry.path)}
              className={cx(
                '-outline-offset-2 flex w-full flex-col gap-0.5 rounded-md px-3 py-2 text-left hover:bg-hover',
                entry.path === selected && 'bg-accent-soft hover:bg-accent-soft',
              )}
            >
              <span className="w-full truncate font-medium">{entry.name}</span>
              <Standing entry={entry} />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Standing({ entry: { runId, cause, interruptedAt, step } }: { entry: RecoveryEntry }) {
  const place = shownStep({ step });
  const isOver = step === 'over' || step === 'after-care';
  return (
    <>
      <span className="flex w-full min-w-0 flex-wrap items-center gap-x-2 text-xs">
        <StateMark
          mark={isOver ? 'done' : runId === null ? 'waiting' : 'needs-you'}
          word={cause === null ? (runId === null ? 'looked at' : 'interrupted') : causeWord(cause.kind)}
        />
        {interruptedAt !== null && <RelativeTime at={interruptedAt} className="text-muted" />}
      </span>
      <span className="text-muted text-xs">
        Step {wizardSteps.indexOf(place) + 1} of {wizardSteps.length}: {stepTitles[place]}
      </span>
    </>
  );
}
