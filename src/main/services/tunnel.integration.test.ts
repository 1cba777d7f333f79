import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServiceView } from '../../shared/services.ts';
import { type SettingKey, type Settings, settingKeys, settingSchemas } from '../../shared/settings.ts';
import {
  simulatedCloudflared,
  startEdge,
  type TestEdge,
} from '../../simulator/cloudflared/test-cloudflared.ts';
import { startOrigin, type TestOrigin } from '../../simulator/cloudflared/test-origin.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { processStartTime } from '../platform/process-identity.ts';
import type { AddressBook } from './address-book.ts';
import { createProgramSearch } from './cloudflared-program.ts';
import { createAddressBook } from './create-address-book.ts';
import type { Network, NetworkNews } from './network.ts';
import { createPublicProbe } from './public-probe.ts';
import type { SavedService } from './saved-service.ts';
import type { Service } from './service.ts';
import { openTestRegistry, type TestRegistry } from './testing/registry.ts';
import { createTunnelService, type TunnelServiceOptions } from './tunnel.ts';
import { createTunnelMetrics } from './tunnel-metrics.ts';
import { createFreshNames } from './tunnel-names.ts';
import { tunnelTimes } from './tunnel-state.ts';

vi.setConfig({ testTimeout: 60_000 });

const editWorker = fileURLToPath(new URL('./consumers/edit-worker.ts', import.meta.url));
/** A token as Cloudflare gives it: account, tunnel and secret, packed. */
const token = Buffer.from(
  JSON.stringify({ a: 'account', t: 'b2d9c3a4-0000-4000-8000-1234567890ab', s: 'c2VjcmV0' }),
).toString('base64');
const key = 'hV3kPq-9_zTr41LmWx';

/** Pauses of a moment, and deadlines that a busy machine can keep. */
const times = {
  ...tunnelTimes,
  urlDeadline: 20_000,
  registeredDeadline: 25_000,
  verifiedDeadline: 30_000,
  connectingLook: 50,
  settlingLook: 50,
  look: 60,
  publicLook: 200,
  lostAfter: 400,
  calm: 200,
  backoffFirst: 100,
  backoffMost: 400,
};

let edge: TestEdge;
let registry: TestRegistry;
let origin: TestOrigin;
const closers: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  registry = await openTestRegistry();
  edge = await startEdge();
  origin = await startOrigin({ answer: healthy });
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await origin.stop();
  await edge.stop();
  await registry.close();
});

function healthy(request: IncomingMessage, response: ServerResponse): void {
  expect(request.headers['x-api-key']).toBeUndefined();
  response.writeHead(request.url === '/api/health' ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'ok' }));
}

interface Bench {
  service: Service;
  book: AddressBook;
  saved: SavedService[];
  change(values: Partial<Settings>): void;
  origin: { up: boolean; tell(): void };
  network: { online: boolean; tell(news: NetworkNews): void };
}

interface More {
  scenario?: string;
  settings?: Partial<Settings>;
  options?: Partial<TunnelServiceOptions>;
  env?: Record<string, string>;
  saved?: SavedService[];
}

