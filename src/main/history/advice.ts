import type { BumpAdvice } from '../../shared/history.ts';
import { graduatedVersion, nextVersion, versionIn, versionOf } from '../../shared/version.ts';
import type { NodeDiff, WorkflowDiff } from '../../shared/workflow-diff.ts';
import { type Concept, type ExtraFields, namesOf } from '../workflow/fields.ts';

/** What became of a version since it was last run. */
export interface SinceRun {
  /** From what it was run with, or what was put back since (going back is no new version), to now. Null: the same. */
  diff: WorkflowDiff | null;
  /** Its cache was wiped. */
  wiped: boolean;
}

/**
 * Whether the next version is due (the manual: a meaningful change since this one was run). `since`: null where it was
 * not run. Null: the name has no version that another could follow. Pure.
 */
export function bumpAdvice(name: string, since: SinceRun | null, fields: ExtraFields): BumpAdvice | null {
  const from = versionIn(name);
  if (from === null || isLast(from)) return null;
  const reasons = since === null ? [] : reasonsFor(since, fields);
  return {
    suggested: reasons.length > 0,
    reasons,
    from,
    to: versionOf(nextVersion(name)),
    graduated: /^v(0|\d+-0)-\d+$/i.test(from) ? versionOf(graduatedVersion(name)) : null,
  };
}

/** Numbers end at six digits (shared/version.ts). */
const isLast = (version: string): boolean => /-999999$/.test(version);

/** What the runner reads beside texts, references and wires, and what changes what it makes. */
const READ = ['mode', 'variableName', 'model', 'outputCount', 'aspectRatio'] satisfies Concept[];

/** Short, for people: what changed that the runner reads. Output, picks, titles and places are not that. */
function reasonsFor({ diff, wiped }: SinceRun, fields: ExtraFields): string[] {
  const nodes = diff?.nodes.filter(({ kind }) => kind !== 'other') ?? [];
  const changed = nodes.filter(({ change }) => change === 'changed');
  const read = new Set<string>(['type', ...READ.flatMap((concept) => namesOf(concept, fields))]);
  const settings = (node: NodeDiff) => node.settings.filter(({ name }) => read.has(baseOf(name)));
  const counted = (of: (node: NodeDiff) => readonly unknown[]) =>
    changed.flatMap((node) => of(node).map(() => node));
  return [
    reason(
      counted(({ prompts }) => prompts),
      'prompt',
      'changed',
    ),
    reason(
      counted(({ references }) => references),
      'reference',
      'changed',
    ),
    reason(counted(settings), 'setting', 'changed'),
    reason(
      counted(({ wiring }) => wiring),
      'connection',
      'changed',
    ),
    reason(
      nodes.filter(({ change }) => change === 'added'),
      'node',
      'came',
    ),
    reason(
      nodes.filter(({ change }) => change === 'removed'),
      'node',
      'went',
    ),
    wiped ? 'the cache was wiped' : null,
  ].filter((words) => words !== null);
}

/** `dynamicRows[2]` is of `dynamicRows`. */
const baseOf = (name: string): string => name.replace(/\[.*$/s, '');

/** `a prompt changed in Scene 3 prompt`, `2 prompts changed`. */
function reason(where: readonly NodeDiff[], what: string, verb: string): string | null {
  const [only] = where;
  if (only === undefined) return null;
  if (where.length > 1) return `${where.length} ${what}s ${verb}`;
  const title = only.title === '' ? `node ${only.nodeId}` : only.title;
  if (what === 'node') return `${title} ${verb}`;
  return `a ${what} ${verb} in ${title}`;
}
