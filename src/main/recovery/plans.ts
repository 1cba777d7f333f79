import type { RecoveryAction, RecoveryPlan, RecoveryVerdict } from '../../shared/recovery.ts';
import { downstream, type Forecast, forecast, roundUSD } from './diagnose-places.ts';
import { goneIn, type Reading } from './diagnose-reading.ts';
import type { BackupEvidence } from './evidence.ts';
import { backupName, forecastOfBackup, restorable } from './plans-restore.ts';
import { givingUp, isExported, isHere } from './verdict.ts';
import { type PlanContext, planSteps, planTitle } from './words-plans.ts';

/** A plan, and what it does for each node, in the order of the evidence. */
export interface Foreseen {
  plan: RecoveryPlan;
  forecast: Forecast;
}

/**
 * The plan that is recommended and every other that makes sense, none of which does what another does. `restore` and
 * `wipe` say which backup and which nodes. A plan counts what is paid for as had; a rebuild counts nothing as had.
 */
export function plansOf(
  reading: Reading,
  verdict: RecoveryVerdict,
  now: number,
): { recommended: Foreseen; alternatives: RecoveryPlan[] } {
  const make = planMaker(reading, verdict, now);
  const { evidence } = reading;
  if (evidence.run?.live) return { recommended: make.none(), alternatives: [] };

  const recommended = recommend(reading, verdict, make);
  // What is put back or cleared would not be made by a re-roll.
  const rerolls = evidence.nodes.some(({ reroll }) => reroll !== null);
  const others = [make.asItIs(), make.wipe(), rerolls ? null : make.restore(), make.rebuild()].filter(
    (plan) => plan !== null,
  );
  const kept: Foreseen[] = [recommended];
  for (const other of evidence.source.state === 'sound' ? others : []) {
    if (!kept.some((plan) => isSame(plan, other))) kept.push(other);
  }
  return { recommended, alternatives: kept.slice(1).map(({ plan }) => plan) };
}

type PlanMaker = ReturnType<typeof planMaker>;

function recommend(reading: Reading, verdict: RecoveryVerdict, make: PlanMaker): Foreseen {
  switch (verdict) {
    case 'complete':
      return make.none();
    case 'source damaged':
      return make.restore() ?? make.none();
    case 'suspicious output':
      return make.wipe() ?? make.asItIs();
    case 'give up':
      // What nobody asked for is not bought: starting over is for a person to choose, unless it costs the same.
      return givingUp(reading) === 'as dear as a rebuild' ? make.rebuild() : make.none();
    case 'export only':
    case 'resume':
    case 'cache corrupt':
    case 'backend down':
    case 'tunnel down':
      return make.asItIs();
  }
}

/** Two plans that come to the same: a person would not know which to take. */
function isSame({ plan: one }: Foreseen, { plan: other }: Foreseen): boolean {
  if (one.action === other.action) return true;
  // Putting a backup back, and doing nothing, differ from all else whatever they cost.
  if ([one.action, other.action].some((action) => action === 'restore' || action === 'none')) return false;
  return one.images === other.images && one.videos === other.videos;
}

function planMaker(reading: Reading, verdict: RecoveryVerdict, now: number) {
  const { evidence, rebuild, resume } = reading;

  const plan = (
    action: RecoveryAction,
    done: Forecast,
    more: { nodes?: readonly number[]; backup?: BackupEvidence } = {},
  ): Foreseen => {
    const backup = more.backup ?? null;
    const nodes = [...new Set(more.nodes?.flatMap((at) => evidence.nodes[at]?.nodeId ?? []))];
    const context: PlanContext = { action, verdict, reading, done, nodes: nodes.length, backup, now };
    const idle = action === 'none';
    const [images, videos] = idle ? [0, 0] : [done.images, done.videos];
    const costUSD = idle ? 0 : done.costUSD;
    return {
      forecast: done,
      plan: {
        action,
        title: planTitle(context),
        generations: images + videos,
        images,
        videos,
        saved: Math.max(0, rebuild.total.made - images - videos),
        savedUSD: Math.max(0, roundUSD(rebuild.costUSD - costUSD)),
        costUSD,
        steps: planSteps(context),
        nodes,
        backup: backup === null ? null : backupName(backup),
      },
    };
  };

  return {
    none: () => plan('none', resume),
    /** What is there is kept, what is missing is made; where nothing is, only the export is written, if at all. */
    asItIs: () => plan(isExported(reading) ? 'none' : isHere(reading) ? 'export' : 'resume', resume),
    /** Nodes whose output is doubted, stale or gone are made anew as a whole, with what was made from them. */
    wipe: () => {
      const first = evidence.nodes.flatMap((node, at) =>
        reading.doubted.has(at) || reading.stale[at] || goneIn(node) > 0 ? [at] : [],
      );
      const wanted = [...first, ...downstream(evidence.nodes, first)].filter((at) => hasOutput(reading, at));
      if (wanted.length === 0) return null;
      const nodes = wanted.sort((a, b) => a - b);
      return plan('wipe', forecast(evidence, reading.stale, new Set(nodes)), { nodes });
    },
    restore: () => {
      const backup = restorable(evidence);
      return backup === null ? null : plan('restore', forecastOfBackup(reading, backup), { backup });
    },
    rebuild: () => plan('rebuild', rebuild),
  };
}

/** There is something to clear; what is not wanted or cannot be made would only be lost. */
function hasOutput({ evidence }: Reading, at: number): boolean {
  const node = evidence.nodes[at];
  if (node === undefined) return false;
  const { reason, reroll } = node;
  if (reroll !== null || reason === 'not wanted (images mode)' || reason.startsWith('blocked by'))
    return false;
  return node.places.some(({ cache }) => cache !== null);
}
