import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import { DiagnoseInput, type DiagnoseResult } from './diagnose-result.ts';
import { watchHolds } from './meters.ts';

// Diagnoses one workflow, once, cold, as `flowdeck recover` does.

const input = DiagnoseInput.parse(JSON.parse(process.argv[2] ?? ''));
const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: input.dataDir });
const { recovery } = flowdeck;
const held = watchHolds();
const cpu = process.cpuUsage();
const began = performance.now();
const diagnosis = await recovery.diagnose(input.workflow);
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const result: DiagnoseResult = {
  ms,
  cpuMs: (user + system) / 1000,
  heldMs: held().max,
  peakMB: process.resourceUsage().maxRSS / 1024,
  verdict: diagnosis.verdict,
  nodes: diagnosis.nodes.length,
  cached: sum(diagnosis.nodes.map(({ cache }) => cache)),
  local: sum(diagnosis.nodes.map(({ local }) => local)),
  unseen: diagnosis.findings.flatMap(({ code, message }) => (code.startsWith('unseen') ? [message] : [])),
};
await flowdeck.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
