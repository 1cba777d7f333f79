import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { systemClock } from '../platform/clock.ts';
import { createEndpointStore } from '../storage/endpoint-store.ts';
import { createS3Store } from '../storage/s3-store.ts';
import { openRelay } from '../storage/testing/relay.ts';
import { type S3Process, startS3 } from '../storage/testing/s3-process.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** Runs whose outputs go elsewhere: to a real S3 server, and to an endpoint, both of which may go away. */

let simulator: Simulator;
let bench: Bench;
const PUBLIC = 'https://cdn.example/';

beforeEach(async () => {
  simulator = await startSimulator();
  bench = await openBench({ server: simulator.url });
});
afterEach(async () => {
  await bench.close();
  await simulator.kill();
});

const savedIn = (text: string) =>
  generationNodes(parseWorkflow(text, bench.workflow)).flatMap((node) => node.saved.map((url) => url ?? ''));
const planned = async () => (await bench.runner.plan(bench.workflow, RunOptions.parse({}))).totals;
const notices = (events: RunEvent[]) =>
  events.flatMap((event) => (event.type === 'run.notice' ? [event.message] : [])).join('\n');
const exported = async (output: string | null) =>
  Buffer.from((await bench.deps.disk.read(output ?? '')) ?? []).toString('utf8');

async function started(more: Partial<RunOptions> = {}) {
  const handle = await bench.runner.start(
    bench.workflow,
    RunOptions.parse({ pollMs: 50, waitBackendS: 1, ...more }),
  );
  const events: RunEvent[] = [];
  handle.onEvent((event) => events.push(event));
  return { handle, events };
}

describe('a bucket', () => {
  let s3: S3Process;
  beforeEach(async () => {
    s3 = await startS3();
    bench.deps.openStore = async () => storeWith(s3.secretAccessKey);
  });
  afterEach(() => s3.end());

  const storeWith = (secretAccessKey: string, port = s3.port) =>
    createS3Store({
      name: 'r2',
      endpoint: `http://127.0.0.1:${port}`,
      bucket: s3.bucket,
      region: 'auto',
      publicBaseUrl: PUBLIC,
      accessKeyId: s3.accessKeyId,
      prefix: '',
      pathStyle: true,
      secretAccessKey,
      limits: { connectMs: 1000, idleMs: 1000 },
    });

  it('gets every output once, under addresses that stand in the file', async () => {
    const first = await bench.run({ pollMs: 50 });
    expect(first.end).toMatchObject({ status: 'completed', counts: { generated: 6, uploaded: 24 } });
    const keys = (await s3.keys()).filter((key) => !key.startsWith('flowdeck-test/'));
    expect(savedIn(await bench.read()).sort()).toEqual(keys.map((key) => PUBLIC + key).sort());
    expect(bench.deps.db.uploads.list()).toEqual([]);
    const second = await bench.run({ pollMs: 50 });
    expect(second.end.counts).toMatchObject({ submitted: 0, uploaded: 0, cached: 6 });
  });

  it('that goes away in the middle holds nothing up: the run completes, and the next one sends the rest', async () => {
    const { handle, events } = await started();
    await new Promise<void>((resolve) => {
      handle.onEvent((event) => {
        if (event.type === 'candidate.stored') resolve();
      });
    });
    await s3.kill();
    const { event } = await handle.finished;
    expect(event).toMatchObject({ status: 'completed', counts: { generated: 6, submitted: 24 } });
    expect(notices(events)).toContain('The store local does not take outputs now');
    const waiting = bench.deps.db.uploads.list().length;
    expect(waiting).toBeGreaterThan(0);
    expect(event.counts.uploaded + waiting).toBe(24);
    expect(handle.view().summary.uploadsWaiting).toBe(waiting);
    const before = await bench.read();
    expect(savedIn(before).every((url) => url.startsWith(PUBLIC))).toBe(true);
    // What is not there yet is not gone.
    expect((await planned()).generations).toBe(0);

    await s3.restart();
    const again = await bench.run({ pollMs: 50 });
    expect(again.end.counts).toMatchObject({ submitted: 0, cached: 6 });
    // What it had taken whole when it was killed, without an answer, is found there and not sent again.
    expect(again.end.counts.uploaded).toBeLessThanOrEqual(waiting);
    expect(bench.deps.db.uploads.list()).toEqual([]);
    expect((await s3.keys()).filter((key) => !key.startsWith('flowdeck-test/'))).toHaveLength(24);
    expect(await bench.read()).toBe(before);
  });

  it('gets a reference too that an earlier run had put into a folder of this machine', async () => {
    const { openStore, here } = bench.deps;
    await writeFile(
      bench.workflow,
      editWorkflow(await bench.read(), [{ nodeId: 1, properties: { imageUrl: '../refs/avatar-a.png' } }]),
    );
    bench.deps.openStore = async () => here;
    await bench.run({ mode: 'images', pollMs: 50 });
    expect(await bench.read()).toContain('/refs/');
    bench.deps.openStore = openStore;
    const { end } = await bench.run({ mode: 'clean', pollMs: 50 });
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 24 } });
    const reference = parseWorkflow(await bench.read(), bench.workflow).nodes.get(1)?.properties.imageUrl;
    expect(reference).toMatch(/^https:\/\/cdn\.example\/refs\/[0-9a-f]{64}\.png$/);
  });

  it('that hangs does not keep a clip waiting for its picture', async () => {
    const relay = await openRelay(s3.port);
    bench.deps.openStore = async () => storeWith(s3.secretAccessKey, relay.port);
    const { handle, events } = await started();
    relay.hold();
    const { event } = await handle.finished;
    await relay.close();
    const clip = events.findIndex((entry) => entry.type === 'task.submitted' && entry.nodeId === 9);
    const stored = events.findIndex((entry) => entry.type === 'candidate.stored' && entry.nodeId === 4);
    expect(clip).toBeGreaterThan(0);
    expect(stored).toBeGreaterThan(clip);
    expect(event).toMatchObject({ status: 'completed', counts: { generated: 6, submitted: 24 } });
  });

  it('that refuses the key is told before anything is bought', async () => {
    bench.deps.openStore = async () => storeWith('another secret');
    await expect(bench.run()).rejects.toMatchObject({ failure: { code: 'store-refused' } });
    await s3.kill();
    bench.deps.openStore = async () => storeWith(s3.secretAccessKey);
    await expect(bench.run({ waitBackendS: 0 })).rejects.toMatchObject({
      failure: { code: 'store-unreachable' },
    });
    const tasks = await fetch(`${simulator.url}/api/tasks`);
    expect(JSON.stringify(await tasks.json())).not.toContain('task_id');
  });
});

