import { memo } from 'react';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { counted } from '../../components/format.ts';
import type { Mark } from '../../components/marks.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { StandingBar } from './standing-bar.tsx';
import { lastRunMark, sizeWords } from './workflow-words.ts';

/** What the list says of a workflow: two lines where there is room, three where there is not. */
export const WorkflowRow = memo(function WorkflowRow({ workflow }: { workflow: WorkflowSummary }) {
  const { name, unreadable } = workflow;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 @lg:grid-cols-[minmax(0,1fr)_15rem] @lg:gap-y-0.5">
      <p className="truncate font-medium" title={name}>
        {name}
      </p>
      <LastRun workflow={workflow} />
      {unreadable === null ? (
        <>
          <Facts workflow={workflow} />
          <StandingBar
            standing={workflow}
            className="col-span-2 @lg:col-span-1 @lg:col-start-2 @lg:row-start-2"
          />
        </>
      ) : (
        <p className="col-span-2 truncate text-bad text-xs leading-5" title={unreadable}>
          {unreadable}
        </p>
      )}
    </div>
  );
});

function Facts({ workflow }: { workflow: WorkflowSummary }) {
  const { version, errors, warnings } = workflow;
  return (
    <p className="col-span-2 flex min-w-0 items-center gap-3 text-muted text-xs leading-5 @lg:col-span-1">
      <span className="truncate">
        {version && `${version} · `}
        {sizeWords(workflow)}
      </span>
      {errors > 0 && <Findings mark="failed" count={errors} word={counted(errors, 'error')} />}
      {warnings > 0 && <Findings mark="needs-you" count={warnings} word={counted(warnings, 'warning')} />}
    </p>
  );
}

/** The number alone, since there is no room for more; the word is in its name and on hover. */
function Findings({ mark, count, word }: { mark: Mark; count: number; word: string }) {
  return (
    <span className="flex shrink-0 items-center gap-1">
      <StateMark mark={mark} word={word} hideWord />
      <span aria-hidden>{count}</span>
    </span>
  );
}

function LastRun({ workflow: { lastRun, unreadable } }: { workflow: WorkflowSummary }) {
  if (unreadable !== null)
    return <StateMark mark="failed" word="unreadable" className="justify-self-start text-xs leading-5" />;
  if (lastRun === null) return <span className="text-muted text-xs leading-5">never run</span>;
  return (
    <span className="flex min-w-0 items-center gap-2 text-xs leading-5">
      <StateMark {...lastRunMark(lastRun.status)} />
      <RelativeTime at={lastRun.at} className="whitespace-nowrap text-muted" />
    </span>
  );
}
