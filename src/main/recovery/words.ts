import type { ErrorClass, RunCause } from '../../shared/domain.ts';
import type { RecoveryVerdict } from '../../shared/recovery.ts';
import { salvagedIn } from './diagnose-places.ts';
import type { Reading } from './diagnose-reading.ts';
import type { BackupEvidence, RunEvidence } from './evidence.ts';
import { givingUp } from './verdict.ts';

/** The words of a diagnosis: what is said first. Findings have theirs in words-findings.ts, plans in words-plans.ts. */

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `12 pictures and 4 clips`; what there is none of is left out. */
export function pictures(images: number, videos: number): string {
  if (videos === 0) return count(images, 'picture');
  return images === 0 ? count(videos, 'clip') : listed([count(images, 'picture'), count(videos, 'clip')]);
}

/** `a`, `a and b`, `a, b and c`. */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** `23:14`, with the day before it unless it is today's; in this machine's zone. Milliseconds since the epoch. */
export function timeWords(at: number, now: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'an unknown time';
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${dayWords(date)} ${time}`;
}

const dayWords = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');

/** The last part of a path, of this system or another. */
export const nameOfPath = (path: string): string => path.split(/[\\/]/).at(-1) || path;

/** A sentence of somebody else's as a part of one of ours. */
export const asPart = (message: string): string => message.trim().replace(/\.+$/, '');

/** `23:14 (pre-run)`; of a copy that was itself copied only the day is known, and its time is the end of that. */
export function backupTimeWords({ at, reason }: BackupEvidence, now: number): string {
  const isDayOnly = new Date(at).getTime() === new Date(at).setHours(23, 59, 59, 999);
  const when = isDayOnly ? dayWords(new Date(at)) : timeWords(at, now);
  return `${when}${reason === '' ? '' : ` (${reason})`}`;
}

export const backupWords = (backup: BackupEvidence, now: number): string =>
  `the backup of ${backupTimeWords(backup, now)}`;

/** The verdict in a sentence or two. */
export function headlineOf(
  reading: Reading,
  verdict: RecoveryVerdict,
  backup: BackupEvidence | null,
  now: number,
): string {
  const { evidence, resume } = reading;
  const { total } = resume;
  if (evidence.run?.live) return 'A run of this workflow is going on. There is nothing to recover.';
  const left = pictures(resume.images, resume.videos);
  const had = total.kept + salvagedIn(total);
  const kept = had === 0 ? '' : ` ${count(had, 'candidate is', 'candidates are')} paid for already.`;
  const toMake = total.made === 0 ? 'Nothing is to be made.' : `Left to make: ${left}.`;
  switch (verdict) {
    case 'complete':
      return `Everything is there: ${nameOfPath(evidence.export?.path ?? '')} has all output.`;
    case 'export only':
      return `All output is there. ${exportLack(reading)}`;
    case 'cache corrupt': {
      const gone = reading.gone.reduce((sum, n) => sum + n, 0);
      return `${count(gone, 'address', 'addresses')} in the file ${gone === 1 ? 'leads' : 'lead'} nowhere any more. ${toMake}${kept}`;
    }
    case 'source damaged': {
      const what = evidence.source.state === 'missing' ? 'is not there' : 'cannot be read';
      const by = backup === null ? '' : ` ${capital(backupWords(backup, now))} can take its place.`;
      return `The workflow file ${what}.${by} ${toMake}${kept}`;
    }
    case 'suspicious output':
      return doubtWords(reading);
    case 'give up':
      return giveUpWords(reading);
    case 'backend down':
      return `${evidence.backend.state === 'refused' ? 'G-Labs refuses this machine' : 'G-Labs does not answer'}. ${toMake}${kept}`;
    case 'tunnel down':
      return `The tunnel that the run goes through is down. ${toMake}${kept}`;
    case 'resume':
      return resumeWords(reading, left, kept);
  }
}

function resumeWords({ resume: { total } }: Reading, left: string, kept: string): string {
  if (total.made > 0)
    return had(total) ? `Left to make: ${left}.${kept}` : `Nothing was made yet. Left to make: ${left}.`;
  if (total.asked > 0)
    return `Nothing is to be made anew: ${count(total.asked, 'task')} ordered already ${total.asked === 1 ? 'is' : 'are'} with G-Labs.${kept}`;
  if (total.parked > 0)
    return `${count(total.parked, 'request')} may have arrived at G-Labs or not. A person decides.${kept}`;
  return `${count(total.blocked, 'candidate')} cannot be made: what ${total.blocked === 1 ? 'it needs' : 'they need'} cannot be had.${kept}`;
}

const had = (total: Reading['resume']['total']): boolean => total.kept + salvagedIn(total) + total.parked > 0;

function exportLack({ evidence }: Reading): string {
  if (evidence.export === null) return 'Only the export is missing.';
  switch (evidence.export.state) {
    case 'unreadable':
      return 'Only the export is damaged.';
    case 'with gaps':
      return 'Only the export has gaps.';
    case 'other':
      return 'The newest export is of other nodes.';
    case 'complete':
      return 'The newest export is older than some of it.';
  }
}

function doubtWords({ evidence, suspicions, errors }: Reading): string {
  const nodes = new Set(suspicions.map(({ node }) => evidence.nodes[node]?.nodeId)).size;
  if (nodes > 0) {
    const what = `${count(suspicions.length, 'candidate')} of ${count(nodes, 'node')}`;
    return `${what} ${suspicions.length === 1 ? 'does' : 'do'} not look like ${suspicions.length === 1 ? 'its' : 'their'} own. Look at ${suspicions.length === 1 ? 'it' : 'them'} before you go on.`;
  }
  return `The sanity check finds ${count(errors.length, 'error')} in a workflow that has output. What was made of it may be wrong.`;
}

function giveUpWords(reading: Reading): string {
  switch (givingUp(reading)) {
    case 'no source':
      return `The workflow file ${reading.evidence.source.state === 'missing' ? 'is not there' : 'cannot be read'}, and there is no sound backup. Start again from the brief.`;
    case 'different errors':
      return 'Two recoveries failed, each with another error. Starting again from the brief is likely to be faster.';
    case 'as dear as a rebuild':
    case null:
      return 'Nothing of what was made can be used: recovering costs as much as making everything anew.';
  }
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Why a run ended, and what is known of when. */
export function causeWords(kind: RunCause, run: RunEvidence, now: number): string {
  const end = run.endedAt === null ? '' : ` The last sign of it is of ${timeWords(run.endedAt, now)}.`;
  const at = run.endedAt === null ? '' : ` at ${timeWords(run.endedAt, now)}`;
  switch (kind) {
    case 'killed':
      return `Flowdeck was killed, or died: it left no record of its end. The machine has run on since.${end}`;
    case 'rebooted':
      return `The machine went down or was restarted while the run went on.${end}`;
    case 'backend':
      return `G-Labs went away and did not come back in time. The run ended${at}.`;
    case 'tunnel':
      return `The tunnel went away and did not come back in time. The run ended${at}.`;
    case 'network':
      return `This machine had no network. The run ended${at}.`;
    case 'cancelled':
      return `Somebody cancelled the run${at}.`;
    case 'other':
      return `The run ended${at}${run.message === null ? ', and left no reason' : `: ${asPart(run.message)}`}.`;
  }
}

/** Classes of failures as a person says them. */
export const className = (name: ErrorClass | RunCause): string => CLASS_NAMES[name];

const CLASS_NAMES: Record<ErrorClass | RunCause, string> = {
  content_policy: 'the safety filter (content_policy)',
  timeout: 'a timeout',
  'connection refused': 'no answer of G-Labs (connection refused)',
  api_error: 'an error of G-Labs (api_error)',
  'model not available': 'a model that is not available',
  reference: 'a reference picture',
  'dangling link': 'a dangling link',
  killed: 'Flowdeck killed',
  rebooted: 'the machine restarted',
  backend: 'G-Labs away',
  tunnel: 'the tunnel down',
  network: 'no network',
  cancelled: 'cancelled',
  other: 'another error',
};
