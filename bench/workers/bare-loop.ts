import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { createGlabsBackend } from '../../src/main/backend/glabs.ts';
import { openConnection } from '../../src/main/db/connection.ts';
import { systemClock } from '../../src/main/platform/clock.ts';
import { BareInput, type BareResult } from './bare-result.ts';

// The least that makes candidates: submit, poll, download on the runner's own client; nothing checked, nothing kept.

const input = BareInput.parse(JSON.parse(process.argv[2] ?? ''));
const backend = createGlabsBackend({
  server: input.server,
  apiKey: null,
  authHeader: 'X-API-Key',
  healthPaths: ['/api/health'],
  clock: systemClock,
});
const db = openConnection(join(input.folder, 'bare.db'));
db.exec('CREATE TABLE steps (id INTEGER PRIMARY KEY, candidate INTEGER, step TEXT)');
const insert = db.prepare('INSERT INTO steps (candidate, step) VALUES (?, ?)');
const commit = (candidate: number, step: string) => {
  if (input.commits) insert.run(candidate, step);
};

async function make(candidate: number): Promise<void> {
  commit(candidate, 'intent');
  const { taskId } = await backend.submit({
    kind: 'image',
    prompt: `Medium close up, vertical phone framing, number ${candidate}.`,
    model: 'nano_banana_2',
    aspectRatio: '9:16',
    references: [],
  });
  commit(candidate, 'submitted');
  for (;;) {
    const report = await backend.poll(taskId ?? '');
    if (report?.status === 'completed') {
      commit(candidate, 'completed');
      await backend.download(report.results[0]?.url ?? '');
      break;
    }
    await nextTurn();
  }
  commit(candidate, 'downloaded');
  commit(candidate, 'stored');
}

const queue = new PQueue({ concurrency: input.inFlight });
const cpu = process.cpuUsage();
const began = performance.now();
await queue.addAll(Array.from({ length: input.candidates }, (_, candidate) => () => make(candidate)));
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const result: BareResult = { ms, cpuMs: (user + system) / 1000 };
db.close();
backend.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
