import type { RunSummary } from '../../shared/run-view.ts';
import { useWindow } from '../state/window.ts';
import { Table, Td, Th } from './data-table.tsx';
import { duration } from './format.ts';
import { runMark } from './marks.ts';
import { Money } from './money.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { RelativeTime } from './relative-time.tsx';
import { StateMark } from './state-mark.tsx';

type RunsTableProps = {
  runs: readonly RunSummary[];
  /** Fewer columns, for a narrow place. */
  compact?: boolean;
};

/** Runs in a table, newest first. A click anywhere on a line opens its run; for the keyboard, its name is a button. */
export function RunsTable({ runs, compact = false }: RunsTableProps) {
  return (
    <Table caption="Runs, newest first">
      <thead>
        <tr>
          <Th>Workflow</Th>
          <Th>State</Th>
          <Th>Started</Th>
          {!compact && (
            <>
              <Th numeric>Took</Th>
              <Th>Candidates</Th>
            </>
          )}
          <Th numeric>Generated</Th>
          {!compact && <Th numeric>Cached</Th>}
          <Th numeric>Failed</Th>
          <Th numeric>Cost</Th>
          {!compact && <Th numeric>Cache saved</Th>}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.runId} className="relative hover:bg-hover">
            <Td className="max-w-60">
              <RunName run={run} />
            </Td>
            <Td>
              <StateMark {...runMark(run.status)} />
            </Td>
            <Td className="whitespace-nowrap text-muted">
              <RelativeTime at={run.startedAt} className="relative" />
            </Td>
            {!compact && (
              <>
                <Td numeric className="text-muted">
                  {run.finishedAt === null
                    ? '–'
                    : duration((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000)}
                </Td>
                <Td>
                  <Progress run={run} />
                </Td>
              </>
            )}
            <Td numeric>{run.counts.generated}</Td>
            {!compact && <Td numeric>{run.counts.cached}</Td>}
            <Td numeric className={run.counts.failed > 0 ? 'text-bad' : undefined}>
              {run.counts.failed}
            </Td>
            <Td numeric>
              {run.demo ? <span className="text-muted">demo</span> : <Money usd={run.costUSD} />}
            </Td>
            {!compact && (
              <Td numeric className="text-muted">
                {run.savedUSD > 0 ? <Money usd={run.savedUSD} /> : '–'}
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Its area is that of the whole line. */
function RunName({ run }: { run: RunSummary }) {
  const openRun = useWindow((state) => state.openRun);
  return (
    <button
      type="button"
      onClick={() => openRun(run.runId)}
      className="h-6 max-w-full truncate rounded-sm text-accent-text after:absolute after:inset-0 hover:underline"
    >
      {run.name}
    </button>
  );
}

function Progress({ run }: { run: RunSummary }) {
  if (run.total === 0) return <span className="text-muted">nothing to make</span>;
  return (
    <span className="flex items-center gap-2">
      <ProgressBar label={`Progress of ${run.name}`} done={run.done} total={run.total} className="w-20" />
      <span className="text-muted">
        {run.done}/{run.total}
      </span>
    </span>
  );
}
