import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Settings, settingKeys, settingSchemas } from '../../shared/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { processStartTime } from '../platform/process-identity.ts';
import { createGlabsService, type GlabsService, type GlabsServiceOptions } from './glabs.ts';
import { createNetwork } from './network.ts';
import { openTestRegistry, type TestRegistry } from './testing/registry.ts';

const fake = fileURLToPath(new URL('./fake-glabs.ts', import.meta.url));
const supervisor = fileURLToPath(new URL('./testing/supervisor.ts', import.meta.url));

let registry: TestRegistry;
const flowdecks: ChildProcess[] = [];
const services: GlabsService[] = [];
const strays: number[] = [];
beforeEach(async () => {
  registry = await openTestRegistry();
});
afterEach(async () => {
  for (const flowdeck of flowdecks.splice(0)) flowdeck.kill('SIGKILL');
  for (const service of services.splice(0)) await service.close();
  for (const pid of strays.splice(0)) if (await alive(pid)) process.kill(pid, 'SIGKILL');
  await registry.close();
});

const alive = async (pid: number) => (await processStartTime(pid)) !== null;
const ended = (pid: number) =>
  vi.waitFor(async () => expect(await alive(pid)).toBe(false), { timeout: 10_000, interval: 10 });
const rows = () => registry.db.serviceChildren.all();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function settingsFor(modes: string[], onQuit: 'stop' | 'keep'): Promise<Partial<Settings>> {
  const port = await freePort();
  return {
    'glabs.url': `http://127.0.0.1:${port}`,
    'glabs.command': process.execPath,
    'glabs.args': [fake, String(port), ...modes],
    'services.onQuit': onQuit,
  };
}

