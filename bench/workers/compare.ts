import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import { CompareInput, type CompareResult } from './compare-result.ts';
import { watchHolds } from './meters.ts';

// Compares two files, cold and once more, as the window does.

const { dataDir, ...files } = CompareInput.parse(JSON.parse(process.argv[2] ?? ''));
const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir });
const { history } = flowdeck;
const before = { of: 'file' as const, path: files.before };
const after = { of: 'file' as const, path: files.after };

const held = watchHolds();
const cpu = process.cpuUsage();
let began = performance.now();
const { diff } = await history.compare(before, after);
const firstMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
began = performance.now();
await history.compare(before, after);
const result: CompareResult = {
  firstMs,
  secondMs: performance.now() - began,
  cpuMs: (user + system) / 1000,
  heldMs: held().max,
  peakMB: process.resourceUsage().maxRSS / 1024,
  changed: diff.totals.changed,
};
await flowdeck.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
