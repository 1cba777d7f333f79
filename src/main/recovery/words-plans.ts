import type { RecoveryAction, RecoveryVerdict } from '../../shared/recovery.ts';
import type { Forecast, Tally } from './diagnose-places.ts';
import { needsBackend, type Reading } from './diagnose-reading.ts';
import type { BackupEvidence } from './evidence.ts';
import { givingUp } from './verdict.ts';
import { backupWords, count, listed, nameOfPath, pictures } from './words.ts';

/** A plan about to be put into words. */
export interface PlanContext {
  action: RecoveryAction;
  verdict: RecoveryVerdict;
  reading: Reading;
  done: Forecast;
  /** How many nodes lose their output first. */
  nodes: number;
  backup: BackupEvidence | null;
  now: number;
}

export function planTitle({ action, verdict, reading, done, nodes, backup, now }: PlanContext): string {
  switch (action) {
    case 'none':
      if (reading.evidence.run?.live) return 'Let the run go on';
      if (verdict === 'complete') return 'Nothing is to be done';
      return verdict === 'give up' ? 'Start again from the brief' : 'Leave everything as it is';
    case 'export':
      return 'Write the export';
    case 'resume':
      if (done.total.made === 0) return 'Resume: take what is paid for';
      return verdict === 'cache corrupt'
        ? 'Resume: make only what is gone or missing'
        : 'Resume: make what is missing';
    case 'restore':
      return backup === null ? 'Put a backup back' : `Put ${backupWords(backup, now)} back and run it`;
    case 'wipe':
      return `Make ${count(nodes, 'node')} anew, keep the rest`;
    case 'rebuild':
      return 'Make everything anew';
  }
}

/** What is done, in order: the backup first. A step that a person must do is an instruction to them. */
export function planSteps(context: PlanContext): string[] {
  const { action, reading, done, nodes, backup, now } = context;
  const { evidence } = reading;
  if (action === 'none') return idleSteps(context);
  const there = evidence.source.state !== 'missing';
  const steps = there ? ['Back up the workflow as it is now.'] : [];
  if (reading.errors.length > 0) steps.push(mend(reading));
  if (needsBackend(done)) steps.push(...services(reading));
  if (action === 'restore' && backup !== null) steps.push(`Put ${backupWords(backup, now)} in its place.`);
  if (action === 'wipe') steps.push(`Clear the output of ${count(nodes, 'node')}.`);
  if (action === 'rebuild') steps.push('Clear all output.');
  steps.push(...takingAndMaking(done));
  steps.push('Write the export.');
  return steps;
}

function takingAndMaking({ total, images, videos }: Forecast): string[] {
  const steps: string[] = [];
  if (total.asked > 0) steps.push(`Ask G-Labs for ${count(total.asked, 'task')} ordered already.`);
  const taken = takenWords(total);
  if (taken !== '') steps.push(`Take ${taken}, without paying.`);
  if (images + videos > 0) steps.push(`Make ${pictures(images, videos)}.`);
  if (total.parked > 0) steps.push(`Leave ${count(total.parked, 'request')} of unknown fate alone.`);
  return steps;
}

/** `4 candidates from files and 2 from the store`. */
export function takenWords({ journal, file, store }: Pick<Tally, 'journal' | 'file' | 'store'>): string {
  const sources: [number, string][] = [
    [journal, 'that the last runs had fetched'],
    [file, 'from files in Assets'],
    [store, 'from the store'],
  ];
  const parts = sources.filter(([n]) => n > 0);
  return listed(parts.map(([n, from], at) => `${at === 0 ? count(n, 'candidate') : n} ${from}`));
}

const mend = ({ errors }: Reading): string => {
  const fixable = errors.filter((error) => error.fixable).length;
  const how =
    fixable === errors.length
      ? '"flowdeck check --fix" does it'
      : fixable === 0
        ? 'in the editor'
        : `"flowdeck check --fix" does ${fixable}, the rest is for the editor`;
  return `Mend ${count(errors.length, 'error')} of the sanity check (${how}).`;
};

function services({ evidence: { backend, tunnel } }: Reading): string[] {
  const steps: string[] = [];
  if (backend.state === 'down') steps.push('Start G-Labs.');
  if (backend.state === 'refused') steps.push('Give G-Labs a key it takes.');
  if (tunnel.state === 'down' || tunnel.state === 'refused') steps.push('Start the tunnel.');
  return steps;
}

function idleSteps({ verdict, reading }: PlanContext): string[] {
  const { evidence } = reading;
  if (evidence.run?.live) return ['Wait until the run has ended, or cancel it first.'];
  if (verdict === 'give up') {
    if (givingUp(reading) !== 'no source') {
      return ['Start again from the brief, as the next version.', 'Or choose what to do below.'];
    }
    const whole = evidence.export !== null && evidence.export.state !== 'unreadable' ? evidence.export : null;
    return whole === null
      ? ['Start again from the brief.']
      : [
          `Copy ${nameOfPath(whole.path)} to where the workflow was: an export holds the whole workflow.`,
          'Else start again from the brief.',
        ];
  }
  if (verdict === 'complete') return [];
  return reading.errors.length > 0 ? [mend(reading)] : [];
}
