import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import { RunOptions } from '../../src/shared/domain.ts';
import { PlanInput, type PlanResult } from './plan-result.ts';

// Opens, checks and plans one workflow, once, cold, as `flowdeck plan` does.

const input = PlanInput.parse(JSON.parse(process.argv[2] ?? ''));
const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: input.dataDir });
const { runner } = flowdeck;
const before = process.resourceUsage().maxRSS;
const cpu = process.cpuUsage();
const began = performance.now();
const plan = await runner.plan(input.workflow, RunOptions.parse({}));
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const result: PlanResult = {
  ms,
  cpuMs: (user + system) / 1000,
  peakMB: process.resourceUsage().maxRSS / 1024,
  emptyMB: before / 1024,
  generations: plan.totals.generations,
};
await flowdeck.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
