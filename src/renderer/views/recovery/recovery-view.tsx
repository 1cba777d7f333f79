import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Screen } from '../../components/screen.tsx';
import { interruptedRuns } from '../../state/now-what.ts';
import { useWindow } from '../../state/window.ts';
import { useRuns } from '../../wire/queries.ts';

/** What will help after a crash; honest about not being here yet. */
export function RecoveryView() {
  const openRun = useWindow((state) => state.openRun);
  const interrupted = interruptedRuns(useRuns().data?.runs ?? []);
  return (
    <Screen title="Recovery">
      <EmptyState
        title={interrupted > 0 ? 'A run was interrupted' : 'Nothing to recover'}
        action={<Button onClick={() => openRun(null)}>Show runs</Button>}
      >
        <p>
          This place will find out what an interrupted run left behind and pick up the pieces. It is not built
          yet. Until then, run the workflow again: what is already generated and stored is reused.
        </p>
      </EmptyState>
    </Screen>
  );
}