describe('an endpoint', () => {
  let server: Server;
  let away: boolean;
  let base: string;
  beforeEach(async () => {
    away = false;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (away) {
        response.statusCode = 503;
        response.end();
        return;
      }
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const form = await new Response(Buffer.concat(chunks), { headers }).formData();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { url: `${PUBLIC}${form.get('path')}` } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    bench.deps.openStore = async () =>
      createEndpointStore({
        name: 'press',
        url: base,
        fileField: 'file',
        pathField: 'path',
        headers: {},
        urlPointer: '/data/url',
        fetch,
        clock: systemClock,
      });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('gives the addresses that stand in the file', async () => {
    const { end } = await bench.run({ pollMs: 50 });
    expect(end).toMatchObject({ status: 'completed', counts: { uploaded: 24 } });
    expect(savedIn(await bench.read()).every((url) => url.startsWith(PUBLIC))).toBe(true);
  });

  it('that is away gets its outputs later: then its addresses take their place, and nothing is made again', async () => {
    away = true;
    const { handle } = await started();
    const { event } = await handle.finished;
    expect(event).toMatchObject({ status: 'completed', counts: { generated: 6, uploaded: 0 } });
    expect(savedIn(await bench.read()).every((url) => url.startsWith('file:'))).toBe(true);
    await handle.pick(5, 1, 2).catch(() => bench.runner.pick(handle.runId, 5, 1, 2));
    expect((await planned()).generations).toBe(4);

    away = false;
    expect(await bench.runner.sendLeft(new AbortController().signal)).toBe(0);
    const { end } = await bench.run({ pollMs: 50 });
    expect(end.counts).toMatchObject({ cached: 5, submitted: 4 });
    const text = await bench.read();
    expect(savedIn(text).filter((url) => url.startsWith('file:'))).toEqual([]);
    expect(text).not.toContain('file:');
    expect(await exported(event.output)).not.toContain('file:');
    expect(bench.deps.db.uploads.list()).toEqual([]);
    expect((await planned()).generations).toBe(0);
  });

  it('that is back at the start of the next run gets them then, and the run counts them', async () => {
    away = true;
    await bench.run({ mode: 'images', pollMs: 50, waitBackendS: 1 });
    away = false;
    const { end } = await bench.run({ mode: 'images', pollMs: 50, waitBackendS: 1 });
    expect(end.counts).toMatchObject({ cached: 3, submitted: 0, uploaded: 12 });
  });

  it('gets what is left of one workflow, though another one is held', async () => {
    away = true;
    await bench.run({ mode: 'images', pollMs: 50, waitBackendS: 1 });
    const { db } = bench.deps;
    const [row] = db.uploads.list();
    if (!row) throw new Error('Nothing waits.');
    const workflow = join(bench.folder, 'other.nbflow');
    await db.commits.write(() =>
      db.uploads.add({
        ...row,
        key: `other/${row.key}`,
        localUrl: null,
        workflow,
        addedAt: row.addedAt + 1e6,
      }),
    );
    away = false;
    const held = await bench.deps.lock(bench.workflow, 'test');
    const sending = bench.runner.sendLeft(new AbortController().signal);
    await expect(sending).rejects.toMatchObject({ failure: { code: 'locked' } });
    expect(db.uploads.list(workflow)).toEqual([]);
    await held.release();
    expect(await bench.runner.sendLeft(new AbortController().signal)).toBe(0);
    expect(db.uploads.list()).toEqual([]);
  });
});
