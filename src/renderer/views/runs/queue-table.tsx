import { useRef } from 'react';
import type { QueueEntry } from '../../../shared/queue.ts';
import { Table, Th } from '../../components/data-table.tsx';
import { QueueRow } from './queue-row.tsx';
import { useQueueEdits } from './use-queue-edits.ts';

type QueueTableProps = {
  entries: readonly QueueEntry[];
  /** Hears in words what was done, for a screen reader. */
  onSaid: (words: string) => void;
};

/** The entries of the queue, a line each. */
export function QueueTable({ entries, onSaid }: QueueTableProps) {
  const table = useRef<HTMLTableElement>(null);
  const edits = useQueueEdits(entries, table, onSaid);
  return (
    <Table ref={table} caption="Queue, in the order the runs will start">
      <thead>
        <tr>
          <Th numeric className="w-10">
            Place
          </Th>
          <Th>Workflow</Th>
          <Th>State</Th>
          <Th>Mode</Th>
          <Th>To generate</Th>
          <Th numeric>Estimate</Th>
          <Th>Added</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry, at) => (
          <QueueRow key={entry.id} entry={entry} at={at} of={entries.length} edits={edits} />
        ))}
      </tbody>
    </Table>
  );
}
