import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Screen } from '../../components/screen.tsx';
import { useWindow } from '../../state/window.ts';

/** What will show versions and backups; honest about not being here yet. */
export function HistoryView() {
  const go = useWindow((state) => state.go);
  return (
    <Screen title="History">
      <EmptyState
        title="Versions, backups and restores will be here"
        action={<Button onClick={() => go('workflows')}>Show workflows</Button>}
      >
        <p>
          This screen is not built yet. Backups are made all the same: before each run, Flowdeck copies the
          workflow into the folder backups beside it.
        </p>
      </EmptyState>
    </Screen>
  );
}
