import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Plan } from '../../shared/domain.ts';
import { tellOfBump } from './bump-words.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { absoluteRunOptions, withRunOptions } from './run-options.ts';
import { count, duration, money, table } from './words.ts';

/** `flowdeck plan FILE`: what a run would do, node by node, with the reason. Touches nothing (behaviour.md §4). */
export const addPlan: AddCommand = (work) =>
  withRunOptions(
    new Command('plan')
      .description('what a run would do, node by node, with reason and cost; touches nothing')
      .argument('<file>', 'workflow file (.nbflow)'),
  ).action((file: string, flags: Record<string, unknown>, command: Command) =>
    work(command, async (session) => {
      const { output, world, flowdeck } = session;
      const { apiKey, options } = absoluteRunOptions(flags, world.cwd);
      const { runner } = await flowdeck({ apiKey });
      const path = resolve(world.cwd, file);
      const plan = await runner.plan(path, options);
      for (const node of plan.nodes) output.record({ type: 'plan.node', ...node });
      output.record({ type: 'plan.finished', ...plan.totals });
      output.text(planText(plan));
      await tellOfBump(session, path);
      return exitCodes.done;
    }),
  );

function planText({ nodes, totals }: Plan): string {
  const rows = nodes.map((node) => [
    node.tab,
    `${node.title} (${node.nodeId})`,
    node.kind,
    node.trusted ? `${node.reason} (trusted)` : node.reason,
    String(node.generations),
    money(node.costUSD),
  ]);
  const closing = [
    `${count(totals.nodes, 'node')}, ${totals.cached} cached.`,
    totals.generations === 0
      ? 'Nothing to generate.'
      : `${count(totals.generations, 'generation')} (${count(totals.images, 'image')}, ${count(totals.videos, 'clip')}), about ${money(totals.costUSD)} and ${duration(totals.estimateS)}.`,
  ].join(' ');
  return rows.length === 0
    ? closing
    : `${table([['tab', 'node', 'kind', 'reason', 'generations', 'cost'], ...rows], [4, 5])}\n\n${closing}`;
}
