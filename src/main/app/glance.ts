import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Finding, Plan, PlanReason } from '../../shared/domain.ts';
import { toFailure } from '../../shared/failure.ts';
import type { WorkflowSummary } from '../../shared/workflows.ts';
import type { Runner } from '../runner/runner-api.ts';
import { parseWorkflowName } from '../workflow/names.ts';

/** What can be said of a workflow file from the file alone. */
export type Glance = Omit<WorkflowSummary, 'root' | 'folder' | 'lastRun'>;

/** Checks and plans a file; what is wrong with it is part of the answer. Rejects only for faults of ours. */
export async function glanceAt(file: string, runner: Pick<Runner, 'check' | 'plan'>): Promise<Glance> {
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
  const facts = { path: file, size, modifiedAt: new Date(mtimeMs).toISOString() };
  try {
    const findings = await runner.check(file, { askReferences: false });
    const plan = await runner
      .plan(file, { mode: 'full', gates: 'auto', qa: 'off' }, { askStores: false })
      .catch((error: unknown) => {
        // A file whose check fails may have no plan; that is told by its findings.
        if (toFailure(error).code === 'internal') throw error;
        return null;
      });
    return summarise(facts, findings, plan, null);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'internal') throw error;
    return summarise(facts, [], null, failure.message);
  }
}

/** The counts of a summary. Pure. */
export function summarise(
  facts: Pick<Glance, 'path' | 'size' | 'modifiedAt'>,
  findings: readonly Finding[],
  plan: Plan | null,
  unreadable: string | null,
): Glance {
  const name = path.basename(facts.path).replace(/\.nbflow$/i, '');
  const { code, version } = parseWorkflowName(name);
  const nodes = plan?.nodes ?? [];
  const reasons = nodes.map((node) => standing(node.reason));
  const scenes = new Map<string, Set<number>>();
  for (const { tab, scene } of nodes) scenes.set(tab, (scenes.get(tab) ?? new Set()).add(scene));
  const count = <T>(items: readonly T[], is: T) => items.filter((item) => item === is).length;
  const severities = findings.map(({ severity }) => severity);
  return {
    ...facts,
    name,
    code,
    version,
    tabs: scenes.size,
    scenes: Math.max(0, ...[...scenes.values()].map((numbers) => numbers.size)),
    generationNodes: nodes.length,
    cached: count(reasons, 'cached'),
    stale: count(reasons, 'stale'),
    missing: count(reasons, 'missing'),
    errors: count(severities, 'error'),
    warnings: count(severities, 'warning'),
    unreadable,
  };
}

/** The three ways a node can stand at a glance: output that fits, output that does not, none. */
function standing(reason: PlanReason): 'cached' | 'stale' | 'missing' {
  if (reason === 'cached') return 'cached';
  if (reason === 'missing' || reason.startsWith('blocked by ')) return 'missing';
  return 'stale';
}
