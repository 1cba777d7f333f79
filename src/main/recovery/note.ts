import type { RunCause, RunOutcome } from '../../shared/domain.ts';
import type { Diagnosis, RecoveryAction, RecoveryNode } from '../../shared/recovery.ts';
import { count } from './words.ts';

export interface NoteParts {
  /** `V0-1`. */
  version: string;
  /** As it was before anything was carried out; null: it is not known any more. */
  diagnosis: Pick<Diagnosis, 'cause' | 'nodes' | 'plan' | 'alternatives'> | null;
  action: RecoveryAction;
  /** How the run ended that carried it out. Left out: not known, and not told. */
  outcome?: RunOutcome | null;
}

/**
 * The line for the history of versions, in the manual's manner: `V0-1: runner crashed at Scene 06, recovered with cache
 * reuse, full output now`. Pure.
 */
export function recoveryNote({ version, diagnosis, action, outcome = null }: NoteParts): string {
  const scene = diagnosis === null ? null : whereItStopped(diagnosis.nodes);
  const place = scene === null ? '' : ` at Scene ${String(scene).padStart(2, '0')}`;
  const ended = ENDS[diagnosis?.cause?.kind ?? 'other'];
  const plans = diagnosis === null ? [] : [diagnosis.plan, ...diagnosis.alternatives];
  const wiped = plans.find((plan) => plan.action === 'wipe')?.nodes.length ?? 0;
  const parts = [
    `${ended}${place}`,
    doneWords(action, wiped),
    ...(outcome === null ? [] : [OUTCOMES[outcome]]),
  ];
  return `${version}: ${parts.join(', ')}`;
}

const ENDS: Record<RunCause, string> = {
  killed: 'runner crashed',
  rebooted: 'machine restarted',
  backend: 'G-Labs went away',
  tunnel: 'tunnel dropped',
  network: 'network dropped',
  cancelled: 'run cancelled',
  other: 'runner crashed',
};

const OUTCOMES: Record<RunOutcome, string> = {
  completed: 'full output now',
  'failed-nodes': 'some nodes still fail',
  held: 'waiting for picks now',
  interrupted: 'interrupted again',
  aborted: 'not finished yet',
};

function doneWords(action: RecoveryAction, wiped: number): string {
  switch (action) {
    case 'none':
      return 'nothing had to be done';
    case 'export':
      return 'recovered by writing the export';
    case 'resume':
      return 'recovered with cache reuse';
    case 'restore':
      return 'backup restored and run again';
    case 'wipe':
      return `recovered with ${wiped === 0 ? 'some nodes' : count(wiped, 'node')} wiped and made anew`;
    case 'rebuild':
      return 'everything made anew';
  }
}

/**
 * A run makes pictures first, by scene: it stopped at the first scene without its pictures, else at the first without
 * its clips. Null: nothing was missing.
 */
function whereItStopped(nodes: readonly RecoveryNode[]): number | null {
  const lacking = nodes.filter(({ cache, wanted, state }) => cache < wanted && state !== 'left');
  const images = lacking.filter(({ kind }) => kind === 'image');
  const scenes = (images.length > 0 ? images : lacking).map(({ scene }) => scene);
  return scenes.length === 0 ? null : scenes.reduce((a, b) => Math.min(a, b));
}
