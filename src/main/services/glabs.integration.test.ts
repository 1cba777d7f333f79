import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyServicesChange, LOG_LINES, type Problem, ServiceView } from '../../shared/services.ts';
import { type Settings, settingKeys, settingSchemas } from '../../shared/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { processStartTime } from '../platform/process-identity.ts';
import { blankView } from './blank-view.ts';
import { createGlabsService, type GlabsService, type GlabsServiceOptions } from './glabs.ts';
import { createNetwork } from './network.ts';
import { createProbe } from './probe.ts';
import type { SavedService } from './saved-service.ts';
import { openTestRegistry, type TestRegistry } from './testing/registry.ts';

const fake = fileURLToPath(new URL('./fake-glabs.ts', import.meta.url));
const simulator = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));
const key = 'hV3kPq-9_zTr41LmWx';

const services: GlabsService[] = [];
const children: ChildProcess[] = [];
const servers: Server[] = [];
const strays: number[] = [];
let registry: TestRegistry;
const network = createNetwork({ clock: systemClock, log: silentLog });
beforeEach(async () => {
  registry = await openTestRegistry();
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
  for (const pid of strays.splice(0)) if (await processStartTime(pid)) process.kill(pid, 'SIGKILL');
  expect(registry.db.serviceChildren.all()).toEqual([]);
  await registry.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

interface Bench {
  service: GlabsService;
  url: string;
  saved: SavedService[];
  change(values: Partial<Settings>): void;
}

/** A service on a free port; `modes` run the fake as the configured command. */
async function bench(
  modes: string[] | null,
  more: { settings?: Partial<Settings>; options?: Partial<GlabsServiceOptions>; port?: number } = {},
): Promise<Bench> {
  const port = more.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const defaults = Object.fromEntries(
    settingKeys.map((each) => [each, settingSchemas[each].parse(undefined)]),
  ) as Settings;
  const command = modes
    ? { 'glabs.command': process.execPath, 'glabs.args': [fake, String(port), ...modes] }
    : {};
  let settings: Settings = { ...defaults, 'glabs.url': url, ...command, ...more.settings };
  const listeners = new Set<() => void>();
  const saved: SavedService[] = [];
  const service = createGlabsService({
    settings: {
      all: () => settings,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    secrets: { has: async () => true, seen: () => [key] },
    clock: systemClock,
    log: silentLog,
    simulator: { command: process.execPath, args: [simulator, '--latency', '0'] },
    serviceState: { write: (record) => saved.push(record), read: () => saved.at(-1) ?? null },
    env: { ...process.env, GLABS_API_KEY: key, TUNNEL_TOKEN: 'tunnel-token-value' },
    children: registry.mine,
    network,
    outputFolder: path.join(registry.folder, 'logs'),
    mayHoldPaidWork: () => false,
    checkKey: async () => null,
    graceMs: 300,
    ...more.options,
  });
  services.push(service);
  const change = (values: Partial<Settings>) => {
    settings = { ...settings, ...values };
    for (const listener of listeners) listener();
  };
  return { service, url, saved, change };
}

async function startFake(modes: string[] = []): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  const child = spawn(process.execPath, [fake, String(port), ...modes], { stdio: 'ignore' });
  children.push(child);
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/api/health`)).ok).toBe(true), {
    timeout: 20_000,
    interval: 50,
  });
  return { child, port };
}

/** Waits for a tenth of the time, but not where a deadline of a minute is meant. */
const hurried = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms < 40_000 ? ms / 10 : ms, signal),
};
const impatient = { clock: hurried, probe: createProbe(() => performance.now(), 300) };

const reaches = (service: GlabsService, view: Partial<ServiceView>) =>
  vi.waitFor(() => expect(service.view()).toMatchObject(view), { timeout: 30_000, interval: 20 });
const text = (service: GlabsService) =>
  service
    .view()
    .log.map((line) => line.text)
    .join('\n');
const alive = async (pid: number) => (await processStartTime(pid)) !== null;

describe('the configured command', () => {
  it('is started, watched, and ended with all it started, stubborn or not', async () => {
    const { service, url } = await bench(['grandchild', 'stubborn']);
    expect(service.view()).toMatchObject({ desired: 'down', state: 'stopped', startWill: 'command' });
    await Promise.all([service.start(), service.start()]);
    const view = ServiceView.parse(service.view());
    expect(view).toMatchObject({
      desired: 'up',
      state: 'ready',
      url,
      adopted: false,
      demo: false,
      startWill: 'nothing',
      problem: null,
    });
    const pid = view.pid ?? 0;
    expect(((await (await fetch(`${url}/api/health`)).json()) as { pid: number }).pid).toBe(pid);
    await vi.waitFor(() => expect(text(service)).toMatch(/grandchild \d+/), { timeout: 10_000 });
    const grandchild = Number(text(service).match(/grandchild (\d+)/)?.[1]);
    strays.push(pid, grandchild);
    expect(await alive(grandchild)).toBe(true);
    await service.stop();
    expect(service.view()).toMatchObject({
      desired: 'down',
      state: 'stopped',
      pid: null,
      startWill: 'command',
    });
    expect([await alive(pid), await alive(grandchild)]).toEqual([false, false]);
  });

  it('that crashes is started again, and what it left behind is ended', async () => {
    const { service, url } = await bench(['grandchild'], { options: impatient });
    await service.start();
    await vi.waitFor(() => expect(text(service)).toMatch(/grandchild \d+/), { timeout: 10_000 });
    const first = service.view().pid ?? 0;
    const grandchild = Number(text(service).match(/grandchild (\d+)/)?.[1]);
    strays.push(grandchild);
    await expect(fetch(`${url}/die`)).rejects.toThrow();
    await reaches(service, {
      state: 'unhealthy',
      problem: expect.objectContaining({ message: expect.stringContaining('exit code 3') }),
    });
    expect(service.view().nextAttemptAt).not.toBeNull();
    await reaches(service, { state: 'ready', restarts: 1, problem: null });
    expect(service.view().pid).not.toBe(first);
    expect(await alive(grandchild)).toBe(false);
  });

  it('that hangs is ended by force and started again', async () => {
    const { service, url } = await bench(['stubborn'], { options: impatient });
    await service.start();
    const first = service.view().pid ?? 0;
    strays.push(first);
    await fetch(`${url}/hang`);
    await reaches(service, { state: 'ready', restarts: 1 });
    expect(await alive(first)).toBe(false);
    expect(text(service)).toContain('has not answered three times');
  });

  it('that ends at each start fails after five times, with its last words', async () => {
    const { service } = await bench(['exit=7'], { options: { clock: hurried } });
    await expect(service.start()).rejects.toMatchObject({
      failure: {
        code: 'backend-unreachable',
        message: expect.stringMatching(/5 times in a row.*exit code 7.*no accounts are logged in/),
        cure: expect.stringMatching(/press Start/),
      },
    });
    expect(service.view()).toMatchObject({ desired: 'up', state: 'failed', pid: null, startWill: 'command' });
  });

  it('that is not ready in time fails with its output and is ended', async () => {
    const { service } = await bench(['silent'], { settings: { 'glabs.startupTimeoutS': 1 } });
    await expect(service.start()).rejects.toMatchObject({
      failure: { message: expect.stringMatching(/not ready within 1 s.*fake G-Labs/) },
    });
    const pid = Number(text(service).match(/process (\d+)/)?.[1]);
    strays.push(pid);
    await vi.waitFor(async () => expect(await alive(pid)).toBe(false), { timeout: 10_000 });
  });

  it.each([
    [{ 'glabs.command': '/no/such/program' }, /program was not found/],
    [{ 'glabs.command': fake }, /may not be run/],
    [{ 'glabs.cwd': '/no/such/folder' }, /working folder \/no\/such\/folder/],
  ])('that cannot be started says why: %j', async (settings, words) => {
    const { service } = await bench([], { settings });
    await expect(service.start()).rejects.toMatchObject({
      failure: { code: 'backend-unreachable', message: expect.stringMatching(words) },
    });
    expect(service.view()).toMatchObject({ state: 'failed' });
  });

  it('is told no secrets of others, and shows none of its own', async () => {
    const { service, saved } = await bench(['noisy'], {
      settings: { 'glabs.env': { SOME_TOKEN: 'another-secret-value' } },
    });
    await service.start();
    await vi.waitFor(() => expect(text(service)).toContain('has no token here'), { timeout: 10_000 });
    const shown = JSON.stringify([service.view(), saved]);
    expect(shown).not.toContain(key);
    expect(shown).not.toContain('another-secret-value');
    expect(text(service)).toContain('X-API-Key: [secret]');
    const commandLine = await readFile(`/proc/${service.view().pid}/cmdline`, 'utf8');
    expect(commandLine).not.toContain(key);
  });

  it('is ended by close, also in the midst of starting', async () => {
    const { service } = await bench(['silent']);
    const started = expect(service.start()).rejects.toMatchObject({ failure: { code: 'interrupted' } });
    await vi.waitFor(() => expect(text(service)).toMatch(/process \d+/), { timeout: 10_000 });
    const pid = Number(text(service).match(/process (\d+)/)?.[1]);
    strays.push(pid);
    await Promise.all([service.close(), service.close()]);
    expect(await alive(pid)).toBe(false);
    await started;
  });

  it('stops and starts as often and as fast as one likes, and ends as last asked', async () => {
    const { service, url } = await bench([]);
    const calls: Promise<unknown>[] = [];
    for (let n = 0; n < 6; n += 1) {
      calls.push(
        service.start().catch((error: unknown) => error),
        service.stop(),
      );
      await systemClock.sleep(n * 60);
    }
    await service.start();
    await Promise.all(calls);
    expect(service.view()).toMatchObject({ desired: 'up', state: 'ready' });
    expect(((await (await fetch(`${url}/api/health`)).json()) as { pid: number }).pid).toBe(
      service.view().pid,
    );
  });
});

describe('what runs already', () => {
  it('is adopted without being asked, named by pid, and never ended', async () => {
    const { child, port } = await startFake();
    const { service } = await bench([], { port });
    await reaches(service, { state: 'ready', adopted: true, demo: false, pid: child.pid ?? 0 });
    await expect(service.restart()).rejects.toMatchObject({ failure: { code: 'usage' } });
    await service.stop();
    expect(service.view()).toMatchObject({
      desired: 'down',
      state: 'stopped',
      adopted: false,
      startWill: 'adopt',
    });
    await service.start();
    await service.close();
    expect(await alive(child.pid ?? 0)).toBe(true);
  });

  it('and goes away is reported, not replaced by the demo, and adopted again when it returns', async () => {
    const { child, port } = await startFake();
    const { service } = await bench(null, { port, options: impatient });
    await reaches(service, { state: 'ready', adopted: true });
    child.kill('SIGKILL');
    await reaches(service, {
      state: 'unhealthy',
      demo: false,
      problem: expect.objectContaining({ message: expect.stringContaining('no longer answers') }),
    });
    children.push(spawn(process.execPath, [fake, String(port)], { stdio: 'ignore' }));
    await reaches(service, { state: 'ready', adopted: true, problem: null });
  });

  it('and is somebody else is named and left alone', async () => {
    const server = createServer((_request, response) => response.end('<h1>hello</h1>')).listen(
      0,
      '127.0.0.1',
    );
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { service } = await bench([], { port });
    await expect(service.start()).rejects.toMatchObject({
      failure: { code: 'backend-unreachable', message: expect.stringContaining(`process ${process.pid}`) },
    });
    expect(service.view()).toMatchObject({ state: 'foreign', desired: 'up', pid: null });
    server.close();
    await once(server, 'close');
    await reaches(service, { state: 'ready', adopted: false });
  });

  it('is all that Start looks for when a real backend is configured without a command', async () => {
    const { service } = await bench(null);
    expect(service.view().startWill).toBe('adopt');
    await expect(service.start()).rejects.toMatchObject({
      failure: { message: expect.stringContaining('Nothing answers') },
    });
    expect(service.view()).toMatchObject({ demo: false, state: 'unhealthy' });
  });
});

describe('the demo', () => {
  it.skipIf(!existsSync(simulator))('is the built-in simulator, labelled, and ends with us', async () => {
    const { service, saved } = await bench(null, { settings: { 'glabs.command': 'demo' } });
    expect(service.view().startWill).toBe('demo');
    await service.start();
    expect(service.view()).toMatchObject({ state: 'ready', demo: true, adopted: false });
    const pid = service.view().pid ?? 0;
    strays.push(pid);
    await service.close();
    expect(await alive(pid)).toBe(false);
    expect(JSON.parse(saved.at(-1)?.view ?? '{}')).toMatchObject({ state: 'stopped', desired: 'down' });
  });

  it.skipIf(!existsSync(simulator))('is still labelled when another process adopts it', async () => {
    const first = await bench(null, { settings: { 'glabs.command': 'demo' } });
    await first.service.start();
    const second = await bench(null, { port: Number(new URL(first.url).port) });
    await reaches(second.service, { state: 'ready', adopted: true, demo: true });
  });
});

describe('what others see', () => {
  it('folding the changes gives the view, log and all', async () => {
    const { service } = await bench(['noisy']);
    let folded = { glabs: service.view(), tunnel: blankView('tunnel', systemClock) };
    service.subscribe((change) => {
      folded = applyServicesChange(folded, change);
    });
    await service.start();
    await service.stop();
    await vi.waitFor(() => expect(folded.glabs).toEqual(service.view()), { timeout: 5000 });
    expect(folded.glabs.log.length).toBeGreaterThan(3);
  });

  it('is written down for other processes, but not before anything was asked of this one', async () => {
    const { service, saved } = await bench([]);
    await service.adoptIfRunning();
    expect(saved).toEqual([]);
    await service.start();
    await vi.waitFor(() => expect(saved.length).toBeGreaterThan(0));
    const last = saved.at(-1);
    expect(ServiceView.omit({ log: true }).parse(JSON.parse(last?.view ?? ''))).toMatchObject({
      state: 'ready',
      pid: service.view().pid,
    });
    expect(last).toMatchObject({ ownerPid: process.pid, ownerStarted: await processStartTime(process.pid) });
  });

  it('remembers in the next session that a real G-Labs was here, so that the demo does not take its place', async () => {
    const { child, port } = await startFake();
    const first = await bench(null, { port });
    await reaches(first.service, { state: 'ready', adopted: true });
    await first.service.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const options = {
      serviceState: { write: () => undefined, read: () => first.saved.at(-1) ?? null },
      secrets: { has: async () => false, seen: () => [] },
    };
    const second = await bench(null, { port, options });
    await expect(second.service.start()).rejects.toMatchObject({ failure: { code: 'backend-unreachable' } });
    expect(second.service.view()).toMatchObject({ demo: false, startWill: 'adopt' });
  });

  it('of a program that prints without end is what is newest, and how much was left out', async () => {
    const { service } = await bench(['chatty']);
    let folded = { glabs: service.view(), tunnel: blankView('tunnel', systemClock) };
    service.subscribe((change) => {
      folded = applyServicesChange(folded, change);
    });
    await service.start();
    const printed = () => Number(text(service).match(/try (\d+)$/)?.[1]);
    await vi.waitFor(() => expect(printed()).toBeGreaterThan(100_000), { timeout: 30_000 });
    expect(service.view()).toMatchObject({ state: 'ready' });
    expect(service.view().log.length).toBeLessThanOrEqual(LOG_LINES);
    await service.stop();
    await vi.waitFor(() => expect(folded.glabs).toEqual(service.view()), { timeout: 5000 });
    expect(text(service)).toMatch(/… [\d,]+ lines left out/);
    expect(text(service).endsWith('Stopped.')).toBe(true);
  });

  it('tells that the key is refused while G-Labs is up, until another one is set', async () => {
    let refused: Problem | null = { message: 'G-Labs does not take the key.', cure: 'Set the right one.' };
    const asked: string[] = [];
    const checkKey = async (at: string) => {
      asked.push(at);
      return refused;
    };
    const clock = { ...hurried, now: () => systemClock.now() * 10 };
    const { service, url } = await bench([], { options: { checkKey, clock } });
    await service.start();
    await reaches(service, { state: 'ready', problem: refused });
    refused = null;
    await reaches(service, { state: 'ready', problem: null });
    expect(asked[0]).toBe(url);
  });

  it('is fresh at once when the machine wakes up', async () => {
    // The pause between two looks never ends: only what the machine tells of itself leads to one.
    const forever = new Promise<void>(() => undefined);
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) =>
        ms > 1000 && ms <= 2000 ? forever : systemClock.sleep(ms, signal),
    };
    const { service } = await bench([], { options: { clock } });
    await service.start();
    const before = service.view().lastProbe?.at;
    await vi.waitFor(() => {
      network.resumed();
      expect(service.view().lastProbe?.at).not.toBe(before);
    });
    expect(service.view()).toMatchObject({ state: 'ready' });
  });

  it('tells the last restarts and the states of the last hour, in the next session too', async () => {
    const { service, url, saved } = await bench([], { options: { clock: hurried } });
    await service.start();
    await expect(fetch(`${url}/die`)).rejects.toThrow();
    await reaches(service, { state: 'ready', restarts: 1 });
    const { lastRestarts, health } = service.view();
    expect(lastRestarts).toMatchObject([{ reason: expect.stringContaining('exit code 3') }]);
    const states = health.map((span) => span.state);
    expect(states).toEqual(['starting', 'ready', 'unhealthy', 'starting', 'ready']);
    await service.close();
    const serviceState = { write: () => undefined, read: () => saved.at(-1) ?? null };
    const next = await bench([], { options: { serviceState } });
    expect(next.service.view().lastRestarts).toEqual(lastRestarts);
    expect(next.service.view().health.slice(0, health.length)).toEqual(health);
  });

  it('starts nothing that was stopped before its start was thought through', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<boolean>();
    let slow = false;
    const secrets = {
      has: () => {
        if (!slow) return Promise.resolve(true);
        asked.resolve();
        return answer.promise;
      },
      seen: () => [key],
    };
    const { service } = await bench([], { options: { secrets } });
    slow = true;
    const start = expect(service.start()).rejects.toMatchObject({ failure: { code: 'interrupted' } });
    await asked.promise;
    await service.stop();
    answer.resolve(true);
    await start;
    expect(service.view()).toMatchObject({ desired: 'down', state: 'stopped', pid: null });
  });

  it('a stop in the middle of a restart is the last word', async () => {
    const { service } = await bench([]);
    await service.start();
    const restart = expect(service.restart()).rejects.toMatchObject({ failure: { code: 'interrupted' } });
    await service.stop();
    await restart;
    expect(service.view()).toMatchObject({ desired: 'down', state: 'stopped', pid: null });
  });

  it('takes up a changed address at once', async () => {
    const { port } = await startFake();
    const { service, change } = await bench(null);
    await service
      .start()
      .catch((error: unknown) => expect(error).toMatchObject({ failure: { code: 'backend-unreachable' } }));
    change({ 'glabs.url': `http://127.0.0.1:${port}` });
    await reaches(service, { state: 'ready', adopted: true, url: `http://127.0.0.1:${port}` });
  });
});