async function bench(more: More = {}): Promise<Bench> {
  const defaults = Object.fromEntries(
    settingKeys.map((each) => [each, settingSchemas[each].parse(undefined)]),
  ) as Settings;
  let settings: Settings = {
    ...defaults,
    'glabs.url': origin.url,
    'tunnel.cloudflared': simulatedCloudflared,
    'tunnel.probeOrigin': edge.url,
    ...more.settings,
  };
  const listeners = new Set<(keys: SettingKey[]) => void>();
  const onChange = (listener: (keys: SettingKey[]) => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  const book = createAddressBook({
    settings: { get: <K extends SettingKey>(name: K) => settings[name], onChange },
    addresses: registry.db.tunnelAddresses,
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    fetch,
    dataDir: registry.folder,
    editWorker,
  });
  const news = new Set<(news: NetworkNews) => void>();
  const network = {
    online: true,
    tell: (what: NetworkNews) => {
      for (const listener of news) listener(what);
    },
  };
  const fakeNetwork: Network = {
    online: () => network.online,
    subscribe: (listener) => {
      news.add(listener);
      return () => news.delete(listener);
    },
    resumed: () => network.tell('resumed'),
    close: () => news.clear(),
  };
  const heard = new Set<() => void>();
  const glabs = {
    up: true,
    tell: () => {
      for (const listener of heard) listener();
    },
  };
  const saved = more.saved ?? [];
  const env = {
    PATH: process.env.PATH,
    HOME: registry.folder,
    GLABS_API_KEY: key,
    TUNNEL_URL: 'http://127.0.0.1:1',
    TUNNEL_LOGLEVEL: 'error',
    ...edge.env(more.scenario),
    ...more.env,
  };
  const service = createTunnelService({
    settings: { all: () => settings, onChange },
    secrets: { get: async () => token, seen: () => [key, token] },
    clock: systemClock,
    log: silentLog,
    book,
    children: registry.mine,
    serviceState: { write: (record) => saved.push(record), read: () => saved.at(-1) ?? null },
    creations: registry.db.tunnelAddresses,
    origin: {
      url: () => settings['glabs.url'],
      isUp: () => glabs.up,
      subscribe: (listener) => {
        heard.add(listener);
        return () => heard.delete(listener);
      },
    },
    network: fakeNetwork,
    program: createProgramSearch({ env }),
    probe: createPublicProbe({ names: createFreshNames({ fetch }), now: () => performance.now() }),
    metrics: createTunnelMetrics(),
    configDir: join(registry.folder, 'cloudflared'),
    outputFolder: join(registry.folder, 'logs'),
    env,
    times,
    ...more.options,
  });
  closers.push(
    () => service.close(),
    () => book.close(),
  );
  const change = (values: Partial<Settings>) => {
    settings = { ...settings, ...values };
    for (const listener of listeners) listener(Object.keys(values) as SettingKey[]);
  };
  return { service, book, saved, change, origin: glabs, network };
}

const text = ({ service }: Bench) =>
  service
    .view()
    .log.map((line) => line.text)
    .join('\n');
const stage = ({ service }: Bench) => service.view().tunnel?.stage;
const reaches = ({ service }: Bench, view: Record<string, unknown>) =>
  vi.waitFor(() => expect(service.view()).toMatchObject(view), { timeout: 40_000, interval: 20 });
const alive = async (pid: number | null) => pid !== null && (await processStartTime(pid)) !== null;
const hostOf = ({ service }: Bench) => new URL(service.view().url ?? '').hostname;
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it came up');
    },
    (error: { failure: { code: string; message: string; cure: string } }) => error.failure,
  );

