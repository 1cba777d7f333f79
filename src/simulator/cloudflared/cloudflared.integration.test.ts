import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type EdgeState,
  quickTunnelArgs,
  startCloudflared,
  startEdge,
  type TestCloudflared,
  type TestEdge,
} from './test-cloudflared.ts';
import { hash, startOrigin, type TestOrigin } from './test-origin.ts';

let out: TestEdge;
let origin: TestOrigin;
let folder: string;
beforeAll(async () => {
  [out, origin] = await Promise.all([startEdge({ speed: 50 }), startOrigin()]);
  folder = mkdtempSync(join(tmpdir(), 'cloudflared-'));
});
afterAll(async () => {
  await Promise.all([out.stop(), origin.stop()]);
  rmSync(folder, { recursive: true });
});

const running: TestCloudflared[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
function cloudflared(args: readonly string[], env: Record<string, string> = out.env()): TestCloudflared {
  const started = startCloudflared(args, env);
  running.push(started);
  return started;
}
const registered = /Registered tunnel connection .*protocol=(\w+)/;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};

describe('the public side', () => {
  it('brings requests to the origin and its answers back, byte for byte', async () => {
    const tunnel = cloudflared(quickTunnelArgs(origin.url));
    const host = await tunnel.host();
    await tunnel.said(registered);
    const body = randomBytes(300_000);
    const more = { method: 'POST', body, headers: { 'x-api-key': 'k' } };
    const answer = await out.ask(host, '/api/x?y=1', more);
    expect([answer.status, answer.headers['x-twice']]).toEqual([201, 'a, b']);
    const told = JSON.parse(answer.body.toString());
    expect(told).toMatchObject({ method: 'POST', path: '/api/x?y=1', body: hash(body) });
    expect(told.headers).toMatchObject({ host, 'x-api-key': 'k', 'x-forwarded-proto': 'https' });
    expect(tunnel.output.text).toBe('');
  });

  it('passes on what the origin has said so far, before it has finished', async () => {
    let finish: () => void = () => undefined;
    const slow = await startOrigin({
      answer: (_, response) => {
        response.write('first');
        finish = () => response.end(' and last');
      },
    });
    const tunnel = cloudflared(quickTunnelArgs(slow.url));
    const host = await tunnel.host();
    await tunnel.said(registered);
    const text = await new Promise<string>((resolve, reject) => {
      get(out.url, { headers: { host }, agent: false }, (answer) => {
        let seen = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          seen += chunk;
          if (seen === 'first') finish();
        });
        answer.on('end', () => resolve(seen));
      }).on('error', reject);
    });
    expect(text).toBe('first and last');
    await slow.stop();
  });

  it('breaks off where the origin breaks off, instead of passing half an answer for a whole one', async () => {
    const broken = await startOrigin({
      answer: (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => request.socket.destroy());
      },
    });
    const tunnel = cloudflared(quickTunnelArgs(broken.url));
    const host = await tunnel.host();
    await tunnel.said(registered);
    await expect(out.ask(host, '/')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    await broken.stop();
  });

  it('answers 502 while the origin is down, says why in the log, and is the same tunnel when it is back', async () => {
    const first = await startOrigin();
    const tunnel = cloudflared(quickTunnelArgs(first.url));
    const host = await tunnel.host();
    await tunnel.said(registered);
    await first.stop();
    const down = await out.ask(host, '/api/health');
    expect(down.status).toBe(502);
    expect(down.headers['cf-cloudflared-response-meta']).toBe('{"src":"cloudflared"}');
    await tunnel.said(
      /ERR {2}error="Unable to reach the origin service\..* connect: connection refused" connIndex=0/,
    );
    const again = await startOrigin({ port: first.port });
    expect((await out.ask(host, '/api/health')).status).toBe(201);
    await again.stop();
  });

  it('answers error 1033 with 530 once the process is gone: as a page, and as JSON for those who want it', async () => {
    const tunnel = cloudflared(quickTunnelArgs(origin.url));
    const host = await tunnel.host();
    await tunnel.said(registered);
    await tunnel.stop();
    const page = await out.ask(host, '/');
    expect([page.status, page.headers['content-type']]).toEqual([530, 'text/html; charset=UTF-8']);
    expect(page.body.toString()).toContain('Error 1033');
    const json = await out.ask(host, '/', { headers: { accept: 'application/json' } });
    expect(json.status).toBe(530);
    expect(JSON.parse(json.body.toString())).toMatchObject({
      title: 'Error 1033: Cloudflare Tunnel error',
      status: 530,
      error_code: 1033,
      retryable: true,
      retry_after: 120,
    });
  });

  it('has no address for a name that was never there', async () => {
    await expect(out.ask('never-was-there-atall.trycloudflare.com', '/')).rejects.toThrow(
      /hang up|ECONNRESET/,
    );
  });

  it('gives each tunnel a name of its own, and leads each to its own process', async () => {
    const other = await startOrigin({ answer: (_, response) => response.end('other') });
    const tunnels = [cloudflared(quickTunnelArgs(origin.url)), cloudflared(quickTunnelArgs(other.url))];
    const hosts = await Promise.all(tunnels.map((tunnel) => tunnel.host()));
    await Promise.all(tunnels.map((tunnel) => tunnel.said(registered)));
    expect(hosts[0]).not.toBe(hosts[1]);
    const answers = await Promise.all(hosts.map((host) => out.ask(host, '/')));
    expect(answers.map((answer) => answer.status)).toEqual([201, 200]);
    await other.stop();
  });
});

