import { useWindow } from '../../state/window.ts';
import { RunScreen } from './run-screen.tsx';
import { RunsList } from './runs-list.tsx';

/** The list of runs, or the one that is open. */
export function RunsView() {
  const runId = useWindow((state) => state.runId);
  return runId === null ? <RunsList /> : <RunScreen key={runId} runId={runId} />;
}
