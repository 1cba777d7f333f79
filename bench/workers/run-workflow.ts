import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import { RunOptions } from '../../src/shared/domain.ts';
import { quantile } from '../claim.ts';
import { countReplacements, threadTime, watchHolds, watchMemory } from './meters.ts';
import { watchRooms } from './rooms.ts';
import { RunInput, type RunResult } from './run-result.ts';

// One run of a workflow by the whole Flowdeck, as the window has it: watched, journal at FULL, files to Assets and store.

const input = RunInput.parse(JSON.parse(process.argv[2] ?? ''));
const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: input.dataDir });

/** Milliseconds from handing a write over until it is committed. */
const waits: number[] = [];
const { write } = flowdeck.db.commits;
flowdeck.db.commits.write = async (step) => {
  const began = performance.now();
  const value = await write(step);
  waits.push(performance.now() - began);
  return value;
};

const opening = watchHolds();
const memory = watchMemory();
const writes = countReplacements(input.workflow);
const cpu = process.cpuUsage();
const handle = await flowdeck.runner.start(input.workflow, RunOptions.parse(input.options));
const began = performance.now();
const openingHeld = opening();
const rooms = input.profile ? await watchRooms() : null;
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const holds = watchHolds();
let firstSubmit = 0;
let lastStored = 0;
let stored = 0;
handle.onChange(() => undefined);
handle.onEvent(({ type }) => {
  if (type === 'task.submitted' && firstSubmit === 0) firstSubmit = performance.now();
  if (type !== 'candidate.stored') return;
  stored += 1;
  lastStored = performance.now();
});
// Read while the thread is there: it ends with the run.
let writerMs: number | null = null;
const writerTimer = setInterval(() => {
  writerMs = threadTime('flowdeck-source') ?? writerMs;
}, 50);
const { event, failure } = await handle.finished;
const ended = performance.now();
const { user, system } = process.cpuUsage(cpu);
loop.disable();
clearInterval(writerTimer);
if (event.status !== 'completed') throw new Error(`The run ended ${event.status}: ${failure?.message ?? ''}`);

const result: RunResult = {
  stored,
  runMs: ended - began,
  generatingMs: lastStored - firstSubmit,
  cpuMs: (user + system) / 1000,
  peakMB: process.resourceUsage().maxRSS / 1024,
  commits: {
    count: waits.length,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    max: Math.max(...waits),
    sum: waits.reduce((sum, wait) => sum + wait, 0),
  },
  loop: { p50: loop.percentile(50) / 1e6, p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 },
  held: holds(),
  openingHeld,
  memory: memory(),
  writerMs,
  writes: writes(),
  aroundMs: { before: firstSubmit - began, after: ended - lastStored },
  rooms: (await rooms?.()) ?? null,
  nodes: handle.view().nodes.map(({ nodeId, kind, tabIndex, scene, needs, rows, perRow }) => ({
    nodeId,
    kind,
    tabIndex,
    scene,
    needs,
    tasks: rows * perRow,
  })),
};
await flowdeck.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
