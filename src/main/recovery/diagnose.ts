import type { Diagnosis } from '../../shared/recovery.ts';
import { causeOf } from './diagnose-cause.ts';
import { findingsOf } from './diagnose-findings.ts';
import { nodesOf } from './diagnose-nodes.ts';
import { read } from './diagnose-reading.ts';
import type { Evidence, RunEvidence } from './evidence.ts';
import { plansOf } from './plans.ts';
import { restorable } from './plans-restore.ts';
import { verdictOf } from './verdict.ts';
import { headlineOf } from './words.ts';

/**
 * What happened to a run, what there is, and what to do about it (behaviour.md §8). Pure, and never throws: it judges
 * what was gathered and looks at nothing else. `now` is the time of the evidence, in milliseconds since the epoch.
 */
export function diagnose(evidence: Evidence, now: number): Diagnosis {
  const reading = read(evidence);
  const verdict = verdictOf(reading);
  const { recommended, alternatives } = plansOf(reading, verdict, now);
  return {
    path: evidence.path,
    name: evidence.name,
    at: isoOf(now),
    verdict,
    headline: headlineOf(reading, verdict, restorable(evidence), now),
    run: evidence.run === null ? null : runOf(evidence.run),
    cause: causeOf(evidence, now),
    nodes: nodesOf(reading, recommended.forecast),
    findings: findingsOf(reading, now),
    check: evidence.source.state === 'sound' ? evidence.source.findings : [],
    plan: recommended.plan,
    alternatives,
  };
}

const runOf = ({ runId, status, startedAt, endedAt }: RunEvidence) => ({
  runId,
  status,
  startedAt: isoOf(startedAt),
  endedAt: endedAt === null ? null : isoOf(endedAt),
});

/** A damaged record may hold any number; a date that cannot be is told as the first one. */
function isoOf(ms: number): string {
  const date = new Date(ms);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
