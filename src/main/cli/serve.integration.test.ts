import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Desk, ErrorLine, freePort, isAlive, openDesk, startSimulator } from './test-support.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await desk.flowdeck('config', 'set', 'glabs.url', `http://127.0.0.1:${await freePort()}`);
});
afterAll(() => desk.close());

const Serving = z.looseObject({
  type: z.literal('serving'),
  url: z.url(),
  origin: z.url(),
  port: z.number(),
  pid: z.number(),
});

describe('serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers at the address it prints, and ends with 0 by %s',
    async (signal) => {
      const running = desk.start(['serve', '--port', '0', '--no-open', '--json']);
      const { url, origin, pid } = Serving.parse(await running.line('serving'));
      expect(pid).toBe(running.process.pid);
      expect((await fetch(origin, { redirect: 'manual' })).headers.get('content-type')).toContain(
        'text/html',
      );
      expect(url.startsWith(`${origin}/?token=`)).toBe(true);
      running.process.kill(signal);
      expect((await running.ended).code).toBe(0);
      await expect(fetch(origin)).rejects.toThrow('fetch failed');
    },
  );

  it('prints its address for a person', async () => {
    const running = desk.start(['serve', '--port', '0', '--no-open']);
    const address = await new Promise<string>((resolve) => {
      running.process.stdout?.on('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    });
    expect(address).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
    running.process.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  it('a port that is taken is wrong use, with the cure', async () => {
    const simulator = await startSimulator();
    try {
      const { code, lines } = await desk.flowdeck(
        'serve',
        '--port',
        new URL(simulator.url).port,
        '--no-open',
        '--json',
      );
      expect(code).toBe(2);
      expect(ErrorLine.parse(lines().at(-1))).toMatchObject({
        code: 'usage',
        cure: expect.stringContaining('--port'),
      });
    } finally {
      await simulator.kill();
    }
  });
});

describe('simulate', () => {
  it('passes its options through, says when it is ready, and ends with 0 by Ctrl-C', async () => {
    const running = desk.start(['simulate', '--port', '0', '--latency', '0', '--tiny', '--json']);
    const { url } = z.looseObject({ url: z.url() }).parse(await running.line('simulator.ready'));
    const health = await (await fetch(`${url}/api/health`)).json();
    expect(health).toMatchObject({ simulator: true });
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('ends with the command line when that is killed', async () => {
    const running = desk.start(['simulate', '--port', '0', '--json']);
    const { pid } = z.looseObject({ pid: z.number() }).parse(await running.line('simulator.ready'));
    running.process.kill('SIGKILL');
    await running.ended;
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});
