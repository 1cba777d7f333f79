import type { RecoveryEntry } from '../../../shared/recovery.ts';
import { cx } from '../../components/cx.ts';
import { runMark } from '../../components/marks.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { causeWord } from '../../state/recovery.ts';
import { useWindow } from '../../state/window.ts';
import { useRuns } from '../../wire/queries.ts';
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
    <nav
      aria-label="Recoveries"
      className={cx(
        'min-h-0 shrink-0 overflow-x-auto xl:w-68 xl:overflow-y-auto',
        // The wizard names it: a narrow window has no room to say it twice.
        entries.length === 1 && 'hidden xl:block',
      )}
    >
      <ul className="flex gap-1 xl:flex-col">
        {entries.map((entry) => (
          <li key={entry.path} className="w-56 shrink-0 xl:w-full">
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
              {sharesName(entry, entries) && (
                <span className="w-full truncate text-muted text-xs">{folderOf(entry.path)}</span>
              )}
              <Standing entry={entry} />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const sharesName = ({ name }: RecoveryEntry, entries: readonly RecoveryEntry[]): boolean =>
  entries.filter((entry) => entry.name === name).length > 1;

/** `xyz-wellness/testing`: enough to tell two of one name apart; the whole path is a hover away. */
const folderOf = (path: string): string => path.split(/[\\/]/).slice(-3, -1).join('/');

function Standing({ entry: { runId, cause, interruptedAt, step, appliedRunId } }: { entry: RecoveryEntry }) {
  const applied = useRuns().data?.runs.find((run) => run.runId === appliedRunId);
  const place = shownStep({ step });
  return (
    <>
      <span className="flex w-full min-w-0 flex-wrap items-center gap-x-2 text-xs">
        {applied ? (
          <StateMark {...runMark(applied.status)} />
        ) : (
          <StateMark
            {...(runId === null
              ? { mark: 'waiting', word: step === 'after-care' ? 'over' : 'looked at' }
              : { mark: 'needs-you', word: cause === null ? 'interrupted' : causeWord(cause.kind) })}
          />
        )}
        {interruptedAt !== null && <RelativeTime at={interruptedAt} className="text-muted" />}
      </span>
      <span className="truncate text-muted text-xs">
        Step {wizardSteps.indexOf(place) + 1} of {wizardSteps.length}: {stepTitles[place]}
      </span>
    </>
  );
}
