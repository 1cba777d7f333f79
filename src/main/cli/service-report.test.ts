import { describe, expect, it } from 'vitest';
import type { ConsumerView } from '../../shared/services.ts';
import { serviceView, tunnelView } from '../app/test-support.ts';
import type { Clock } from '../platform/clock.ts';
import { createOutput } from './output.ts';
import { createServiceReport } from './service-report.ts';
import type { Seen } from './service-words.ts';

const NOW = Date.parse('2026-11-20T03:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();
const clock: Clock = { now: () => NOW, monotonic: () => 0, sinceBoot: () => 0, sleep: async () => undefined };
const problem = { message: 'G-Labs ended: exit code 3.', cure: 'It is started again by itself.' };

const glabs = serviceView;
const tunnel = tunnelView;

const consumer = (more: Partial<ConsumerView> = {}): ConsumerView => ({
  id: 'env',
  kind: 'env-file',
  target: '.env: GLABS_URL',
  state: 'confirmed',
  revision: 3,
  confirmedAt: at(0),
  attempts: 0,
  nextAttemptAt: null,
  problem: null,
  ...more,
});

/** What is said of the views, in their order: NDJSON lines, and people's text. */
function told(...views: Seen[]) {
  let stdout = '';
  let stderr = '';
  const output = createOutput({
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    json: true,
    quiet: false,
    noColor: true,
  });
  const report = createServiceReport(output, clock);
  for (const view of views) report.hear(view);
  const lines = stdout.split('\n').filter(Boolean);
  const timed = /^\d\d:\d\d:\d\d /gm;
  return {
    lines: lines.map((line): unknown => JSON.parse(line)),
    text: stderr.replaceAll(timed, ''),
    times: stderr.match(timed)?.length ?? 0,
  };
}

describe('the report of the services', () => {
  it('tells a person when each thing was', () => {
    const waiting = glabs({ state: 'unhealthy', pid: null, problem, nextAttemptAt: at(1000) });
    expect(told(glabs(), waiting, glabs()).times).toBe(3);
  });

  it('has a line of cli.md at every change of state, with nothing left out', () => {
    const waiting = glabs({ state: 'unhealthy', pid: null, problem, nextAttemptAt: at(1000) });
    expect(told(glabs(), waiting).lines).toEqual([
      {
        type: 'service.state',
        at: at(0),
        service: 'glabs',
        state: 'ready',
        pid: 41,
        url: 'http://127.0.0.1:8765',
        reason: null,
        attempt: 1,
        nextAttemptAt: null,
      },
      {
        type: 'service.state',
        at: at(0),
        service: 'glabs',
        state: 'unhealthy',
        pid: null,
        url: 'http://127.0.0.1:8765',
        reason: 'G-Labs ended: exit code 3.',
        attempt: 2,
        nextAttemptAt: at(1000),
      },
    ]);
  });

  it('tells a person what happened, and when the next try is', () => {
    const waiting = glabs({ state: 'unhealthy', restarts: 1, problem, nextAttemptAt: at(500) });
    expect(told(glabs(), waiting).text).toBe(
      'G-Labs is ready at http://127.0.0.1:8765 (process 41).\n' +
        'G-Labs ended: exit code 3. Starting it again (3rd try) in 0.5 s.\n',
    );
  });

  it('says nothing of a probe that went well, nor of what was down and is', () => {
    const probed = glabs({ lastProbe: { at: at(0), ok: true, ms: 3, message: '' } });
    expect(told(glabs(), probed).lines).toHaveLength(1);
    const missing = { message: 'cloudflared is not there.', cure: 'Install it.' };
    const down = tunnel('stopped');
    expect(told(down, { ...down, problem: missing }).lines).toEqual([]);
  });

  it('is plain about what was found running: that it stays', () => {
    const found = glabs({ adopted: true });
    const { text } = told(found, glabs({ adopted: false, state: 'stopped' }));
    expect(text).toContain('Flowdeck did not start it, and leaves it running.');
    expect(told(found, glabs({ state: 'stopped' })).text).toContain('It runs on');
  });

  it('calls the demo the demo, at the start and when it is ready', () => {
    const starting = glabs({ demo: true, state: 'starting', restarts: 1 });
    const { text } = told(starting, glabs({ demo: true }));
    expect(text).toBe(
      'Starting the demo (2nd try): nothing is real, nothing is paid.\n' +
        'The demo is ready at http://127.0.0.1:8765 (process 41).\n',
    );
  });

  it('says what to do and what to type when something cannot be had', () => {
    const missing = { message: 'cloudflared is not there.', cure: 'Install it.', command: 'brew install x' };
    expect(told(tunnel('failed', { address: null }, { problem: missing })).text).toBe(
      'cloudflared is not there.\n  cure:  Install it.\n  type:  brew install x\n',
    );
  });

  it("has the tunnel's stage as its state, so that verified is told from a mere start", () => {
    const states = told(tunnel('spawning'), tunnel('url-assigned'), tunnel('registered'), tunnel('verified'));
    expect(
      states.lines.map((line) => (line as { type: string; state?: string }).state ?? 'the address'),
    ).toEqual(['spawning', 'url-assigned', 'registered', 'verified', 'the address']);
  });
});

describe('the address of the tunnel', () => {
  const line = (more: object) => expect.objectContaining({ type: 'tunnel.url', at: at(0), ...more });

  it('is told when it is verified, with everybody who uses it, and once', () => {
    const verified = tunnel('verified', { consumers: [consumer()] });
    const { lines, text } = told(verified, verified);
    expect(lines.slice(1)).toEqual([
      {
        type: 'tunnel.url',
        at: at(0),
        url: 'https://brave-otter.trycloudflare.com',
        revision: 3,
        consumers: [consumer()],
      },
    ]);
    expect(text).toContain(
      'The address of the tunnel is https://brave-otter.trycloudflare.com (revision 3).\n  .env: GLABS_URL has it.\n',
    );
  });

  it('is not told while it is not verified: an old one leads nowhere', () => {
    const { lines } = told(tunnel('settling'), tunnel('degraded'), tunnel('backoff'));
    expect(lines).not.toContainEqual(line({}));
  });

  it('does not trouble a person with who is being told this very moment', () => {
    const telling = consumer({ state: 'pending', revision: null, confirmedAt: null });
    const { lines, text } = told(
      tunnel('verified', { consumers: [telling] }),
      tunnel('verified', { consumers: [consumer()] }),
    );
    expect(lines.filter((one) => (one as { type: string }).type === 'tunnel.url')).toHaveLength(2);
    expect(text).not.toContain('does not have it yet');
    expect(text).toContain('  .env: GLABS_URL has it.\n');
  });

  it('is told again when somebody else has it, and a person reads only what is new', () => {
    const pending = consumer({
      id: 'hook',
      target: 'webhook example.test',
      state: 'pending',
      revision: 2,
      problem: { message: 'It answered 500.', cure: 'Look at its log.' },
    });
    const first = tunnel('verified', { consumers: [consumer(), pending] });
    const then = tunnel('verified', {
      consumers: [consumer(), { ...pending, state: 'confirmed', revision: 3, problem: null }],
    });
    const { lines, text } = told(first, then);
    expect(lines.filter((one) => (one as { type: string }).type === 'tunnel.url')).toHaveLength(2);
    expect(text.split('\n').slice(-4)).toEqual([
      '  webhook example.test does not have it yet: It answered 500.',
      '    cure:  Look at its log.',
      '  webhook example.test has it.',
      '',
    ]);
  });

  it('is told again when it is another one', () => {
    const other = { url: 'https://calm-crab.trycloudflare.com', revision: 4, verifiedAt: at(0) };
    const { lines } = told(tunnel('verified'), tunnel('degraded'), tunnel('verified', { address: other }));
    expect(lines.at(-1)).toEqual(line({ url: other.url, revision: 4 }));
  });
});
