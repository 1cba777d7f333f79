import { useNow } from '../state/clock.tsx';
import { type NextStep, nextStep } from '../state/now-what.ts';
import { useRunDialog } from '../state/run-dialog.ts';
import { notifyUnlessStopped } from '../state/service-actions.ts';
import { useWindow } from '../state/window.ts';
import { useRecoveries, useRuns, useServices, useStartService, useWorkflows } from '../wire/queries.ts';

/** The next step with its words and what it does; null until enough is known. */
export function useNextStep(): { title: string; busy: boolean; run: () => void } | null {
  const services = useServices().data;
  const runs = useRuns().data?.runs;
  const recoveries = useRecoveries().data?.entries ?? [];
  const workflows = useWorkflows().data;
  const now = useNow();
  const start = useStartService();
  const chosen = useWindow((state) => (state.view === 'workflows' ? state.workflowPath : null));
  const isRecovering = useWindow((state) => state.view === 'recovery');
  const { go, openRun, openRecovery } = useWindow.getState();
  if (!services || !runs) return null;

  const step = nextStep(services, runs, recoveries, workflows?.workflows.length ?? 0, now);
  // Who is there already has the buttons of the wizard.
  if (step.kind === 'recover' && isRecovering) return null;
  // Who looks at a workflow that can be run has chosen it already.
  const ready = workflows?.workflows.find((each) => each.path === chosen && each.unreadable === null);
  if (step.kind === 'run' && ready)
    return { title: 'Run…', busy: false, run: () => useRunDialog.getState().open(ready.path) };

  const run = async () => {
    if (step.kind === 'start') {
      // One after the other: the tunnel leads to G-Labs. The first that fails ends it, and is shown.
      try {
        for (const service of step.services) await start.mutateAsync({ service });
      } catch (error) {
        notifyUnlessStopped(error);
      }
    } else if (step.kind === 'pick' || step.kind === 'watch') openRun(step.runId);
    else if (step.kind === 'recover') openRecovery(step.path);
    else if (step.kind === 'run' || step.kind === 'add-folder') go('workflows');
  };
  // While one service is on its way up, another one that went down can be started already.
  const asked = start.isPending ? start.variables.service : null;
  const busy = step.kind === 'starting' || (step.kind === 'start' && step.services[0] === asked);
  return { title: words(step), busy, run };
}

function words(step: NextStep): string {
  switch (step.kind) {
    case 'start':
      return 'Start';
    case 'starting':
      return 'Starting';
    case 'pick':
      return 'Make picks';
    case 'watch':
      return 'Show run';
    case 'recover':
      return 'Recover…';
    case 'run':
      return 'Choose a workflow';
    case 'add-folder':
      return 'Add a folder';
  }
}
