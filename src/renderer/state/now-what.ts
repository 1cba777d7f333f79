import type { RecoveryEntry } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { ServiceName, ServicesView, ServiceView } from '../../shared/services.ts';
import { waitingRecoveries } from './recovery.ts';

/** What is going on, what needs a person, and what is next, decided from the live views. Pure. */

const ended = new Set(['completed', 'failed-nodes', 'held', 'interrupted', 'aborted']);

/** Whether a run still goes on (or waits to). One that is held goes on by itself where it is driven here. */
export function isUnderWay(run: Pick<RunSummary, 'finishedAt' | 'live' | 'status'>): boolean {
  return run.finishedAt === null && (run.live || !ended.has(run.status));
}

/** The newest run that is under way; `runs` is newest first, as the wire gives it. */
export function currentRun(runs: readonly RunSummary[]): RunSummary | null {
  return runs.find(isUnderWay) ?? null;
}

/** The newest run of each workflow, newest first: what older ones left behind is settled by it. */
function newestPerWorkflow(runs: readonly RunSummary[]): RunSummary[] {
  const seen = new Set<string>();
  return runs.filter((run) => !seen.has(run.workflow) && seen.add(run.workflow));
}

export interface NeedsYou {
  picks: number;
  failed: number;
  /** Where to go for it: the run that waits for picks, else the one that failed. */
  runId: string | null;
}

const DAY_MS = 86_400_000;

/**
 * What waits for a person: picks of runs that are held, and failed nodes of the newest run of each workflow. What
 * failed more than a day ago is history. A pick only counts where something is held for it: without gates on hold
 * the machine picks.
 */
export function needsYou(runs: readonly RunSummary[], nowMs: number): NeedsYou {
  const recent = newestPerWorkflow(runs).filter(
    (run) => run.finishedAt === null || nowMs - Date.parse(run.finishedAt) < DAY_MS,
  );
  const held = recent.filter((run) => run.picksOpen > 0 && (run.status === 'held' || run.counts.held > 0));
  const failed = recent.filter((run) => run.counts.failed > 0);
  return {
    picks: held.reduce((sum, run) => sum + run.picksOpen, 0),
    failed: failed.reduce((sum, run) => sum + run.counts.failed, 0),
    runId: held[0]?.runId ?? failed[0]?.runId ?? null,
  };
}

/** A service that is down and that Start may bring up; a stranger on its port may have gone meanwhile. */
function isDown(service: ServiceView): boolean {
  if (service.state === 'foreign') return true;
  return (service.state === 'stopped' || service.state === 'failed') && service.startWill !== 'nothing';
}

export type NextStep =
  | { kind: 'start'; services: ServiceName[] }
  | { kind: 'starting' }
  | { kind: 'pick'; runId: string }
  | { kind: 'watch'; runId: string }
  | { kind: 'recover'; path: string }
  | { kind: 'run' }
  | { kind: 'add-folder' };

/**
 * What the one primary button does (ui.md, Frame): Start when anything is down, else what is next. A tunnel that is
 * still on its way keeps nobody waiting: runs call G-Labs on this machine.
 */
export function nextStep(
  services: ServicesView,
  runs: readonly RunSummary[],
  recoveries: readonly RecoveryEntry[],
  workflows: number,
  nowMs: number,
): NextStep {
  // G-Labs first: the tunnel leads to it.
  const down = [services.glabs, services.tunnel].filter(isDown).map((service) => service.name);
  if (down.length > 0) return { kind: 'start', services: down };
  if (services.glabs.state === 'starting') return { kind: 'starting' };
  const { picks, runId } = needsYou(runs, nowMs);
  if (picks > 0 && runId !== null) return { kind: 'pick', runId };
  const run = currentRun(runs);
  if (run) return { kind: 'watch', runId: run.runId };
  const [interrupted] = waitingRecoveries(recoveries);
  if (interrupted) return { kind: 'recover', path: interrupted.path };
  return workflows > 0 ? { kind: 'run' } : { kind: 'add-folder' };
}

/**
 * A run in one sentence for a screen reader. Progress is told in quarters, so that the text, and with it the live
 * region, changes a few times in a run and not with every picture.
 */
export function runSentence(run: RunSummary, word: string): string {
  const quarter = run.total === 0 ? 0 : Math.floor((4 * run.done) / run.total) * 25;
  const parts = [`${run.name} ${word}`];
  if (isUnderWay(run) && quarter > 0) parts.push(`${quarter} percent done`);
  if (run.counts.failed > 0) parts.push(`${run.counts.failed} failed`);
  if (run.picksOpen > 0 && run.counts.held > 0) parts.push(`${run.picksOpen} picks open`);
  return `${parts.join(', ')}.`;
}
