import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useJournal } from '../../wire/queries.ts';
import { journalWord } from './run-words.ts';

/** Every request that was made for a node in this run, opened on demand. */
export function NodeJournal({ runId, node }: { runId: string; node: RunNodeView }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-sm font-semibold leading-6">Journal</summary>
      {open && <Entries runId={runId} node={node} />}
    </details>
  );
}

function Entries({ runId, node }: { runId: string; node: RunNodeView }) {
  const { nodeId } = node;
  const journal = useJournal(runId, nodeId);
  const cache = useQueryClient();
  // Each change of the node may be a step in the journal.
  useEffect(() => {
    if (node) void cache.invalidateQueries({ queryKey: ['journal', runId, nodeId] });
  }, [cache, runId, nodeId, node]);

  return (
    <Loaded query={journal} waiting="Reading the journal">
      {(entries) =>
        entries.length === 0 ? (
          <p className="text-muted">Nothing was asked of G-Labs for this node in this run.</p>
        ) : (
          <Table caption="Requests of this node" className="text-xs">
            <thead>
              <tr>
                <Th>Candidate</Th>
                <Th numeric>Attempt</Th>
                <Th>State</Th>
                <Th>When</Th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={`${entry.row}.${entry.candidate}.${entry.attempt}.${entry.at}`}>
                  <Td className="whitespace-nowrap py-1 align-top">
                    {node.rows > 1 && `row ${entry.row}, `}
                    {entry.candidate}
                  </Td>
                  <Td numeric className="py-1 align-top">
                    {entry.attempt}
                  </Td>
                  <Td className="break-words py-1 align-top">
                    {journalWord(entry.state)}
                    {entry.message && <span className="block text-muted">{entry.message}</span>}
                    {entry.taskId && (
                      <span className="block break-all font-mono text-muted">{entry.taskId}</span>
                    )}
                  </Td>
                  <Td className="whitespace-nowrap py-1 align-top text-muted">
                    <RelativeTime at={entry.at} />
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )
      }
    </Loaded>
  );
}
