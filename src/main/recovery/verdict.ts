import type { RecoveryVerdict } from '../../shared/recovery.ts';
import { needsBackend, type Reading } from './diagnose-reading.ts';
import type { Evidence, PassEvidence, PlaceEvidence } from './evidence.ts';

/** Why a recovery is not worth it (the manual, "When to give up and start over"). */
export type GivingUp = 'no source' | 'different errors' | 'as dear as a rebuild';

/**
 * The one verdict, in the order that serves whoever has to act: what makes everything else moot first, then what is
 * wrong with the output, then what is left to do and what stands in its way (behaviour.md §8).
 */
export function verdictOf(reading: Reading): RecoveryVerdict {
  const { evidence } = reading;
  if (evidence.run?.live) return 'resume';
  const giveUp = givingUp(reading);
  if (giveUp === 'no source') return 'give up';
  if (evidence.source.state !== 'sound') return 'source damaged';
  if (giveUp !== null) return 'give up';
  if (reading.gone.some((count) => count > 0)) return 'cache corrupt';
  if (isSuspicious(reading)) return 'suspicious output';
  if (isExported(reading)) return 'complete';
  if (isHere(reading)) return 'export only';
  if (needsBackend(reading.resume)) {
    if (isAway(evidence.backend.state)) return 'backend down';
    if (isAway(evidence.tunnel.state)) return 'tunnel down';
  }
  return 'resume';
}

export const isAway = (state: Evidence['backend']['state']): boolean =>
  state === 'down' || state === 'refused';

/** Null: go on. */
export function givingUp(reading: Reading): GivingUp | null {
  const { evidence, resume, rebuild } = reading;
  if (evidence.source.state !== 'sound' && evidence.nodesFrom === 'source') return 'no source';
  if (resume.total.made === 0) return null;
  if (failedDifferently(evidence.passes) !== null) return 'different errors';
  const asDear = resume.total.made >= rebuild.total.made;
  return asDear && evidence.source.state === 'sound' && wasMade(reading) ? 'as dear as a rebuild' : null;
}

/** Ends that say nothing about the work. */
const NOT_A_FAILURE: ReadonlySet<string> = new Set(['killed', 'rebooted', 'cancelled']);

/** The newest two passes that failed, when nothing that went wrong with the one went wrong with the other. */
export function failedDifferently(passes: readonly PassEvidence[]): [PassEvidence, PassEvidence] | null {
  const failed = passes
    .map((pass) => ({ ...pass, classes: pass.classes.filter((name) => !NOT_A_FAILURE.has(name)) }))
    .filter(({ classes }) => classes.length > 0);
  const [before, last] = failed.slice(-2);
  if (before === undefined || last === undefined) return null;
  return before.classes.some((name) => last.classes.includes(name)) ? null : [before, last];
}

/** Something was made for today's content: without it, nothing is lost by making everything. */
const wasMade = ({ evidence, stale }: Reading): boolean =>
  evidence.nodes.some((node, at) => !stale[at] && node.places.some(hadOutput));

const MADE: ReadonlySet<string> = new Set(['completed', 'downloaded', 'stored', 'written']);

const hadOutput = ({ cache, journal }: PlaceEvidence): boolean =>
  cache !== null || (journal !== null && MADE.has(journal.state));

/** Output that is not the node's own; or errors of the check where something had been made in spite of them. */
const isSuspicious = (reading: Reading): boolean =>
  reading.doubted.size > 0 || (reading.errors.length > 0 && reading.resume.total.kept > 0);

/** All that is wanted is on this machine or in the store. */
export const isHere = ({ resume: { total } }: Reading): boolean =>
  total.made + total.asked + total.parked + total.blocked === 0;

/** The newest export has all of it, and no output has come since. */
export function isExported(reading: Reading): boolean {
  const { evidence, resume } = reading;
  const made = evidence.export;
  if (made?.state !== 'complete' || !isHere(reading)) return false;
  if (resume.total.journal + resume.total.file + resume.total.store > 0) return false;
  return !evidence.nodes.some(({ places }) => places.some(({ journal }) => isNewer(journal, made.at)));
}

/** The name of an export has whole seconds. */
const SECOND = 1000;
const isNewer = (journal: PlaceEvidence['journal'], at: number): boolean =>
  journal !== null && MADE.has(journal.state) && journal.at >= at + SECOND;
