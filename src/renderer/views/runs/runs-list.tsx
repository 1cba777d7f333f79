import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RunsTable } from '../../components/runs-table.tsx';
import { Screen } from '../../components/screen.tsx';
import { useWindow } from '../../state/window.ts';
import { useRuns } from '../../wire/queries.ts';

/** All runs, newest first. */
export function RunsList() {
  const runs = useRuns();
  const go = useWindow((state) => state.go);
  return (
    <Screen title="Runs">
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
                workflow and press Run.
              </p>
            </EmptyState>
          )
        }
      </Loaded>
    </Screen>
  );
}