describe('the metrics server', () => {
  it('says whether a connection is there, and the name, as plain text', async () => {
    const tunnel = cloudflared(quickTunnelArgs(origin.url));
    const host = await tunnel.host();
    await tunnel.said(registered);
    const [, connectorId] = await tunnel.said(/Generated Connector ID: (\S+)/);
    const ready = await tunnel.metrics('/ready');
    expect(ready.type).toBe('text/plain; charset=utf-8');
    expect(ready.text).toBe(`{"status":200,"readyConnections":1,"connectorId":"${connectorId}"}`);
    expect((await tunnel.metrics('/quicktunnel')).text).toBe(`{"hostname":"${host}"}`);
    expect((await tunnel.metrics('/healthcheck')).text).toBe('OK\n');
    const metrics = await tunnel.metrics('/metrics');
    expect(metrics.text).toContain('cloudflared_tunnel_ha_connections 1\n');
    expect(metrics.text).toContain(`{userHostname="https://${host}"} 1\n`);
  });

  it('is asked by `tunnel --metrics ADDR ready`: 0 when it is, 1 when not', async () => {
    const tunnel = cloudflared(quickTunnelArgs(origin.url));
    await tunnel.said(registered);
    const [, address = ''] = await tunnel.said(/metrics server on (\S+)\/metrics/);
    const ask = () => cloudflared(['tunnel', '--metrics', address, 'ready']);
    expect((await ask().ended).code).toBe(0);
    await out.play(await tunnel.host(), 'deleted');
    await out.until((state) => state.tunnels.every((one) => one.connections.length === 0));
    await expect.poll(async () => (await tunnel.metrics('/ready')).status).toBe(503);
    const no = ask();
    expect((await no.ended).code).toBe(1);
    expect(no.lines[0]).toBe(`http://${address}/ready endpoint returned status code 503`);
    await tunnel.stop();
    expect((await ask().ended).code).toBe(1);
  });
});

