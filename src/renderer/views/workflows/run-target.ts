import type { Finding, Plan } from '../../../shared/domain.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { RunSummary } from '../../../shared/run-view.ts';
import type { ServiceView } from '../../../shared/services.ts';
import { counted } from '../../components/format.ts';
import { serviceMark } from '../../components/marks.ts';

/** Where a run would go, and what stands in its way. Pure. */

export interface RunTarget {
  url: string;
  /** It is the G-Labs of the control room, which is known to be up or not. */
  supervised: boolean;
  /** The built-in simulator, now or once Start has brought it up. */
  demo: boolean;
}

type Glabs = Pick<ServiceView, 'state' | 'url' | 'demo' | 'startWill' | 'problem'>;

/**
 * The server a run goes to: what was typed for this run, else the setting `runner.server`, which usually means the
 * supervised G-Labs, else `glabs.url` (cli.md, `--server`).
 */
export function runTarget(from: {
  typed: string;
  setting: string;
  configured: string;
  glabs: Glabs;
}): RunTarget {
  const { typed, setting, configured, glabs } = from;
  const own = bare((glabs.state === 'ready' ? glabs.url : null) ?? configured);
  const asked = bare(typed.trim() || setting);
  if (asked !== 'local' && asked !== own) return { url: asked, supervised: false, demo: false };
  const willBeDemo = glabs.state === 'stopped' && glabs.startWill === 'demo';
  return { url: own, supervised: true, demo: glabs.demo || willBeDemo };
}

const bare = (address: string) => address.replace(/\/+$/, '');

/** Whether a typed server can be one; empty is: as the settings say. */
export function isServer(typed: string): boolean {
  const text = typed.trim();
  return text === '' || (/^https?:\/\/./i.test(text) && URL.canParse(text));
}

/** Whether a path begins at the top of a disk, of either kind of system; empty is: none. */
export function isWholePath(typed: string): boolean {
  const text = typed.trim();
  return text === '' || /^(\/|\\\\|[a-z]:[\\/])/i.test(text);
}

export interface Obstacle {
  words: string;
  /** What mends it: `start` G-Labs, show findings, run or queue; null: nothing but time, or what is said. */
  remedy: 'start' | 'findings' | 'run' | 'queue' | null;
}

/** Why a run cannot be started now, the first thing first; null when it can. */
export function obstacleTo(from: {
  findings: readonly Finding[] | undefined;
  checkFailure: Failure | null;
  plan: Plan | undefined;
  planFailure: Failure | null;
  target: RunTarget | null;
  glabs: Glabs | undefined;
  underWay: RunSummary | null;
  /** Its place in the queue, from 1. */
  queued: number | null;
  /** It will wait its turn: whether G-Labs is up now does not matter. */
  waits: boolean;
  server: string;
  refImage: string;
}): Obstacle | null {
  const { findings, plan, target, glabs } = from;
  const says = (words: string, remedy: Obstacle['remedy'] = null) => ({ words, remedy });
  if (from.underWay) return says('A run of this workflow is under way.', 'run');
  if (from.queued !== null) return says(`It is in the queue already, place ${from.queued}.`, 'queue');
  if (from.checkFailure) return says(from.checkFailure.message);
  if (!findings) return says('Checking the workflow…');
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  if (errors > 0) return says(`The check found ${counted(errors, 'error')}. Mend them first.`, 'findings');
  if (!isServer(from.server)) return says('The server needs an http or https address.');
  if (!isWholePath(from.refImage)) return says('The reference image needs its whole path.');
  if (from.planFailure) return says(from.planFailure.message);
  if (!plan || !target || !glabs) return says('Making the plan…');
  if (from.waits) return null;
  // A run that generates nothing asks nobody.
  if (!target.supervised || glabs.state === 'ready' || plan.totals.generations === 0) return null;
  return glabsObstacle(glabs);
}

function glabsObstacle(glabs: Glabs): Obstacle {
  const { state, startWill, problem } = glabs;
  if (state === 'starting') return { words: 'G-Labs is starting.', remedy: null };
  if (problem) {
    const stays = state === 'unhealthy' || state === 'stopping';
    return { words: `${problem.message} ${problem.cure}`, remedy: stays ? null : 'start' };
  }
  if (state === 'stopped') {
    const by = startWill === 'demo' ? ' Start brings up the demo.' : '';
    return startWill === 'nothing'
      ? { words: 'G-Labs is not running, and nothing is set up that could start it.', remedy: null }
      : { words: `G-Labs is not running.${by}`, remedy: 'start' };
  }
  return { words: `G-Labs is ${serviceMark(state).word}.`, remedy: state === 'failed' ? 'start' : null };
}
