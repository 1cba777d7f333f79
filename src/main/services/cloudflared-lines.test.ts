import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CloudflaredSign, quickTunnelUrl, readCloudflaredLine } from './cloudflared-lines.ts';

const folder = new URL('./testing/cloudflared/', import.meta.url);
const url = 'https://alpha-bravo-charlie-delta.trycloudflare.com';

const short = (sign: CloudflaredSign): string =>
  sign.sign === 'trouble' ? sign.kind : sign.sign === 'metrics' ? `metrics ${sign.port}` : sign.sign;

/** What a recording tells, in order; the same twice in a row only once. */
function told(name: string): string[] {
  const signs = readFileSync(new URL(`${name}.log`, folder), 'utf8')
    .split('\n')
    .map(readCloudflaredLine)
    .filter((sign) => sign !== null);
  for (const sign of signs) if (sign.sign === 'url') expect(sign.url).toBe(url);
  return signs.map(short).filter((each, index, all) => each !== all[index - 1]);
}

const up = ['url', 'edge-dns', 'metrics 20241'];
const refusedThenLost = Array.from({ length: 6 }, () => ['edge-refused', 'lost']).flat();
const recordings: Record<string, string[]> = {
  auto_quic_blocked_then_http2: [...up, 'quic-blocked', 'registered'],
  config_file_missing: ['config-missing'],
  fatal_429_json: ['rate-limited'],
  fatal_429_text: ['rate-limited'],
  fatal_500_html: ['service-error'],
  fatal_edge_dns: up,
  fatal_no_network: ['no-network'],
  fatal_success_false: ['service-error'],
  http2_refused_forever: ['url', 'edge-dns', 'metrics 35383', 'edge-refused'],
  missing_url: ['no-url'],
  ok_output_json: [...up, 'registered'],
  origin_down_then_blip_then_sigterm_grace30: [...up, 'registered', 'origin-refused', 'lost', 'registered'],
  outage75s_retries1: [
    'url',
    'edge-dns',
    'metrics 41235',
    'registered',
    'lost',
    ...refusedThenLost,
    'registered',
    'lost',
  ],
  quic_blocked_never_falls_back: ['url', 'edge-dns', 'metrics 33241', 'quic-blocked'],
  registered_then_unauthorized: ['url', 'edge-dns', 'metrics 45555', 'registered', 'lost', 'deleted'],
};

describe('the recordings', () => {
  it('are all here', () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map((name) => name.slice(0, -4))
        .sort(),
    ).toEqual(Object.keys(recordings));
  });

  it.each(Object.entries(recordings))('%s', (name, expected) => {
    expect(told(name)).toEqual(expected);
  });
});

describe('one line', () => {
  const line = (message: string) => readCloudflaredLine(`2026-11-20T09:28:05Z INF ${message}`);

  it('names a tunnel only by a whole name of several words', () => {
    expect(line('|  https://brave-otter.trycloudflare.com  |')).toEqual({
      sign: 'url',
      url: 'https://brave-otter.trycloudflare.com',
    });
    for (const other of [
      'https://api.trycloudflare.com/tunnel',
      'https://www.cloudflare.com/website-terms/',
      'https://brave-otter.trycloudflare.com.example.org',
      'https://otter.trycloudflare.com',
      'http://brave-otter.trycloudflare.com',
    ])
      expect(line(`| ${other} |`)).toBeNull();
  });

  it('needs no time in front', () => {
    expect(readCloudflaredLine('INF |  https://brave-otter.trycloudflare.com  |')).toMatchObject({
      sign: 'url',
    });
    expect(readCloudflaredLine('INF Registered tunnel connection connIndex=0')).toEqual({
      sign: 'registered',
    });
  });

  it('without a level in front tells nothing, whatever it says, but for last words', () => {
    expect(readCloudflaredLine('|  https://brave-otter.trycloudflare.com  |')).toBeNull();
    expect(readCloudflaredLine('Registered tunnel connection connIndex=0')).toBeNull();
    expect(readCloudflaredLine('failed to request quick Tunnel: Post "x": EOF')).toEqual({
      sign: 'trouble',
      kind: 'no-network',
    });
  });

  it('tells which flag the binary does not know', () => {
    expect(readCloudflaredLine('Incorrect Usage: flag provided but not defined: -edge-ip-version')).toEqual({
      sign: 'flag-refused',
      flag: 'edge-ip-version',
    });
  });

  it('that is JSON and was cut off tells nothing', () => {
    expect(readCloudflaredLine('{"level":"info","message":"Registered tunnel conn')).toBeNull();
  });

  it('never breaks the reader, and never yields an address that is not one of quick tunnels', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '2026-11-20T09:28:05Z INF ',
        'https://',
        'api',
        'alpha-bravo',
        '.trycloudflare.com',
        '{"message":',
        '"}',
        '/',
        '.evil',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const sign = readCloudflaredLine(pieces.join(''));
        if (sign?.sign === 'url') expect(quickTunnelUrl(new URL(sign.url).hostname)).toBe(sign.url);
      }),
      { numRuns: 2000 },
    );
  });
});
