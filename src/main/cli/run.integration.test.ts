import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RunEvent, type RunEventOf } from '../../shared/run-events.ts';
import {
  type Desk,
  type Ended,
  ErrorLine,
  freePort,
  openDesk,
  type Simulator,
  startSimulator,
} from './test-support.ts';

let desk: Desk;
let simulators: Simulator[];
beforeEach(async () => {
  desk = await openDesk();
  simulators = [];
});
afterEach(async () => {
  for (const simulator of simulators) await simulator.kill();
  await desk.close();
});

async function simulate(...args: string[]): Promise<string> {
  const simulator = await startSimulator(...args);
  simulators.push(simulator);
  return simulator.url;
}

const run = (file: string, server: string, ...more: string[]) =>
  desk.flowdeck('run', file, '--server', server, '--poll-ms', '5', '--json', ...more);

const eventsOf = ({ lines }: Ended): RunEvent[] => lines().map((line) => RunEvent.parse(line));

function finishOf(ended: Ended): RunEventOf<'run.finished'> {
  const last = ended
    .lines()
    .filter((line) => line.type === 'run.finished')
    .map((line) => RunEvent.parse(line))
    .at(-1);
  if (last?.type !== 'run.finished') throw new Error(`the run did not finish: ${ended.stderr}`);
  return last;
}

