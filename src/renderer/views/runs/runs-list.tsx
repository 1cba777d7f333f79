import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RunsTable } from '../../components/runs-table.tsx';
import { Screen } from '../../components/screen.tsx';
import { useWindow } from '../../state/window.ts';
import { useQueue, useRuns } from '../../wire/queries.ts';
import { QueueCard } from './queue-card.tsx';

/** What waits its turn, and all runs, newest first. */
export function RunsList() {
  const runs = useRuns();
  const queue = useQueue().data;
  const go = useWindow((state) => state.go);
  const isNew = runs.data?.runs.length === 0 && queue?.entries.length === 0;
  return (
    <Screen title="Runs">
      {queue && !isNew && <QueueCard queue={queue} />}
      <Loaded query={runs} waiting="Reading the runs">
        {(view) =>
          view.runs.length > 0 ? (
            <RunsTable runs={view.runs} />
          ) : (
            <EmptyState
              title="Runs will be here"
              action={<Button onClick={() => go('workflows')}>Choose a workflow</Button>}
            >
              <p>
                Each run with its state, its pictures and clips, and what it cost. To begin one, choose a
                workflow and press Run. While it goes on, further ones wait in the queue for their turn.
              </p>
            </EmptyState>
          )
        }
      </Loaded>
    </Screen>
  );
}