describe('a quick tunnel', () => {
  it('is verified through its public address, published, and gone with all it started after stop', async () => {
    const tunnel = await bench();
    await reaches(tunnel, { desired: 'down', state: 'stopped', startWill: 'command', problem: null });
    await Promise.all([tunnel.service.start(), tunnel.service.start()]);
    const view = ServiceView.parse(tunnel.service.view());
    expect(view).toMatchObject({
      desired: 'up',
      state: 'ready',
      problem: null,
      startWill: 'nothing',
      restarts: 0,
    });
    expect(view.tunnel).toMatchObject({
      mode: 'quick',
      stage: 'verified',
      address: { url: view.url, revision: 1 },
    });
    expect((await edge.ask(hostOf(tunnel), '/api/health')).status).toBe(200);
    expect(registry.db.serviceChildren.all()).toMatchObject([{ service: 'tunnel', pid: view.pid }]);
    expect(registry.db.tunnelAddresses.creationsSince(0)).toHaveLength(1);
    await tunnel.service.stop();
    expect(tunnel.service.view()).toMatchObject({ desired: 'down', state: 'stopped', pid: null, url: null });
    expect(await alive(view.pid)).toBe(false);
    expect(registry.db.serviceChildren.all()).toEqual([]);
    expect(tunnel.service.view().tunnel?.address?.url).toBe(view.url);
  });

  it('is led nowhere else by a configuration of the person, or by variables of cloudflared', async () => {
    await mkdir(join(registry.folder, '.cloudflared'));
    await writeFile(
      join(registry.folder, '.cloudflared', 'config.yml'),
      'loglevel: error\ningress:\n  - service: http_status:404\n',
    );
    const tunnel = await bench();
    await tunnel.service.start();
    expect((await edge.ask(hostOf(tunnel), '/api/health')).status).toBe(200);
    const { pid } = tunnel.service.view();
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/TUNNEL_(URL|LOGLEVEL)/);
  });

  it('that dies is replaced, and the new address is a new revision', async () => {
    const tunnel = await bench();
    await tunnel.service.start();
    const { pid, url } = tunnel.service.view();
    process.kill(pid ?? 0, 'SIGKILL');
    await reaches(tunnel, { state: 'ready', restarts: 1 });
    const after = tunnel.service.view();
    expect(after.url).not.toBe(url);
    expect(after.tunnel?.address).toMatchObject({ url: after.url, revision: 2 });
    expect(after.lastRestarts).toMatchObject([{ reason: expect.stringContaining('signal SIGKILL') }]);
    expect((await edge.state()).tunnels.flatMap((each) => each.connections)).toHaveLength(1);
  });

  it('whose connection is lost keeps its address when it comes back', async () => {
    const tunnel = await bench({ options: { times: { ...times, lostAfter: 30_000 } } });
    await tunnel.service.start();
    const { url, pid } = tunnel.service.view();
    // Heard, not looked for: on a busy machine it may be over before one looks.
    const stages = new Set<string | undefined>();
    const stopHearing = tunnel.service.subscribe(() => stages.add(stage(tunnel)));
    await edge.play(hostOf(tunnel), 'blip', 600);
    await vi.waitFor(() => expect(stages).toContain('degraded'), { timeout: 40_000, interval: 20 });
    await reaches(tunnel, { state: 'ready', url, pid, restarts: 0 });
    stopHearing();
  });

  it('that Cloudflare has deleted is replaced, although its process lives', async () => {
    const tunnel = await bench();
    await tunnel.service.start();
    const { url, pid } = tunnel.service.view();
    await edge.play(hostOf(tunnel), 'deleted');
    await reaches(tunnel, { state: 'ready', restarts: 1 });
    expect(tunnel.service.view().url).not.toBe(url);
    expect(await alive(pid)).toBe(false);
  });

  it('stays as it is while G-Labs is down, and says whose fault it is', async () => {
    const tunnel = await bench();
    await tunnel.service.start();
    const { url, pid } = tunnel.service.view();
    const { port } = origin;
    await origin.stop();
    tunnel.origin.up = false;
    tunnel.origin.tell();
    await reaches(tunnel, {
      state: 'unhealthy',
      problem: { message: expect.stringContaining('G-Labs behind it') },
    });
    const looked = async () => tunnel.service.view().lastProbe?.at;
    const first = await looked();
    await vi.waitFor(async () => expect(await looked()).not.toBe(first), { timeout: 10_000 });
    expect(tunnel.service.view()).toMatchObject({ url, pid, restarts: 0 });
    origin = await startOrigin({ port, answer: healthy });
    tunnel.origin.up = true;
    tunnel.origin.tell();
    await reaches(tunnel, { state: 'ready', url, pid, restarts: 0, problem: null });
  });

  it('is refused by Cloudflare: start says so and goes on trying by itself', async () => {
    await edge.queue('429');
    const tunnel = await bench();
    const failure = await rejection(tunnel.service.start());
    expect(failure).toMatchObject({ code: 'backend-unreachable', message: expect.stringContaining('429') });
    await reaches(tunnel, { state: 'ready', restarts: 1 });
  });

  it('is asked for five times in ten minutes at most, also over a restart of Flowdeck', async () => {
    const tunnel = await bench({ scenario: '429' });
    await rejection(tunnel.service.start());
    await vi.waitFor(async () => expect((await edge.state()).creations).toHaveLength(5), { timeout: 40_000 });
    await reaches(tunnel, { tunnel: { stage: 'backoff' } });
    await tunnel.service.close();
    const next = await bench();
    const failure = await rejection(next.service.start());
    expect(failure.message).toMatch(/5 tunnels were made in the last 10 minutes/);
    expect(Date.parse(next.service.view().nextAttemptAt ?? '')).toBeGreaterThan(Date.now() + 500_000);
    expect((await edge.state()).creations).toHaveLength(5);
  });

  it.each([
    ['url-then-exit', /srv records|Cloudflare that tunnels connect to/],
    ['metrics-busy', /no free port/],
    ['500-html', /error of its own/],
    ['success-false', /error of its own/],
  ])('that ends at each start (%s) fails after five times, in words', async (scenario, words) => {
    const tunnel = await bench({ scenario });
    const failure = await rejection(tunnel.service.start());
    expect(failure.message).toMatch(/failed 5 times in a row/);
    expect(failure.message).toMatch(words);
    expect(tunnel.service.view()).toMatchObject({
      state: 'failed',
      desired: 'up',
      pid: null,
      startWill: 'command',
    });
    expect(failure.cure).toContain('press Start');
  });

  it('that shows an address and never connects is ended at its deadline, and tried over quic', async () => {
    const tunnel = await bench({
      scenario: 'http2-refused',
      options: { times: { ...times, registeredDeadline: 5000 } },
    });
    await tunnel.service.start();
    expect(tunnel.service.view()).toMatchObject({ state: 'ready', restarts: 1 });
    expect(tunnel.service.view().lastRestarts[0]?.reason).toMatch(/not connected within 5 s.*TCP port 7844/);
    const connections = (await edge.state()).tunnels.flatMap((each) => each.connections);
    expect(connections).toMatchObject([{ protocol: 'quic' }]);
  });

  it('that says nothing at all is ended at its deadline', async () => {
    await edge.queue('silent+never-ready');
    const tunnel = await bench({ options: { times: { ...times, urlDeadline: 3000 } } });
    await tunnel.service.start();
    expect(tunnel.service.view().lastRestarts[0]?.reason).toMatch(/no address within 3 s/);
  });

  it('that says too much is verified all the same, and its log stays small', async () => {
    const tunnel = await bench({ scenario: 'chatty' });
    await tunnel.service.start();
    await reaches(tunnel, { state: 'ready' });
    expect(tunnel.service.view().log.length).toBeLessThanOrEqual(2000);
    await tunnel.service.stop();
    expect(stage(tunnel)).toBe('stopped');
  });

  it('that does not listen to the gentle end is ended by force', async () => {
    const tunnel = await bench({ scenario: 'stubborn', options: { graceMs: 300 } });
    await tunnel.service.start();
    const { pid } = tunnel.service.view();
    await tunnel.service.stop();
    expect(await alive(pid)).toBe(false);
  });

  it('that is stopped before its start was thought through is not started', async () => {
    const looking = Promise.withResolvers<void>();
    const found = Promise.withResolvers<void>();
    let asked = 0;
    const program = async () => {
      asked += 1;
      if (asked === 2) {
        looking.resolve();
        await found.promise;
      }
      return { path: simulatedCloudflared, without: [] };
    };
    const tunnel = await bench({ options: { program } });
    const start = rejection(tunnel.service.start());
    await looking.promise;
    await tunnel.service.stop();
    found.resolve();
    expect(await start).toMatchObject({ code: 'interrupted' });
    expect(tunnel.service.view()).toMatchObject({ desired: 'down', state: 'stopped' });
    expect(registry.db.tunnelAddresses.creationsSince(0)).toEqual([]);
    await tunnel.service.start();
    expect(tunnel.service.view()).toMatchObject({ desired: 'up', state: 'ready' });
  });

  it('is started by the settings of the moment, also when they change while cloudflared is looked for', async () => {
    const looking = Promise.withResolvers<void>();
    const found = Promise.withResolvers<void>();
    let asked = 0;
    const program = async () => {
      asked += 1;
      if (asked === 2) {
        looking.resolve();
        await found.promise;
      }
      return { path: simulatedCloudflared, without: [] };
    };
    const tunnel = await bench({ options: { program } });
    const start = rejection(tunnel.service.start());
    await looking.promise;
    tunnel.change({ 'tunnel.mode': 'none' });
    found.resolve();
    expect((await start).message).toContain('tunnel.mode is none');
    expect(registry.db.tunnelAddresses.creationsSince(0)).toEqual([]);
  });

  it('whose name takes its time is waited for', async () => {
    const tunnel = await bench({ scenario: 'slow-dns' });
    await tunnel.service.start();
    expect(tunnel.service.view()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('is not given up, nor asked for, while this machine has no network', async () => {
    const tunnel = await bench({ settings: { 'tunnel.probeOrigin': 'http://192.0.2.1:9' } });
    tunnel.network.online = false;
    const failure = await rejection(tunnel.service.start());
    expect(failure.message).toContain('no network');
    expect((await edge.state()).creations).toEqual([]);
    tunnel.change({ 'tunnel.probeOrigin': edge.url });
    await reaches(tunnel, { state: 'ready' });
  });

  it('follows G-Labs to another address with a new start', async () => {
    const tunnel = await bench();
    await tunnel.service.start();
    const other = await startOrigin({ answer: (_request, response) => response.end('{"other":true}') });
    closers.push(() => other.stop());
    const { url } = tunnel.service.view();
    tunnel.change({ 'glabs.url': other.url });
    await vi.waitFor(() => expect(tunnel.service.view().url).not.toBe(url), { timeout: 20_000 });
    await reaches(tunnel, { state: 'ready' });
    expect((await edge.ask(hostOf(tunnel), '/api/health')).body.toString()).toContain('other');
    expect((await edge.state()).tunnels.flatMap((each) => each.connections)).toHaveLength(1);
  });

  it('shows no secret, and gives none to the process', async () => {
    const tunnel = await bench();
    await tunnel.service.start();
    const { pid } = tunnel.service.view();
    for (const file of ['cmdline', 'environ']) {
      expect(await readFile(`/proc/${pid}/${file}`, 'utf8')).not.toContain(key);
    }
    expect(JSON.stringify([tunnel.service.view(), tunnel.saved])).not.toContain(key);
  });
});

describe('the program', () => {
  it('that is missing is told before anybody asks, and found when it is there', async () => {
    const tunnel = await bench({ settings: { 'tunnel.cloudflared': join(registry.folder, 'cloudflared') } });
    await reaches(tunnel, {
      state: 'stopped',
      startWill: 'nothing',
      problem: { cure: expect.stringContaining('tunnel.cloudflared') },
    });
    const failure = await rejection(tunnel.service.start());
    expect(failure).toMatchObject({ code: 'usage', cure: expect.stringContaining('tunnel.cloudflared') });
    expect(tunnel.service.view()).toMatchObject({ state: 'failed', desired: 'up' });
    tunnel.change({ 'tunnel.cloudflared': simulatedCloudflared });
    await reaches(tunnel, { state: 'ready' });
  });

  it('that is not executable, or not a program, is named', async () => {
    const file = join(registry.folder, 'cloudflared-of-mine');
    await writeFile(file, 'no program');
    const tunnel = await bench({ settings: { 'tunnel.cloudflared': file } });
    expect((await rejection(tunnel.service.start())).message).toContain(file);
    await chmod(file, 0o755);
    tunnel.change({ 'tunnel.consumers': [] });
    await reaches(tunnel, {
      state: 'failed',
      problem: { message: expect.stringMatching(/is not cloudflared/) },
    });
    await writeFile(file, '#!/no/such/interpreter\n');
    tunnel.change({ 'tunnel.consumers': [] });
    await reaches(tunnel, {
      state: 'failed',
      problem: { message: expect.stringMatching(/cannot be run \(ENOENT\)/) },
    });
    await rm(file);
  });
});

describe('an older cloudflared', () => {
  it('that does not know a flag, and does not say how old it is, is started without it', async () => {
    const file = join(registry.folder, 'older');
    await writeFile(file, `#!/bin/sh\n[ "$1" = --version ] || exec "${simulatedCloudflared}" "$@"\n`);
    await chmod(file, 0o755);
    await edge.queue('url-then-exit', 2);
    const tunnel = await bench({
      settings: { 'tunnel.cloudflared': file },
      env: { FLOWDECK_SIM_CLOUDFLARED: '2021.12.0' },
    });
    await tunnel.service.start();
    expect(text(tunnel)).toMatch(/flag provided but not defined: -edge-ip-version/);
    expect(tunnel.service.view()).toMatchObject({ state: 'ready', restarts: 3 });
  });
});

describe('other modes', () => {
  const named = {
    'tunnel.mode': 'named' as const,
    'tunnel.publicUrl': 'https://glabs.example.org/',
  };

  it('named: has its token in the environment only, and its address from the settings', async () => {
    const tunnel = await bench({
      settings: named,
      env: { FLOWDECK_SIM_HOSTNAME: 'glabs.example.org', FLOWDECK_SIM_SERVICE: origin.url },
    });
    await tunnel.service.start();
    const { pid, url } = tunnel.service.view();
    expect(url).toBe('https://glabs.example.org');
    expect(tunnel.book.current()).toMatchObject({ url, revision: 1 });
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    expect(commandLine).toMatch(/ tunnel --config \S+quick\.yml .* run $/);
    expect(commandLine).not.toContain(token);
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toContain(`TUNNEL_TOKEN=${token}`);
    expect(JSON.stringify([tunnel.service.view(), tunnel.saved])).not.toContain(token);
    // No tunnel was made for it, so none counts against the limit.
    expect(registry.db.tunnelAddresses.creationsSince(0)).toEqual([]);
    process.kill(pid ?? 0, 'SIGKILL');
    await reaches(tunnel, { state: 'ready', restarts: 1, url });
    expect(tunnel.book.current()?.revision).toBe(1);
  });

  it('named with a token that is refused is not repeated', async () => {
    const tunnel = await bench({
      settings: named,
      options: { secrets: { get: async () => 'not a token', seen: () => [] } },
    });
    const failure = await rejection(tunnel.service.start());
    expect(failure.message).toContain('refuses the token');
    expect(failure.cure).toContain('set-secret tunnel.token');
    expect((await edge.state()).starts).toBeLessThanOrEqual(1);
    expect(text(tunnel).match(/Starting cloudflared/g)).toHaveLength(1);
  });

  it('named without an address, or without a token, says what is missing', async () => {
    const tunnel = await bench({ settings: { 'tunnel.mode': 'named' } });
    expect(await rejection(tunnel.service.start())).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('tunnel.publicUrl is not set'),
    });
    const other = await bench({
      settings: { 'tunnel.mode': 'named', 'tunnel.publicUrl': 'https://glabs.example.org' },
      options: { secrets: { get: async () => null, seen: () => [] } },
    });
    expect((await rejection(other.service.start())).message).toContain('no token is set');
  });

  it('url: starts nothing and is verified by its own address', async () => {
    const tunnel = await bench({
      settings: {
        'tunnel.mode': 'url',
        'tunnel.publicUrl': origin.url,
        'tunnel.probeOrigin': null,
        'tunnel.cloudflared': '/no/such',
      },
    });
    await reaches(tunnel, { startWill: 'adopt' });
    await tunnel.service.start();
    expect(tunnel.service.view()).toMatchObject({ state: 'ready', url: origin.url, pid: null });
    expect((await edge.state()).starts).toBe(0);
  });

  it('none: Start says so', async () => {
    const tunnel = await bench({ settings: { 'tunnel.mode': 'none' } });
    await reaches(tunnel, { startWill: 'nothing', problem: null });
    expect(await rejection(tunnel.service.start())).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('none'),
    });
  });
});