describe('a run that comes to its end', () => {
  it('tells its events as NDJSON, ends with 0 and the counts, and a second time submits nothing', async () => {
    const file = await desk.workflow();
    const server = await simulate();
    const first = await run(file, server);
    expect(first.code, first.stderr).toBe(0);
    const events = eventsOf(first);
    expect(events[0]).toMatchObject({ type: 'run.started', demo: true, plan: { nodes: 6, generations: 24 } });
    expect(
      events.map(({ type }) => type).filter((type) => type === 'run.notice' || type === 'run.status'),
    ).toEqual([]);
    expect(new Set(events.map(({ runId }) => runId)).size).toBe(1);
    expect(events.filter(({ type }) => type === 'candidate.stored')).toHaveLength(24);
    const finished = finishOf(first);
    expect(finished).toMatchObject({
      status: 'completed',
      errorsFile: null,
      counts: { nodes: 6, generated: 6, cached: 0, failed: 0, skipped: 0, submitted: 24, lost: 0 },
    });
    expect((await stat(finished.output ?? '')).isFile()).toBe(true);

    const second = await run(file, server);
    expect(second.code).toBe(0);
    expect(finishOf(second).counts).toMatchObject({ generated: 0, cached: 6, submitted: 0 });
  });

  it('tells a person in plain lines when piped, and runs lists it', async () => {
    const file = await desk.workflow();
    const server = await simulate();
    const { code, stdout, stderr } = await desk.flowdeck(
      'run',
      file,
      '--server',
      server,
      '--poll-ms',
      '5',
      '--mode',
      'images',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
    expect(stdout).toContain('Scene 03');
    expect(stdout).toContain('nothing is real');
    expect(stdout).toMatch(/Output: .*XYZG3-V0-1-generated-.*\.nbflow/);
    const runs = await desk.flowdeck('runs', '--json');
    expect(runs.lines()).toMatchObject([
      { type: 'run', name: 'XYZG3-V0-1', status: 'completed', demo: true, live: false },
    ]);
    expect((await desk.flowdeck('runs')).stdout).toContain('XYZG3-V0-1');
  });

  it('the key goes in by --api-key or GLABS_API_KEY, and shows nowhere', async () => {
    const file = await desk.workflow();
    const server = await simulate('--key', 'sim-key-1234');
    const given = await run(file, server, '--mode', 'images', '--api-key', 'sim-key-1234');
    expect(given.code, given.stderr).toBe(0);
    const args = ['run', file, '--server', server, '--mode', 'images', '--json'];
    const fromEnvironment = await desk.start(args, { env: { GLABS_API_KEY: 'sim-key-1234' } }).ended;
    expect(fromEnvironment.code).toBe(0);
    const kept = (await readdir(desk.dataDir, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const texts = await Promise.all(
      kept.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
    );
    expect(texts.length).toBeGreaterThan(0);
    for (const text of [given.stdout, given.stderr, ...texts]) expect(text).not.toContain('sim-key-1234');
  });
});

describe('a run that does not', () => {
  it('with nodes that failed for good ends with 4 and names errors.json', async () => {
    await desk.flowdeck('config', 'set', 'runner.retries', '0');
    const ended = await run(await desk.workflow(), await simulate('--fault', 'task-400,kind=video'));
    expect(ended.code, ended.stderr).toBe(4);
    expect(ended.lines().some((line) => line.type === 'node.failed')).toBe(true);
    const { status, errorsFile, counts } = finishOf(ended);
    expect(status).toBe('failed-nodes');
    expect(counts).toMatchObject({ generated: 3, failed: 3 });
    const errors = z
      .array(z.looseObject({ nodeId: z.number() }))
      .parse(JSON.parse(await readFile(errorsFile ?? '', 'utf8')));
    expect(errors).toHaveLength(3);
  });

  it('held at a gate ends with 8', async () => {
    const ended = await run(await desk.workflow(), await simulate(), '--gates', 'hold');
    expect(ended.code, ended.stderr).toBe(8);
    expect(finishOf(ended)).toMatchObject({ status: 'held', counts: { generated: 3, held: 3 } });
  });

  it.each([
    {
      what: 'a missing file',
      file: () => Promise.resolve(join(desk.folder, 'no.nbflow')),
      code: 'workflow-missing',
    },
    {
      what: 'a broken file',
      file: () => desk.workflow('unreadable/truncated.nbflow'),
      code: 'workflow-unreadable',
    },
    {
      what: 'a finding of the check',
      file: () => desk.workflow('broken/12-cycle.nbflow'),
      code: 'check-failed',
    },
  ])('$what ends with 3 before anything is asked of the backend', async ({ file, code }) => {
    const path = await file();
    const ended = await run(path, `http://127.0.0.1:${await freePort()}`, '--wait-backend', '0');
    expect(ended.code, ended.stderr).toBe(3);
    expect(ErrorLine.parse(ended.lines().at(-1)).code).toBe(code);
  });

  it('without a backend ends with 5, says where it asked, and leaves the file as it was', async () => {
    const file = await desk.workflow();
    const before = await readFile(file);
    const server = `http://127.0.0.1:${await freePort()}`;
    const ended = await run(file, server, '--wait-backend', '0');
    expect(ended.code, ended.stderr).toBe(5);
    const error = ErrorLine.parse(ended.lines().at(-1));
    expect(error.code).toBe('backend-unreachable');
    expect(`${error.message} ${error.where}`).toContain(server);
    expect(error.cure).not.toBeNull();
    expect(await readFile(file)).toEqual(before);
  });

  it('with a key that is refused ends with 6', async () => {
    const ended = await run(await desk.workflow(), await simulate('--key', 'right'), '--api-key', 'wrong');
    expect(ended.code, ended.stderr).toBe(6);
    expect(ErrorLine.parse(ended.lines().at(-1)).code).toBe('backend-refused');
  });

  it('with a store that is not there ends with 2', async () => {
    const ended = await run(await desk.workflow(), await simulate(), '--storage', 'nowhere');
    expect(ended.code, ended.stderr).toBe(2);
    expect(ErrorLine.parse(ended.lines().at(-1)).code).toBe('usage');
  });
});

describe('a run under way', () => {
  const slow = ['--latency', '600000', '--latency-spread', '0'];
  const start = (file: string, server: string) =>
    desk.start(['run', file, '--server', server, '--poll-ms', '5', '--json']);

  it('keeps a second run of the same file out (7), and is interrupted by one signal (130)', async () => {
    const file = await desk.workflow();
    const server = await simulate(...slow);
    const first = start(file, server);
    await first.line('task.submitted');

    const status = await desk.flowdeck('status', '--json');
    expect(status.lines()).toMatchObject([{ runs: [{ name: 'XYZG3-V0-1', status: 'running' }] }]);
    const second = await run(file, server);
    expect(second.code).toBe(7);
    expect(ErrorLine.parse(second.lines().at(-1))).toMatchObject({ code: 'locked' });
    expect(second.stderr).toContain(String(first.process.pid));

    first.process.kill('SIGINT');
    const ended = await first.ended;
    expect(ended.code, ended.stderr).toBe(130);
    expect(finishOf(ended).status).toBe('interrupted');
    // The lock is let go: another run gets as far as the backend, which is another one.
    const third = await run(file, `http://127.0.0.1:${await freePort()}`, '--wait-backend', '0');
    expect(third.code).toBe(5);
  });

  it('is interrupted by SIGTERM too', async () => {
    const running = start(await desk.workflow(), await simulate(...slow));
    await running.line('task.submitted');
    running.process.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(130);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const running = start(await desk.workflow(), await simulate('--latency', '50'));
    await running.line('task.submitted');
    running.process.stdout?.destroy();
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).not.toContain('EPIPE');
  });
});
