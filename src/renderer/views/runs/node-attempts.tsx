import { useState } from 'react';
import type { AttemptView, RunNodeView } from '../../../shared/run-view.ts';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { duration } from '../../components/format.ts';
import type { Marked } from '../../components/marks.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';

const outcomes: Record<AttemptView['outcome'], Marked> = {
  working: { mark: 'working', word: 'under way' },
  done: { mark: 'done', word: 'done' },
  failed: { mark: 'failed', word: 'failed' },
  lost: { mark: 'failed', word: 'lost, may have been paid for' },
};

/** Every try at a candidate of the node in this run, the newest first; opened on demand. */
export function Attempts({ node }: { node: RunNodeView }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-sm font-semibold leading-6">
        Attempts ({node.attempts.length})
      </summary>
      {open && (
        <Table caption="Attempts of this node" className="text-xs">
          <thead>
            <tr>
              <Th>Candidate</Th>
              <Th numeric>Try</Th>
              <Th>Outcome</Th>
              <Th numeric>Took</Th>
              <Th>Began</Th>
            </tr>
          </thead>
          <tbody>
            {node.attempts.toReversed().map((attempt) => (
              <tr key={`${attempt.row}.${attempt.candidate}.${attempt.attempt}`}>
                <Td className="whitespace-nowrap py-1 align-top">
                  {node.rows > 1 && `row ${attempt.row}, `}
                  {attempt.candidate}
                </Td>
                <Td numeric className="py-1 align-top">
                  {attempt.attempt}
                </Td>
                <Td className="break-words py-1 align-top">
                  <StateMark {...outcomes[attempt.outcome]} />
                  {attempt.message && <span className="block text-muted">{attempt.message}</span>}
                </Td>
                <Td numeric className="py-1 align-top">
                  {took(attempt)}
                </Td>
                <Td className="whitespace-nowrap py-1 align-top text-muted">
                  <RelativeTime at={attempt.queuedAt} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </details>
  );
}

function took({ queuedAt, endedAt }: AttemptView): string {
  return endedAt === null ? '' : duration((Date.parse(endedAt) - Date.parse(queuedAt)) / 1000);
}
