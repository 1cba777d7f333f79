import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  quickTunnelArgs,
  startCloudflared,
  startEdge,
  type TestCloudflared,
  type TestEdge,
} from './test-cloudflared.ts';
import { startOrigin, type TestOrigin } from './test-origin.ts';

/** The simulated cloudflared says what the real one said: its lines are held against the recordings. */

const folder = new URL('../../main/services/testing/cloudflared/', import.meta.url);
const recording = (name: string): string[] => readFileSync(new URL(name, folder), 'utf8').trim().split('\n');

/** A line without what differs between two runs: times, names, ids, ports, addresses, and what was set. */
function masked(line: string): string {
  return line
    .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, 'TIME')
    .replace(/"time":"[^"]+"/, '"time":"TIME"')
    .replace(/https:\/\/(?!api\.)[a-z-]+\.trycloudflare\.com *\|/, 'https://NAME |')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/\(Checksum \S+\)/, '(Checksum SUM)')
    .replace(/Settings: map\[.*\]/, 'Settings: map[]')
    .replace(/(\d+\.){3}\d+(:\d+)?/g, 'PLACE')
    .replace(/dial tcp: connect: connection refused/, 'dial tcp PLACE: connect: connection refused');
}

const recorded = new Set(readdirSync(folder).flatMap((name) => recording(name).map(masked)));

let out: TestEdge;
let origin: TestOrigin;
beforeAll(async () => {
  [out, origin] = await Promise.all([startEdge({ speed: 500 }), startOrigin()]);
});
afterAll(() => Promise.all([out.stop(), origin.stop()]));

const running: TestCloudflared[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
function started(args: readonly string[], scenario: string): TestCloudflared {
  const tunnel = startCloudflared(args, out.env(scenario));
  running.push(tunnel);
  return tunnel;
}

/** Everything that it says until it ends: by itself, or by SIGTERM after a line that matches. */
async function whole(
  scenario: string,
  until: RegExp | null,
  args = quickTunnelArgs(origin.url),
): Promise<string[]> {
  // No configuration file: the recordings were made without one.
  const tunnel = started(args, scenario);
  if (until !== null) {
    await tunnel.said(until);
    tunnel.child.kill('SIGTERM');
  }
  await tunnel.ended;
  expect(tunnel.output.text).toBe('');
  return tunnel.lines;
}
const over = (protocol: string): string[] =>
  quickTunnelArgs(origin.url).map((word) => (word === 'http2' ? protocol : word));

describe('every line was said by the real one', () => {
  it.each([
    ['ok', /Registered/],
    ['429', null],
    ['500-html', null],
    ['success-false', null],
    ['no-network', null],
    ['url-then-exit', null],
    ['never-ready', /up to 1m4s/],
    ['http2-refused', /up to 1m4s/],
    ['ready-then-dead', null],
    ['blip', /Connection terminated/],
    ['deleted', /Unauthorized/],
  ])('%s', async (scenario, until) => {
    const lines = await whole(scenario, until);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.map(masked).filter((line) => !recorded.has(line))).toEqual([]);
  });

  it.each([
    ['quic', /up to 1m4s/],
    ['auto', /Registered/],
  ])('quic-blocked over %s', async (protocol, until) => {
    const lines = await whole('quic-blocked', until, over(protocol));
    expect(lines.map(masked).filter((line) => !recorded.has(line))).toEqual([]);
  });

  it('when the origin is down, and when it ends without a grace period', async () => {
    const gone = await startOrigin();
    await gone.stop();
    const args = quickTunnelArgs(gone.url).map((word) => (word === '5s' ? '0s' : word));
    const tunnel = started(args, 'ok');
    const host = await tunnel.host();
    await tunnel.said(/Registered/);
    await out.ask(host, '/');
    await tunnel.said(/Failed to proxy HTTP/);
    tunnel.child.kill('SIGTERM');
    expect((await tunnel.ended).code).toBe(0);
    expect(tunnel.lines.map(masked).filter((line) => !recorded.has(line))).toEqual([]);
  });

  it('in the order of the recordings', async () => {
    const pairs: [string[], string][] = [
      [await whole('ok', /Registered/), 'origin_down_then_blip_then_sigterm_grace30.log'],
      [await whole('429', null), 'fatal_429_text.log'],
      [await whole('500-html', null), 'fatal_500_html.log'],
      [await whole('success-false', null), 'fatal_success_false.log'],
      [await whole('no-network', null), 'fatal_no_network.log'],
      [await whole('url-then-exit', null, over('quic')), 'fatal_edge_dns.log'],
    ];
    for (const [lines, name] of pairs) {
      let at = 0;
      const rest = recording(name).map(masked);
      for (const line of lines.map(masked)) {
        const found = rest.indexOf(line, at);
        expect(found, `${line} after line ${at} of ${name}`).toBeGreaterThanOrEqual(at);
        at = found + 1;
      }
    }
  });

  it('as JSON, with the same keys in the same order; the last line of a failure stays plain', async () => {
    const json = (scenario: string, until: RegExp | null) =>
      whole(scenario, until, ['tunnel', '--output', 'json', ...quickTunnelArgs(origin.url).slice(1)]);
    const good = (await json('ok', /Registered/)).map(masked);
    const known = new Set(recording('ok_output_json.log').map(masked));
    expect(good.filter((line) => !known.has(line))).toEqual([]);
    expect((await json('429', null)).map(masked)).toEqual(recording('fatal_429_json.log').map(masked));
  });

  it('when it is called wrongly', async () => {
    expect(await whole('ok', null, ['tunnel', '--no-autoupdate'])).toEqual(
      readFileSync(new URL('missing_url.log', folder), 'utf8').split('\n').slice(0, -1),
    );
    expect(await whole('ok', null, ['tunnel', '--config', 'nope.yml', '--url', origin.url])).toEqual(
      recording('config_file_missing.log'),
    );
  });
});
