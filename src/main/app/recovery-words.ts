import type { RunCause } from '../../shared/domain.ts';
import type { RecoveryEntry } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';

/** Short enough for a line of a list; `recovery/words.ts` tells the whole. */
const causes: Record<Exclude<RunCause, 'other'>, string> = {
  killed: 'Flowdeck was killed',
  rebooted: 'the machine was started anew',
  backend: 'G-Labs did not come back',
  tunnel: 'the tunnel did not come back',
  network: 'this machine had no network',
  cancelled: 'it was cancelled',
};

/** Why a run was cut short, in a few words. Pure. */
export const causeSentence = ({ cause, message }: Pick<RunSummary, 'cause' | 'message'>): string =>
  cause === null || cause === 'other' ? (message ?? 'it could not go on') : causes[cause];

/**
 * `XYZG3-V0-1 was interrupted (Flowdeck was killed, 23:14).`, the time in this machine's zone, with the day unless it is
 * today's. Pure.
 */
export function interruptedWords(
  { name, cause, interruptedAt }: Pick<RecoveryEntry, 'name' | 'cause' | 'interruptedAt'>,
  now: number,
): string {
  const when = interruptedAt === null ? null : timeWords(new Date(interruptedAt), new Date(now));
  const beside = [cause?.message.replace(/\.$/, ''), when].filter((part) => part != null);
  return `${name} was interrupted${beside.length === 0 ? '' : ` (${beside.join(', ')})`}.`;
}

function timeWords(at: Date, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const sameDay = at.toDateString() === now.toDateString();
  return sameDay ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/**
 * What a person should hear of without asking: also a recovery whose own run was cut short. What they stopped themselves,
 * they know. Pure.
 */
export const isNews = ({ step, cause }: RecoveryEntry): boolean =>
  (step === 'happened' || (step === 'carry-out' && cause !== null)) && cause?.kind !== 'cancelled';
