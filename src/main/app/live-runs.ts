import type { RunSummary } from '../../shared/run-view.ts';
import type { Runner } from '../runner/runner-api.ts';

/** Hears how a run stands, how it stood before (null: it has just begun), and whether this is its end. */
export type RunListener = (now: RunSummary, before: RunSummary | null, over: boolean) => void;

/** Follows every run of this process that begins from now on. Returns what ends it. */
export function followRuns(runner: Pick<Runner, 'onStarted'>, listener: RunListener): () => void {
  const ends = new Set<() => void>();
  const stop = runner.onStarted((handle) => {
    let before: RunSummary | null = null;
    const tell = (over: boolean) => {
      const now = handle.view().summary;
      listener(now, before, over);
      before = now;
    };
    const end = handle.onChange(() => tell(false));
    ends.add(end);
    void handle.finished.then(() => {
      // Nobody follows any more once it was ended from outside.
      if (!ends.delete(end)) return;
      end();
      tell(true);
    });
    tell(false);
  });
  return () => {
    stop();
    for (const end of ends) end();
    ends.clear();
  };
}
