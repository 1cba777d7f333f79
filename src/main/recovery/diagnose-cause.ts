import type { RecoveryCause } from '../../shared/recovery.ts';
import type { ErrorEvidence, Evidence } from './evidence.ts';
import { causeWords, count, listed, nameOfPath } from './words.ts';

/**
 * What is known of why the run ended (issue: cause of death). A run of ours says it; of another tool only what it left
 * behind can. Null: nothing was cut short, or nothing is known.
 */
export function causeOf(evidence: Evidence, now: number): RecoveryCause | null {
  const { run } = evidence;
  if (run === null) return causeOfForeign(evidence);
  if (run.live) return null;
  if (run.cause !== null) return { kind: run.cause, message: causeWords(run.cause, run, now) };
  const cutShort = run.status === 'interrupted' || run.status === 'aborted';
  return cutShort ? { kind: 'other', message: causeWords('other', run, now) } : null;
}

function causeOfForeign({ errors, export: made }: Evidence): RecoveryCause | null {
  const entries = errors?.entries ?? [];
  if (entries.length > 0) {
    const away = entries.every(({ type }) => type === 'connection refused');
    const message = `Another tool ran it. Its errors.json names ${count(entries.length, 'failure')}: ${typesOf(entries)}.`;
    return { kind: away ? 'backend' : 'other', message };
  }
  if (made?.state === 'unreadable') {
    return {
      kind: 'other',
      message: `Another tool ran it, and ended while it wrote ${nameOfPath(made.path)}.`,
    };
  }
  return null;
}

const NAMED = 3;

/** `timeout and content_policy (2)`. */
function typesOf(entries: readonly ErrorEvidence[]): string {
  const counts = new Map<string, number>();
  for (const { type } of entries) counts.set(type, (counts.get(type) ?? 0) + 1);
  const words = [...counts].map(([type, n]) => (n === 1 ? type : `${type} (${n})`));
  return listed(words.length > NAMED ? [...words.slice(0, NAMED), 'others'] : words);
}
