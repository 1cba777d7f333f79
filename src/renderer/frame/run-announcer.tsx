import { runMark } from '../components/marks.ts';
import { currentRun, runSentence } from '../state/now-what.ts';
import { useRuns } from '../wire/queries.ts';

/** Tells a screen reader how the run goes: politely, summarised (ui.md, Manner). */
export function RunAnnouncer() {
  const runs = useRuns().data?.runs ?? [];
  const run = currentRun(runs) ?? runs[0];
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {run && runSentence(run, runMark(run.status).word)}
    </p>
  );
}
