import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { readConfig, serviceFor } from './config-file.ts';
import { readSettings } from './settings.ts';
import { atLeast } from './version.ts';

const version = '2026.8.2';

function settings(argv: string[], env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const line = readCommandLine(argv, version);
  if (line.kind !== 'tunnel' && line.kind !== 'run') throw new Error(`not a tunnel: ${JSON.stringify(line)}`);
  const read = readSettings(line, { env, version, read: (path) => files[path] ?? null });
  if ('message' in read) throw new Error(read.message);
  return read;
}

describe('arguments', () => {
  it('may have one dash or two, and a space or an equals sign', () => {
    const spellings = [['-metrics', 'a:1'], ['--metrics', 'a:1'], ['-metrics=a:1'], ['--metrics=a:1']];
    for (const words of spellings) {
      expect(settings(['tunnel', ...words, '--url', 'x']).metrics).toBe('a:1');
    }
  });

  it('may stand in any order before `run`', () => {
    const flags = [['--metrics', 'a:1'], ['--no-prechecks'], ['--grace-period', '7s'], ['--url', 'http://x']];
    fc.assert(
      fc.property(fc.shuffledSubarray(flags, { minLength: flags.length }), (order) => {
        const read = settings(['tunnel', ...order.flat()]);
        expect(read).toMatchObject({ metrics: 'a:1', prechecks: false, graceMs: 7000 });
      }),
    );
  });

  it('belong to their place: what `tunnel` takes is unknown to `run`', () => {
    const problem = (argv: string[]) => {
      const line = readCommandLine(argv, version);
      return line.kind === 'usage' ? `${line.command}: ${line.problem}` : line.kind;
    };
    expect(problem(['tunnel', 'run', '--metrics', 'a:1'])).toBe(
      'cloudflared tunnel run: flag provided but not defined: -metrics',
    );
    expect(problem(['tunnel', '--metrics', 'a:1', 'run', '--url', 'x'])).toBe('run');
    expect(problem(['tunnel', '--url'])).toBe('cloudflared tunnel: flag needs an argument: -url');
  });
});

describe('the settings', () => {
  it('come from arguments, else from the environment, else from the file', () => {
    const files = { '/c.yml': 'protocol: auto\nretries: 9\nloglevel: warn\n' };
    const env = { TUNNEL_TRANSPORT_PROTOCOL: 'http2', TUNNEL_RETRIES: '4', TUNNEL_LOGLEVEL: '' };
    const read = settings(['tunnel', '--config', '/c.yml', '--retries', '1', '--url', 'x'], env, files);
    expect(read).toMatchObject({ protocol: 'http2', retries: 1, level: 'warn', configured: true });
  });

  it('of a quick tunnel: quic without a fallback and one connection; of a named one: auto and four', () => {
    const token = Buffer.from('{"a":"1","t":"the-id","s":"x"}').toString('base64');
    expect(settings(['tunnel', '--url', 'x'])).toMatchObject({
      protocol: 'quic',
      connections: 1,
      named: null,
    });
    expect(settings(['tunnel', 'run'], { TUNNEL_TOKEN: token })).toMatchObject({
      protocol: 'auto',
      connections: 4,
      named: 'the-id',
    });
  });

  it('take the first of the usual configuration files, and ingress in it over --url', () => {
    const ingress =
      'ingress:\n  - hostname: a.example.com\n    service: http://127.0.0.1:1\n  - service: http_status:404\n';
    const files = { '/h/.cloudflared/config.yaml': ingress, '/etc/cloudflared/config.yml': 'protocol: auto' };
    const read = settings(['tunnel', '--url', 'http://127.0.0.1:8765'], { HOME: '/h' }, files);
    expect(serviceFor(read.rules, 'a.example.com')).toEqual({ service: 'http://127.0.0.1:1', rule: 0 });
    expect(serviceFor(read.rules, 'else')).toEqual({ service: 'http_status:404', rule: 1 });
    expect(read.protocol).toBe('quic');
  });

  it('put a scheme before an address that has none', () => {
    expect(settings(['tunnel', '--url', 'localhost:8080']).rules[0]?.service).toBe('http://localhost:8080');
  });

  it('never show a token', () => {
    const token = Buffer.from('{"t":"id"}').toString('base64');
    const read = settings(['tunnel', 'run', '--token', token], { TUNNEL_TOKEN: token });
    expect([...read.shown.values(), ...read.environment.values()].join()).not.toContain(token);
  });
});

describe('a configuration file', () => {
  it('may be empty, an empty mapping, or comments', () => {
    expect(['', '# nothing\n', '{}\n'].map((text) => readConfig(text)?.empty)).toEqual([true, true, false]);
  });

  it('that is no mapping is none', () => {
    expect(readConfig('just some words')).toBeNull();
  });

  it('matches a star with any name below it', () => {
    const rules = [{ hostname: '*.example.com', service: 'http://x' }];
    expect(serviceFor(rules, 'a.example.com')?.service).toBe('http://x');
    expect(serviceFor(rules, 'example.com')).toBeNull();
  });
});

describe('versions', () => {
  it('are compared by their numbers', () => {
    expect(atLeast('2026.10.0', '2026.9.9')).toBe(true);
    expect(atLeast('2022.5.0', '2022.6.0')).toBe(false);
  });
});
