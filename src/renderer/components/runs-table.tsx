import type { RunSummary } from '../../shared/run-view.ts';
import { useWindow } from '../state/window.ts';
import { Table, Td, Th } from './data-table.tsx';
import { runMark } from './marks.ts';
import { Money } from './money.tsx';
import { RelativeTime } from './relative-time.tsx';
import { StateMark } from './state-mark.tsx';

type RunsTableProps = {
  runs: readonly RunSummary[];
  /** Fewer columns, for a narrow place. */
  compact?: boolean;
};

/** Runs in a table, newest first; the name opens the run. */
export function RunsTable({ runs, compact = false }: RunsTableProps) {
  const openRun = useWindow((state) => state.openRun);
  return (
    <Table caption="Runs, newest first">
      <thead>
        <tr>
          <Th>Workflow</Th>
          <Th>State</Th>
          <Th>Started</Th>
          <Th numeric>Generated</Th>
          {!compact && <Th numeric>Cached</Th>}
          <Th numeric>Failed</Th>
          <Th numeric>Cost</Th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.runId} className="hover:bg-hover">
            <Td className="max-w-60">
              <button
                type="button"
                onClick={() => openRun(run.runId)}
                className="h-6 max-w-full truncate rounded-sm text-accent-text hover:underline"
              >
                {run.name}
              </button>
            </Td>
            <Td>
              <StateMark {...runMark(run.status)} />
            </Td>
            <Td className="whitespace-nowrap text-muted">
              <RelativeTime at={run.startedAt} />
            </Td>
            <Td numeric>{run.counts.generated}</Td>
            {!compact && <Td numeric>{run.counts.cached}</Td>}
            <Td numeric className={run.counts.failed > 0 ? 'text-bad' : undefined}>
              {run.counts.failed}
            </Td>
            <Td numeric>
              {run.demo ? <span className="text-muted">demo</span> : <Money usd={run.costUSD} />}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
