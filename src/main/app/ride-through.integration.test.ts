import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent, RunEventOf } from '../../shared/run-events.ts';
import {
  quickTunnelArgs,
  startCloudflared,
  startEdge,
  type TestCloudflared,
  type TestEdge,
} from '../../simulator/cloudflared/test-cloudflared.ts';
import type { RunHandle } from '../runner/runner-api.ts';
import { startSimulator } from '../runner/test-support.ts';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';

/** G-Labs and the tunnel go away in the middle of a run, as processes do. */

/** Candidates of the images, and of everything. */
const IMAGES = 12;
const ALL = 24;
/** On a busy machine nothing else would be left to do when the outage comes. */
const fewAtOnce = { 'runner.maxTasks': 2 };
const fixtures = join(import.meta.dirname, '../workflow/fixtures');
const simulatorMain = join(import.meta.dirname, '../../simulator/main.ts');
const ends: (() => unknown)[] = [];
let folder: string;
let workflow: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-ride-'));
  workflow = join(folder, 'testing', 'XYZG3-V0-1.nbflow');
  await mkdir(join(folder, 'testing'));
  await mkdir(join(folder, 'data'));
  await cp(join(fixtures, 'refs'), join(folder, 'refs'), { recursive: true });
  const text = await readFile(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), 'utf8');
  // With its reference on this machine.
  await writeFile(workflow, text.replaceAll(/"https:[^"]*avatar[^"]*"/g, '"../refs/avatar-a.png"'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(folder, { recursive: true, force: true });
});