describe('ending', () => {
  it('gives the connection back at the first signal, waits the grace period, and ends with 0', async () => {
    for (const [signal, word] of [
      ['SIGTERM', 'terminated'],
      ['SIGINT', 'interrupt'],
    ] as const) {
      const tunnel = cloudflared(quickTunnelArgs(origin.url));
      await tunnel.said(registered);
      tunnel.child.kill(signal);
      expect(await tunnel.ended).toEqual({ code: 0, signal: null });
      expect(tunnel.lines.slice(-4).map((line) => line.slice(21))).toEqual([
        `INF Initiating graceful shutdown due to signal ${word} ...`,
        'INF Unregistered tunnel connection connIndex=0 event=0 ip=198.41.192.57',
        'INF Metrics server stopped',
        'INF Tunnel server stopped',
      ]);
    }
  });

  it('lets a request on its way end, and gets no new one', async () => {
    let finish: () => void = () => undefined;
    const asked = Promise.withResolvers<void>();
    const slow = await startOrigin({
      answer: (_, response) => {
        finish = () => response.end('done');
        asked.resolve();
      },
    });
    const env = { ...out.env(), FLOWDECK_SIM_SPEED: '1' };
    const tunnel = cloudflared(quickTunnelArgs(slow.url), env);
    const host = await tunnel.host();
    await tunnel.said(registered);
    const answer = out.ask(host, '/');
    await asked.promise;
    tunnel.child.kill('SIGTERM');
    await tunnel.said(/Unregistered/);
    await out.until((state) =>
      state.tunnels.every((one) => one.host !== host || one.connections.length === 0),
    );
    expect((await out.ask(host, '/')).status).toBe(530);
    finish();
    expect((await answer).body.toString()).toBe('done');
    await slow.stop();
  });

  it('is killed by a second signal in the middle of the grace period', async () => {
    const tunnel = cloudflared(quickTunnelArgs(origin.url), { ...out.env(), FLOWDECK_SIM_SPEED: '0.1' });
    await tunnel.said(registered);
    tunnel.child.kill('SIGTERM');
    await tunnel.said(/graceful shutdown/);
    tunnel.child.kill('SIGTERM');
    expect(await tunnel.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });
});

describe('the configuration file', () => {
  const trap = 'ingress:\n  - service: http_status:404\n';

  it('of the home folder wins over --url: every request is 404 with nothing in it, and all looks healthy', async () => {
    file('trap/.cloudflared/config.yml', trap);
    const args = quickTunnelArgs(origin.url).filter((word) => word !== '--config' && word !== '');
    const tunnel = cloudflared(args, { ...out.env(), HOME: join(folder, 'trap') });
    const host = await tunnel.host();
    await tunnel.said(registered);
    expect((await tunnel.metrics('/ready')).status).toBe(200);
    const answer = await out.ask(host, '/api/health');
    expect([answer.status, answer.body.length]).toEqual([404, 0]);
  });

  it('of the home folder is not looked at when one is named, or none by an empty name', async () => {
    file('trap/.cloudflared/config.yml', trap);
    for (const config of ['', file('ours.yml', '{}\n')]) {
      const args = quickTunnelArgs(origin.url).map((word) => (word === '' ? config : word));
      const tunnel = cloudflared(args, { ...out.env(), HOME: join(folder, 'trap') });
      const host = await tunnel.host();
      await tunnel.said(registered);
      expect((await out.ask(host, '/')).status).toBe(201);
    }
  });

  it('can hide the address: with its log level nothing is said at all', async () => {
    const config = file('quiet.yml', 'loglevel: error\n');
    const args = ['tunnel', '--config', config, '--metrics', '127.0.0.1:0', '--url', origin.url];
    const tunnel = cloudflared(args);
    const isUp = (state: EdgeState) =>
      state.tunnels.some((one) => one.connections[0]?.pid === tunnel.child.pid);
    await out.until(isUp);
    tunnel.child.kill('SIGTERM');
    expect((await tunnel.ended).code).toBe(0);
    expect(tunnel.lines).toEqual([]);
  });

  it('that is empty is complained about and works; one that is missing ends it with 1', async () => {
    const empty = file('empty.yml', '');
    const with_ = (config: string) =>
      quickTunnelArgs(origin.url).map((word) => (word === '' ? config : word));
    const tunnel = cloudflared(with_(empty));
    await tunnel.said(registered);
    expect(tunnel.lines[0]).toMatch(/ERR Configuration file \S+empty\.yml was empty$/);
    const missing = cloudflared(with_('nope.yml'));
    expect(await missing.ended).toEqual({ code: 1, signal: null });
    expect(missing.lines).toEqual(['open nope.yml: no such file or directory']);
  });
});

describe('the command line', () => {
  it('says its version on standard output', async () => {
    for (const args of [['--version'], ['version']]) {
      const asked = cloudflared(args);
      expect((await asked.ended).code).toBe(0);
      expect(asked.output.text).toBe('cloudflared version 2026.8.2 (built 2026-08-14-12:17 UTC)\n');
    }
  });

  it('answers an unknown flag as the real one: help on standard output, and exit code 0', async () => {
    const asked = cloudflared(['tunnel', '--url', origin.url, '--no-such-thing']);
    expect(await asked.ended).toEqual({ code: 0, signal: null });
    expect(asked.output.text).toMatch(
      /^Incorrect Usage: flag provided but not defined: -no-such-thing\n\nNAME:\n/,
    );
    expect(asked.lines).toEqual([]);
  });

  it('of an old version knows fewer flags', async () => {
    const old = { ...out.env(), FLOWDECK_SIM_CLOUDFLARED: '2022.5.0' };
    for (const flags of [['--no-prechecks'], ['--edge-ip-version', '4'], ['--output', 'json']]) {
      const asked = cloudflared(['tunnel', ...flags, '--url', origin.url], old);
      await asked.ended;
      expect(asked.output.text).toContain(`flag provided but not defined: ${flags[0]?.slice(1)}\n`);
    }
    const known = cloudflared(['tunnel', '--no-autoupdate', '--protocol', 'http2', '--url', origin.url], old);
    await known.said(registered);
    await known.said(/Version 2022\.5\.0/);
  });

  it('wants an address', async () => {
    const asked = cloudflared(['tunnel', '--no-autoupdate']);
    expect(await asked.ended).toEqual({ code: 1, signal: null });
    expect(asked.lines[0]).toBe(
      'You did not specify any valid additional argument to the cloudflared tunnel command.',
    );
  });

  it('lets TUNNEL_ variables in, as the real one does', async () => {
    const other = await startOrigin({ answer: (_, response) => response.end('leaked') });
    const tunnel = cloudflared(['tunnel', '--metrics', '127.0.0.1:0'], {
      ...out.env(),
      TUNNEL_URL: other.url,
    });
    const host = await tunnel.host();
    await tunnel.said(registered);
    expect((await out.ask(host, '/')).body.toString()).toBe('leaked');
    await tunnel.said(/Environmental variables map\[TUNNEL_URL:/);
    await other.stop();
  });

  it('looks at the network first unless told not to, in a second frame', async () => {
    const args = quickTunnelArgs(origin.url).filter((word) => word !== '--no-prechecks');
    const tunnel = cloudflared(args);
    await tunnel.said(/precheck complete hard_fail=false run_id=\S+ suggested_protocol=http2/);
    const frame = tunnel.lines.map((line) => line.slice(25)).filter((line) => /^[+|]/.test(line));
    expect(frame).toHaveLength(4 + 14);
    expect(frame[5]).toBe(`|${'CONNECTIVITY PRE-CHECKS'.padStart(31 + 23).padEnd(86)}|`);
    expect(new Set(frame.slice(4).map((line) => line.length)).size).toBe(1);
  });

  it('writes its pid after the first connection', async () => {
    const pidfile = join(folder, 'pid');
    const tunnel = cloudflared(['tunnel', '--pidfile', pidfile, ...quickTunnelArgs(origin.url).slice(1)]);
    await tunnel.said(registered);
    await expect.poll(() => readFileSync(pidfile, 'utf8')).toBe(String(tunnel.child.pid));
  });
});

describe('a named tunnel', () => {
  const id = 'b2d9c3a4-0000-4000-8000-1234567890ab';
  const token = Buffer.from(JSON.stringify({ a: 'account', t: id, s: 'c2VjcmV0' })).toString('base64');
  const args = [
    'tunnel',
    '--config',
    '',
    '--no-autoupdate',
    '--metrics',
    '127.0.0.1:0',
    '--no-prechecks',
    'run',
  ];
  const atCloudflare = () => ({
    ...out.env(),
    FLOWDECK_SIM_HOSTNAME: 'ads.example.com',
    FLOWDECK_SIM_SERVICE: origin.url,
  });

  it('takes its token from the environment, shows no address, and has four connections', async () => {
    const tunnel = cloudflared(args, { ...atCloudflare(), TUNNEL_TOKEN: token });
    await out.until((state) => state.tunnels.some((one) => one.id === id && one.connections.length === 4));
    await tunnel.said(/connIndex=3 .*protocol=quic/);
    await tunnel.said(/Updated to new configuration config=/);
    expect((await out.ask('ads.example.com', '/x')).status).toBe(201);
    expect(tunnel.lines.join('\n')).not.toMatch(/trycloudflare|\+---|Cannot determine/);
    expect(tunnel.lines.join('\n')).not.toContain(token);
    expect((await tunnel.metrics('/quicktunnel')).text).toBe('{"hostname":""}');
    tunnel.child.kill('SIGTERM');
    expect((await tunnel.ended).code).toBe(0);
  });

  it('takes its token from a file, and keeps its name over a restart', async () => {
    const path = file('token', `${token}\n`);
    for (let times = 0; times < 2; times++) {
      const tunnel = cloudflared([...args, '--token-file', path], atCloudflare());
      await tunnel.said(/Registered .*connIndex=0|Registered tunnel connection connIndex=0/);
      expect((await out.ask('ads.example.com', '/')).status).toBe(201);
      await tunnel.stop();
    }
  });

  it('refuses a token that is none, and flags of `tunnel` after `run`', async () => {
    const wrong = cloudflared(args, { ...out.env(), TUNNEL_TOKEN: 'nonsense' });
    expect(await wrong.ended).toEqual({ code: 255, signal: null });
    expect(wrong.lines).toEqual([
      'Provided Tunnel token is not valid.',
      "See 'cloudflared tunnel run --help'.",
    ]);
    const late = cloudflared(['tunnel', 'run', '--no-autoupdate'], { ...out.env(), TUNNEL_TOKEN: token });
    expect((await late.ended).code).toBe(0);
    expect(late.output.text).toContain('flag provided but not defined: -no-autoupdate');
  });
});

describe('an edge of its own', () => {
  it('is there when none is named, and its port is written down', async () => {
    const edgeFile = join(folder, 'edge');
    const tunnel = cloudflared(quickTunnelArgs(origin.url), { FLOWDECK_SIM_EDGE_FILE: edgeFile });
    const host = await tunnel.host();
    await tunnel.said(registered);
    const port = Number(readFileSync(edgeFile, 'utf8'));
    const status = await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, headers: { host }, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(201);
  });
});