describe('over the end of Flowdeck', () => {
  const keep = { 'services.onQuit': 'keep' as const };

  it('a tunnel that was kept on purpose goes on under its name', async () => {
    const first = await bench({ settings: keep, options: { children: registry.dead } });
    await first.service.start();
    const { url, pid } = first.service.view();
    await first.service.close({ keep: true });
    expect(await alive(pid)).toBe(true);
    const next = await bench({ settings: keep, saved: first.saved });
    await reaches(next, { state: 'ready', desired: 'up', url, pid });
    expect((await edge.state()).starts).toBe(1);
    await next.service.stop();
    expect(await alive(pid)).toBe(false);
  });

  it('one that a crash left behind is ended before anything is started', async () => {
    const first = await bench({ options: { children: registry.dead } });
    await first.service.start();
    const { pid } = first.service.view();
    const next = await bench();
    await next.service.start();
    expect(await alive(pid)).toBe(false);
    expect(text(next)).toContain(`Process ${pid}, which an earlier Flowdeck had left behind, was ended.`);
    expect(next.service.view().pid).not.toBe(pid);
  });

  it('one that leads somewhere else by now is not taken up', async () => {
    const first = await bench({ settings: keep, options: { children: registry.dead } });
    await first.service.start();
    const { pid } = first.service.view();
    await first.service.close({ keep: true });
    const next = await bench({
      settings: { ...keep, 'glabs.url': 'http://127.0.0.1:1' },
      saved: first.saved,
    });
    await vi.waitFor(() => expect(text(next)).toContain(`Process ${pid}`), { timeout: 20_000 });
    expect(await alive(pid)).toBe(false);
    expect(next.service.view().desired).toBe('down');
  });
});