/** A Flowdeck in a process of its own, with its G-Labs ready; and the pid of that. */
async function otherFlowdeck(settings: Partial<Settings>): Promise<{ flowdeck: ChildProcess; pid: number }> {
  const flowdeck = fork(supervisor, [registry.folder, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  flowdecks.push(flowdeck);
  const ready = new Promise<number>((resolve) => {
    flowdeck.on('message', (news: { state: string; pid: number | null }) => {
      if (news.state === 'ready' && news.pid !== null) resolve(news.pid);
    });
  });
  flowdeck.send('start');
  const pid = await ready;
  strays.push(pid);
  await vi.waitFor(() => expect(rows().every((row) => row.started !== null)).toBe(true));
  return { flowdeck, pid };
}

async function crash(flowdeck: ChildProcess): Promise<void> {
  const exit = once(flowdeck, 'exit');
  flowdeck.kill('SIGKILL');
  await exit;
}

async function close(flowdeck: ChildProcess, how: 'keep' | 'stop'): Promise<void> {
  const exit = once(flowdeck, 'exit');
  flowdeck.send(how);
  await exit;
}

/** The next Flowdeck, in this process. */
function nextFlowdeck(settings: Partial<Settings>, more: Partial<GlabsServiceOptions> = {}): GlabsService {
  const defaults = Object.fromEntries(
    settingKeys.map((each) => [each, settingSchemas[each].parse(undefined)]),
  ) as Settings;
  const service = createGlabsService({
    settings: { all: () => ({ ...defaults, ...settings }), onChange: () => () => undefined },
    secrets: { has: async () => true, seen: () => [] },
    clock: systemClock,
    log: silentLog,
    simulator: { command: '', args: [] },
    serviceState: {
      write: (record) => registry.db.serviceState.put(record),
      read: () => registry.db.serviceState.get('glabs'),
    },
    children: registry.mine,
    network: createNetwork({ clock: systemClock, log: silentLog }),
    outputFolder: path.join(registry.folder, 'logs'),
    mayHoldPaidWork: () => false,
    checkKey: async () => null,
    graceMs: 300,
    ...more,
  });
  services.push(service);
  return service;
}
const reaches = (service: GlabsService, view: object) =>
  vi.waitFor(() => expect(service.view()).toMatchObject(view), { timeout: 20_000, interval: 10 });
const texts = (service: GlabsService) => service.view().log.map((line) => line.text);

it('one that was to run on is taken over also when its Flowdeck was killed', async () => {
  const settings = await settingsFor([], 'keep');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  await crash(flowdeck);
  const service = nextFlowdeck(settings);
  await reaches(service, { state: 'ready', pid, adopted: false });
  await service.stop();
  expect(await alive(pid)).toBe(false);
});

it('a Flowdeck that is killed leaves a G-Labs, which the next one ends with all it started before it starts its own', async () => {
  const settings = await settingsFor(['stubborn', 'grandchild'], 'stop');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  await crash(flowdeck);
  expect(await alive(pid)).toBe(true);
  const service = nextFlowdeck(settings);
  await service.start();
  expect(await alive(pid)).toBe(false);
  const view = service.view();
  expect(view).toMatchObject({ state: 'ready', adopted: false });
  expect(view.pid).not.toBe(pid);
  expect(rows()).toMatchObject([{ pid: view.pid, ownerPid: process.pid }]);
  expect(texts(service)[0]).toBe(`Process ${pid}, which an earlier Flowdeck had left behind, was ended.`);
  await service.close();
  expect(rows()).toEqual([]);
});

it('what a G-Labs had started that died after its Flowdeck is ended too', async () => {
  const settings = await settingsFor(['grandchild'], 'keep');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  const output = rows()[0]?.output ?? '';
  await vi.waitFor(async () => expect(await readFile(output, 'utf8')).toMatch(/grandchild \d+/), {
    timeout: 10_000,
  });
  const grandchild = Number((await readFile(output, 'utf8')).match(/grandchild (\d+)/)?.[1]);
  strays.push(grandchild);
  await crash(flowdeck);
  process.kill(pid, 'SIGKILL');
  await ended(pid);
  expect(await alive(grandchild)).toBe(true);
  const service = nextFlowdeck(settings, { mayHoldPaidWork: () => true });
  await service.start();
  expect(await alive(grandchild)).toBe(false);
  expect(service.view().pid).not.toBe(pid);
  expect(texts(service)[0]).toBe(`What process ${pid} of an earlier Flowdeck had started was ended.`);
});

it('what is kept on quit goes on with its pid and its log, and is ours again: Restart and Stop end it', async () => {
  const settings = await settingsFor(['noisy'], 'keep');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  await close(flowdeck, 'keep');
  expect(await alive(pid)).toBe(true);
  expect(rows()).toMatchObject([{ pid, kept: true }]);
  const service = nextFlowdeck(settings);
  await reaches(service, { state: 'ready', desired: 'up', pid, adopted: false });
  await vi.waitFor(() => expect(texts(service).join('\n')).toContain(`fake G-Labs, process ${pid}`));
  expect(service.view().health.map((span) => span.state)).toContain('ready');
  await service.restart();
  expect(await alive(pid)).toBe(false);
  expect(service.view().pid).not.toBe(pid);
  await service.stop();
  expect(rows()).toEqual([]);
});

it('what was kept and dies is seen to die, and is started again', async () => {
  const settings = await settingsFor([], 'keep');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  await close(flowdeck, 'keep');
  const service = nextFlowdeck(settings);
  await reaches(service, { state: 'ready', pid });
  process.kill(pid, 'SIGKILL');
  await reaches(service, {
    state: 'ready',
    restarts: 1,
    lastRestarts: [{ reason: expect.stringContaining('ended') }],
  });
  expect(service.view().pid).not.toBe(pid);
});

it('may be kept again and again', async () => {
  const settings = await settingsFor([], 'keep');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  await close(flowdeck, 'keep');
  const second = nextFlowdeck(settings);
  await reaches(second, { state: 'ready', pid });
  await second.close({ keep: true });
  expect(rows()).toMatchObject([{ pid, kept: true, ownerPid: process.pid }]);
  expect(await alive(pid)).toBe(true);
});

it('a G-Labs that was started to end with Flowdeck ends, though keep is asked for', async () => {
  const { flowdeck, pid } = await otherFlowdeck(await settingsFor([], 'stop'));
  await close(flowdeck, 'keep');
  await ended(pid);
  expect(rows()).toEqual([]);
});

it.each([
  ['says it has tasks', ['tasks=2'], false],
  ['may have ordered work by the journal', [], true],
])('after a crash, a G-Labs that %s is not ended but taken over', async (_what, modes, mayHold) => {
  const settings = await settingsFor(modes, 'keep');
  const { flowdeck, pid } = await otherFlowdeck(settings);
  await crash(flowdeck);
  const service = nextFlowdeck(settings, { mayHoldPaidWork: () => mayHold });
  await reaches(service, { state: 'ready', pid, adopted: false });
  await service.stop();
  expect(await alive(pid)).toBe(false);
});