async function open(settings: Record<string, unknown> = {}): Promise<Flowdeck> {
  await writeFile(join(folder, 'data', 'settings.json'), JSON.stringify(settings));
  const flowdeck = await openFlowdeck({ face: 'test', env: process.env, dataDir: join(folder, 'data') });
  ends.push(() => flowdeck.close());
  return flowdeck;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

type Told<T extends RunEvent['type']> = RunEventOf<T>;

/** A run that is followed; `next` gives the first event of a type from now on. */
async function start(flowdeck: Flowdeck, more: Partial<RunOptions> = {}) {
  const handle = await flowdeck.runner.start(
    workflow,
    RunOptions.parse({ pollMs: 100, mode: 'images', ...more }),
  );
  const events: RunEvent[] = [];
  const waiting = new Set<(event: RunEvent) => void>();
  handle.onEvent((event) => {
    events.push(event);
    for (const look of [...waiting]) look(event);
  });
  const next = <T extends RunEvent['type']>(type: T) =>
    new Promise<Told<T>>((resolve, reject) => {
      const look = (event: RunEvent) => {
        if (event.type === type) resolve(event as Told<T>);
        else if (event.type === 'run.finished') reject(new Error(`it ended without ${type}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
    });
  return { handle, events, next };
}

/** It is complete, every outage it told is over and in its record, and nothing that was done was done again. */
async function expectRiddenThrough(
  flowdeck: Flowdeck,
  handle: RunHandle,
  events: readonly RunEvent[],
  candidates = IMAGES,
) {
  const { event } = await handle.finished;
  expect(event).toMatchObject({ status: 'completed', counts: { generated: candidates / 4, failed: 0 } });
  expect(event.counts.submitted).toBe(candidates + event.counts.lost);
  const placeOf = (told: Told<'task.submitted' | 'candidate.stored'>) =>
    `${told.nodeId} ${told.row} ${told.candidate}`;
  const stored = new Set<string>();
  for (const told of events) {
    if (told.type === 'candidate.stored') stored.add(placeOf(told));
    if (told.type === 'task.submitted') expect(stored).not.toContain(placeOf(told));
  }
  expect(stored.size).toBe(candidates);
  const record = await flowdeck.runner.view(handle.runId);
  const outages = record?.outages ?? [];
  expect(outages).toHaveLength(events.filter(({ type }) => type === 'backend.down').length);
  expect(outages.map(({ to }) => to)).not.toContain(null);
  expect(outages.reduce((sum, { lost }) => sum + lost, 0)).toBe(event.counts.lost);
  const attempts = (record?.nodes ?? []).flatMap((node) => node.attempts);
  expect(attempts.filter(({ outcome }) => outcome === 'lost')).toHaveLength(event.counts.lost);
  return { counts: event.counts, outages, record };
}

describe('G-Labs that is supervised', () => {
  const configure = async () => {
    const port = await freePort();
    const args = [simulatorMain, '--port', String(port), '--latency', '400', '--tiny', '--seed', '7'];
    return {
      'glabs.url': `http://127.0.0.1:${port}`,
      'glabs.command': process.execPath,
      'glabs.args': args,
      'tunnel.mode': 'none',
    };
  };

  /** Ends what the supervisor started, as a crash would. */
  const kill = async (flowdeck: Flowdeck) => {
    const { pid } = (await flowdeck.services()).glabs.view();
    if (pid === null) throw new Error('nothing runs');
    process.kill(pid, 'SIGKILL');
  };

  it('is killed twice in mid-run: the run waits, goes on by itself, and makes again only what was lost', async () => {
    const flowdeck = await open(await configure());
    await (await flowdeck.services()).glabs.start();
    const { handle, events, next } = await start(flowdeck, { mode: 'full' });
    await next('candidate.stored');
    for (let time = 0; time < 2; time++) {
      await next('task.submitted');
      const [down, up] = [next('backend.down'), next('backend.up')];
      await kill(flowdeck);
      expect(await down).toMatchObject({ what: 'glabs', mended: true, waitS: 600 });
      expect(handle.view().summary.status).toBe('waiting-backend');
      expect(handle.view().outages.at(-1)).toMatchObject({ to: null });
      await up;
      expect(handle.view().summary.status).toBe('running');
    }
    const { counts, outages } = await expectRiddenThrough(flowdeck, handle, events, ALL);
    expect(counts.lost).toBeGreaterThanOrEqual(2);
    expect(outages).toHaveLength(2);
  }, 60_000);

  it('is restarted by a person in mid-run: the run is held back before anything is in doubt', async () => {
    const flowdeck = await open({ ...(await configure()), ...fewAtOnce });
    const { glabs } = await flowdeck.services();
    await glabs.start();
    const { handle, events, next } = await start(flowdeck);
    await next('candidate.stored');
    const down = next('backend.down');
    const restarted = glabs.restart();
    expect(await down).toMatchObject({ what: 'glabs', message: expect.stringMatching(/^G-Labs /) });
    await restarted;
    await expectRiddenThrough(flowdeck, handle, events);
  }, 60_000);

  it('is mended for a run in another process of the data folder too', async () => {
    const settings = await configure();
    const supervisor = await open(settings);
    await (await supervisor.services()).glabs.start();
    const flowdeck = await open(settings);
    const { handle, events, next } = await start(flowdeck);
    await next('task.submitted');
    const [down, up] = [next('backend.down'), next('backend.up')];
    await kill(supervisor);
    expect(await down).toMatchObject({ mended: true });
    await up;
    await expectRiddenThrough(flowdeck, handle, events);
  }, 60_000);
});

describe('a run through the tunnel', () => {
  let edge: TestEdge;
  let glabs: { url: string; kill(): Promise<void> };

  beforeEach(async () => {
    edge = await startEdge({ speed: 50 });
    ends.push(() => edge.stop());
    glabs = await simulate('0');
  });

  async function simulate(port: string) {
    const started = await startSimulator(['--latency', '300', '--port', port]);
    ends.push(started.kill);
    return started;
  }

  /** A cloudflared that has registered, and its public host. */
  async function tunnel(): Promise<{ process: TestCloudflared; host: string }> {
    const process = startCloudflared(quickTunnelArgs(glabs.url), edge.env());
    ends.push(() => process.stop());
    const host = await process.host();
    await process.said(/Registered tunnel connection/);
    return { process, host };
  }

  const openThroughTunnel = () =>
    open({
      'runner.server': 'tunnel',
      'tunnel.probeOrigin': edge.url,
      'glabs.url': glabs.url,
      ...fewAtOnce,
    });

  /** What a supervisor would write down; it lives as long as this process does. */
  function tell({ db }: Flowdeck, stage: 'verified' | 'restarting', host?: string): void {
    if (host !== undefined) db.tunnelAddresses.verified(`https://${host}`, Date.now());
    const record = { ownerPid: process.pid, ownerStarted: null, at: Date.now() };
    const up = { state: 'ready', desired: 'up', tunnel: null };
    const state = stage === 'verified' ? 'ready' : 'starting';
    const seen = { ...up, url: null, state, tunnel: { stage } };
    db.serviceState.put({ ...record, service: 'tunnel', view: JSON.stringify(seen) });
    const view = JSON.stringify({ ...up, url: glabs.url });
    db.serviceState.put({ ...record, service: 'glabs', view });
  }

  it('goes on at the new address when the tunnel gets one, and loses nothing', async () => {
    const flowdeck = await openThroughTunnel();
    const first = await tunnel();
    tell(flowdeck, 'verified', first.host);
    const { handle, events, next } = await start(flowdeck);
    expect(handle.view().summary.server).toBe(`https://${first.host}`);
    await next('candidate.stored');
    const [down, up] = [next('backend.down'), next('backend.up')];
    await first.process.stop();
    expect(await down).toMatchObject({ what: 'tunnel', mended: true });
    tell(flowdeck, 'restarting');
    const second = await tunnel();
    expect(second.host).not.toBe(first.host);
    tell(flowdeck, 'verified', second.host);
    expect(await up).toMatchObject({ server: `https://${second.host}` });
    const { counts, record } = await expectRiddenThrough(flowdeck, handle, events);
    expect(counts).toMatchObject({ submitted: IMAGES, lost: 0 });
    expect(record?.summary.server).toBe(`https://${second.host}`);
    const used = (await edge.state()).tunnels.filter(({ requests }) => requests > 0);
    expect(used.map(({ host }) => host).sort()).toEqual([first.host, second.host].sort());
  }, 60_000);

  it('waits for G-Labs behind it, and keeps the address', async () => {
    const flowdeck = await openThroughTunnel();
    const { host } = await tunnel();
    tell(flowdeck, 'verified', host);
    const { handle, events, next } = await start(flowdeck);
    await next('task.submitted');
    const [down, up] = [next('backend.down'), next('backend.up')];
    await glabs.kill();
    expect(await down).toMatchObject({ what: 'glabs', message: expect.stringContaining('502') });
    await simulate(new URL(glabs.url).port);
    expect(await up).toMatchObject({ server: `https://${host}` });
    const { counts } = await expectRiddenThrough(flowdeck, handle, events);
    expect(counts.lost).toBeGreaterThan(0);
  }, 60_000);

  it('is refused where no tunnel was seen to work, with what to do', async () => {
    const flowdeck = await openThroughTunnel();
    const { host } = await tunnel();
    const refused = () => start(flowdeck, { waitBackendS: 1 }).then(() => 'it began');
    await expect(refused()).rejects.toMatchObject({
      failure: {
        code: 'backend-unreachable',
        where: 'tunnel',
        cure: expect.stringContaining('flowdeck up'),
      },
    });
    tell(flowdeck, 'restarting', host);
    await expect(refused()).rejects.toMatchObject({
      failure: { code: 'backend-unreachable', message: expect.stringContaining('restarting') },
    });
    expect((await edge.state()).tunnels.map(({ requests }) => requests)).toEqual([0]);
  }, 60_000);
});
