import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  quickTunnelArgs,
  startCloudflared,
  startEdge,
  type TestCloudflared,
  type TestEdge,
} from './test-cloudflared.ts';
import { startOrigin, type TestOrigin } from './test-origin.ts';

let out: TestEdge;
let origin: TestOrigin;
beforeAll(async () => {
  [out, origin] = await Promise.all([startEdge({ speed: 200 }), startOrigin()]);
});
afterAll(() => Promise.all([out.stop(), origin.stop()]));

const running: TestCloudflared[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
function play(
  scenario: string,
  more: { args?: string[]; env?: Record<string, string> } = {},
): TestCloudflared {
  const { args = quickTunnelArgs(origin.url), env = {} } = more;
  const started = startCloudflared(args, { ...out.env(scenario), ...env });
  running.push(started);
  return started;
}
const over = (protocol: string): string[] =>
  quickTunnelArgs(origin.url).map((word) => (word === 'http2' ? protocol : word));
const registered = /Registered tunnel connection .*protocol=(\w+)/;
const address = /https:\/\/(?!api\.)[a-z-]+\.trycloudflare\.com/;
const status = async (host: string): Promise<number> => (await out.ask(host, '/')).status;

describe('a tunnel that is not created', () => {
  it.each([
    ['429', /^failed to unmarshal quick Tunnel: invalid character 'e' looking for beginning of value$/],
    ['500-html', /^failed to unmarshal quick Tunnel: invalid character '<' looking for beginning of value$/],
    ['success-false', /^failed to parse quick Tunnel ID: invalid UUID length: 0$/],
    [
      'no-network',
      /^failed to request quick Tunnel: Post "https:\/\/api\.trycloudflare\.com\/tunnel": dial tcp: /,
    ],
  ])('%s: no address, a last line that says why, exit code 1', async (scenario, last) => {
    const before = (await out.state()).creations.length;
    const tunnel = play(scenario);
    expect(await tunnel.ended).toEqual({ code: 1, signal: null });
    expect(tunnel.lines.at(-1)).toMatch(last);
    expect(tunnel.lines.join('\n')).not.toMatch(address);
    expect(tunnel.output.text).toBe('');
    const attempts = (await out.state()).creations.slice(before);
    expect(attempts.map((one) => one.host)).toEqual(scenario === 'no-network' ? [] : [null]);
  });

  it('429 can be told by the status in the log', async () => {
    const tunnel = play('429');
    await tunnel.said(/status_code="429 Too Many Requests"$/);
  });

  it('no edge at all is no network', async () => {
    const tunnel = play('ok', { env: { FLOWDECK_SIM_EDGE: '127.0.0.1:1' } });
    expect(await tunnel.ended).toEqual({ code: 1, signal: null });
    expect(tunnel.lines.at(-1)).toMatch(
      /^failed to request quick Tunnel: Post .*: dial tcp: connect: connection refused$/,
    );
  });
});

describe('an address that is shown and does not live', () => {
  it.each([
    ['url-then-exit', /^Could not lookup srv records on _v2-origintunneld\._tcp\.argotunnel\.com: /],
    [
      'metrics-busy',
      /^Error opening metrics server listener: failed to bind to address \(127\.0\.0\.1:0\): /,
    ],
  ])('%s: ends with 1 before any connection', async (scenario, last) => {
    const tunnel = play(scenario);
    expect(await tunnel.ended).toEqual({ code: 1, signal: null });
    expect(tunnel.lines.join('\n')).toMatch(address);
    expect(tunnel.lines.join('\n')).not.toMatch(registered);
    expect(tunnel.lines.at(-1)).toMatch(last);
  });

  it('so does a metrics port that somebody really has', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const taken = stranger.address();
    if (taken === null || typeof taken === 'string') throw new Error('no port');
    const wanted = `127.0.0.1:${taken.port}`;
    const args = quickTunnelArgs(origin.url).map((word) => (word === '127.0.0.1:0' ? wanted : word));
    const tunnel = play('ok', { args });
    expect(await tunnel.ended).toEqual({ code: 1, signal: null });
    expect(tunnel.lines.at(-1)).toBe(
      `Error opening metrics server listener: failed to bind to address (${wanted}): listen tcp ${wanted}: bind: address already in use`,
    );
    stranger.close();
  });

  it('never-ready: tries for ever, each time after a longer wait, and is healed when the scenario is', async () => {
    const tunnel = play('never-ready');
    const host = await tunnel.host();
    for (const wait of ['2s', '4s', '8s', '16s', '32s', '1m4s']) {
      await tunnel.said(new RegExp(`Retrying connection in up to ${wait} `));
    }
    expect((await tunnel.metrics('/ready')).status).toBe(503);
    await expect(out.ask(host, '/')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(tunnel.lines.join('\n')).not.toMatch(registered);
    await out.play(host, 'ok');
    await tunnel.said(registered);
    expect(await status(host)).toBe(201);
  });

  it('quic-blocked: quic never gets there and http2 does; auto takes http2 after nine dials', async () => {
    const quic = play('quic-blocked', { args: over('quic') });
    await quic.said(/Retrying connection in up to 16s/);
    expect(quic.lines.join('\n')).toMatch(/Failed to dial a quic connection/);
    const [http2, auto] = [play('quic-blocked'), play('quic-blocked', { args: over('auto') })];
    expect((await http2.said(registered))[1]).toBe('http2');
    expect((await auto.said(registered))[1]).toBe('http2');
    const failed = auto.lines.filter((line) => line.includes('Failed to dial a quic connection'));
    expect(failed).toHaveLength(9);
    // A message of two lines: the second has no time (B1 of the reference).
    const second = auto.lines.findIndex((line) => line.startsWith('If you are using private routing'));
    expect(auto.lines[second - 1]).toMatch(/^\S+Z WRN If this log occurs persistently/);
    expect(quic.lines.join('\n')).not.toMatch(registered);
  });

  it('http2-refused: the other way round', async () => {
    const [http2, quic] = [play('http2-refused'), play('http2-refused', { args: over('quic') })];
    expect((await quic.said(registered))[1]).toBe('quic');
    await http2.said(/Retrying connection in up to 16s/);
    expect(http2.lines.join('\n')).toMatch(/DialContext error: dial tcp \S+: connect: connection refused/);
    expect(http2.lines.join('\n')).not.toMatch(registered);
  });
});

describe('a tunnel that worked', () => {
  it('ready-then-dead: ends with 1 some time after it was there, and its name leads nowhere', async () => {
    const tunnel = play('ready-then-dead');
    const host = await tunnel.host();
    await tunnel.said(registered);
    expect(await tunnel.ended).toEqual({ code: 1, signal: null });
    expect(tunnel.lines.map((line) => line.slice(21))).toContain(
      'ERR no more connections active and exiting',
    );
    expect(await status(host)).toBe(530);
  });

  it('rotating: has another name each time', async () => {
    const hosts = new Set<string>();
    for (let times = 0; times < 2; times++) {
      const tunnel = play('rotating');
      hosts.add(await tunnel.host());
      expect((await tunnel.ended).code).toBe(1);
    }
    expect(hosts.size).toBe(2);
  });

  it('blip: loses its connection and comes back under the same name', async () => {
    const tunnel = play('blip');
    const host = await tunnel.host();
    await tunnel.said(registered);
    await tunnel.said(/INF Lost connection with the edge connIndex=0$/);
    await tunnel.said(/ERR Connection terminated error="connection with edge closed" connIndex=0$/);
    await expect.poll(() => tunnel.lines.filter((line) => registered.test(line)).length).toBe(2);
    expect(await status(host)).toBe(201);
    expect((await out.state()).tunnels.filter((one) => one.host === host)).toHaveLength(1);
  });

  it('blip, of a length that the test chooses: 530 and not ready meanwhile', async () => {
    const tunnel = play('ok');
    const host = await tunnel.host();
    await tunnel.said(registered);
    await out.play(host, 'blip', 60_000);
    expect(await status(host)).toBe(530);
    await expect.poll(async () => (await tunnel.metrics('/ready')).status).toBe(503);
    await out.play(host, 'ok');
    await expect.poll(async () => (await tunnel.metrics('/ready')).status).toBe(200);
    expect(await status(host)).toBe(201);
  });

  it('deleted: never comes back, never ends, and stays deleted', async () => {
    const tunnel = play('deleted');
    const host = await tunnel.host();
    await tunnel.said(registered);
    await tunnel.said(/ERR failed to serve incoming request error="Unauthorized: Tunnel not found"$/);
    expect((await tunnel.metrics('/ready')).status).toBe(503);
    expect(await status(host)).toBe(530);
    await expect(out.play(host, 'ok')).rejects.toThrow(/was deleted, and stays so/);
    expect(tunnel.child.exitCode).toBeNull();
    tunnel.child.kill('SIGTERM');
    expect(await tunnel.ended).toEqual({ code: 0, signal: null });
  });

  it('slow-dns: is registered and cannot be found for a while', async () => {
    const tunnel = play('slow-dns', { env: { FLOWDECK_SIM_SPEED: '1' } });
    const host = await tunnel.host();
    await tunnel.said(registered);
    await out.play(host, 'slow-dns', 60_000);
    await expect(out.ask(host, '/')).rejects.toThrow(/hang up|ECONNRESET/);
    expect((await tunnel.metrics('/ready')).status).toBe(200);
    await out.play(host, 'slow-dns', 0);
    expect(await status(host)).toBe(201);
  });

  it('has an origin that never begins to answer: 524, and the next request is no worse off', async () => {
    const hangs = await startOrigin({
      answer: (request, response) => {
        if (request.url === '/quick') response.end('here');
      },
    });
    const tunnel = play('ok', { args: quickTunnelArgs(hangs.url) });
    const host = await tunnel.host();
    await tunnel.said(registered);
    expect((await out.ask(host, '/slow')).status).toBe(524);
    expect((await out.ask(host, '/quick')).body.toString()).toBe('here');
    await hangs.stop();
  });

  it('keeps trying when Cloudflare itself is away', async () => {
    const other = await startEdge({ speed: 200 });
    const tunnel = startCloudflared(quickTunnelArgs(origin.url), other.env());
    running.push(tunnel);
    await tunnel.said(registered);
    await other.stop();
    await tunnel.said(/Lost connection with the edge/);
    await tunnel.said(/Unable to establish connection with Cloudflare edge/);
    expect(tunnel.child.exitCode).toBeNull();
  });
});

describe('manners of the process', () => {
  it('silent: says nothing and works', async () => {
    const before = (await out.state()).tunnels.length;
    const tunnel = play('silent');
    const state = await out.until((now) => now.tunnels[before]?.connections.length === 1);
    expect(await status(state.tunnels[before]?.host ?? '')).toBe(201);
    tunnel.child.kill('SIGTERM');
    expect((await tunnel.ended).code).toBe(0);
    expect(tunnel.lines).toEqual([]);
  });

  it('chatty: floods the log and works', async () => {
    const tunnel = play('chatty');
    const host = await tunnel.host();
    await expect.poll(() => tunnel.lines.length, { timeout: 30_000 }).toBeGreaterThan(50_000);
    expect(await status(host)).toBe(201);
  });

  it('stubborn: does not end at any signal but the one that nobody can refuse', async () => {
    const tunnel = play('stubborn');
    const host = await tunnel.host();
    await tunnel.said(registered);
    tunnel.child.kill('SIGTERM');
    tunnel.child.kill('SIGINT');
    tunnel.child.kill('SIGTERM');
    expect(await status(host)).toBe(201);
    expect(tunnel.child.exitCode).toBeNull();
    tunnel.child.kill('SIGKILL');
    expect(await tunnel.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('go together with other scenarios', async () => {
    const tunnel = play('deleted+stubborn');
    await tunnel.said(/Unauthorized: Tunnel not found/);
    tunnel.child.kill('SIGTERM');
    expect((await tunnel.metrics('/ready')).status).toBe(503);
  });
});

describe('switching from outside', () => {
  it('the next processes play what was queued, once each, whatever their environment says', async () => {
    await out.queue('429', 2);
    const codes = [await play('ok').ended, await play('ok').ended].map((ended) => ended.code);
    expect(codes).toEqual([1, 1]);
    await play('ok').said(registered);
  });

  it('a running process can be told to die, to be stubborn, or to flood the log', async () => {
    const [dies, stays] = [play('ok'), play('ok')];
    await Promise.all([dies.said(registered), stays.said(registered)]);
    await out.play(await dies.host(), 'ready-then-dead');
    expect((await dies.ended).code).toBe(1);
    await out.play(await stays.host(), 'stubborn+chatty');
    await expect.poll(() => stays.lines.length, { timeout: 30_000 }).toBeGreaterThan(5000);
    stays.child.kill('SIGTERM');
    expect(await status(await stays.host())).toBe(201);
  });

  it('a scenario that does not exist is refused by name, in the environment and by the edge', async () => {
    const tunnel = play('sleepy');
    expect((await tunnel.ended).code).toBe(2);
    expect(tunnel.lines[0]).toMatch(/^There is no scenario sleepy\. There are: ok, 429, /);
    await expect(out.queue('sleepy')).rejects.toThrow(/There is no scenario sleepy/);
    await expect(out.play('nobody.trycloudflare.com', 'ok')).rejects.toThrow(/There is no tunnel nobody/);
  });
});
