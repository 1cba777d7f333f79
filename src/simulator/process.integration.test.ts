import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mainFile, startProcess } from './test-process.ts';

/** Runs to its end; what it said to standard error, and its exit code. */
async function ends(args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [mainFile, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

describe('the process', () => {
  it('says where it answers, and ends with 0 when asked to', async () => {
    const sim = await startProcess(['--seed', '9']);
    expect(sim.ready).toEqual({
      type: 'simulator.ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      pid: sim.child.pid,
      admin: `${sim.url}/sim`,
      seed: 9,
    });
    expect((await sim.get('/sim')).status).toBe(200);
    expect(await sim.stop()).toBe(0);
  });

  it('ends at once although somebody waits for an answer', async () => {
    const sim = await startProcess(['--fault', 'hang']);
    const waiting = sim.post('/api/image/generate', { prompt: 'x' }).then(
      () => 'answered',
      () => 'cut',
    );
    while ((await (await sim.get('/sim/state')).json()).submits.received === 0);
    expect(await sim.stop()).toBe(0);
    expect(await waiting).toBe('cut');
  });

  it('ends with its parent only when told so', async () => {
    const sim = await startProcess(['--exit-with-parent']);
    const free = await startProcess([]);
    const exited = once(sim.child, 'exit');
    free.child.stdin?.end();
    sim.child.stdin?.end();
    expect(await exited).toEqual([0, null]);
    expect((await free.get('/api/health')).status).toBe(200);
    expect(await free.stop()).toBe(0);
  });

  it('picks another seed each time unless told one', async () => {
    const seeds = new Set<unknown>();
    for (let n = 0; n < 3; n++) {
      const sim = await startProcess([]);
      seeds.add(sim.ready.seed);
      await sim.stop();
    }
    expect(seeds.size).toBeGreaterThan(1);
  });

  it('names a port that is taken', async () => {
    const sim = await startProcess([]);
    const port = new URL(sim.url).port;
    const { code, said } = await ends(['--port', port]);
    expect(code).toBe(2);
    expect(said).toBe(`Port ${port} is taken. Choose another one with --port, or 0 for a free one.\n`);
    await sim.stop();
  });

  it.each([
    [['--port', 'x'], /whole number/],
    [['--port', '70000'], /port/],
    [['--latency', '-1'], /--latency/],
    [['--latency-spread', '2'], /latencySpread/],
    [['--fault', 'nonsense'], /The fault nonsense is not understood/],
    [['--variant', 'nonsense'], /health-path/],
    [['--nonsense'], /unknown option/],
  ])('refuses %j with a sentence and code 2', async (args, words) => {
    const { code, said } = await ends(args);
    expect(code).toBe(2);
    expect(said).toMatch(words);
    expect(said).not.toMatch(/\n\s+at /);
  });

  it('lives through anything that is sent to it', async () => {
    const sim = await startProcess(['--tiny']);
    const paths = fc.oneof(
      fc.constantFrom(
        '/api/image/generate',
        '/api/video/generate',
        '/api/grok/generate',
        '/api/stop',
        '/sim/faults',
      ),
      fc.webPath(),
    );
    const fields = fc.constantFrom(
      'prompt',
      'model',
      'mode',
      'reference_images',
      'task_id',
      'rules',
      '__proto__',
    );
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fields, fc.jsonValue()).map((body) => JSON.stringify(body)),
    );
    await fc.assert(
      fc.asyncProperty(paths, bodies, async (path, body) => {
        const answer = await fetch(`${sim.url}${path.startsWith('/') ? path : `/${path}`}`, {
          method: 'POST',
          body,
        });
        expect(answer.status).toBeLessThan(500);
        JSON.parse(await answer.text());
      }),
      { numRuns: 400 },
    );
    expect((await sim.get('/api/health')).status).toBe(200);
    expect(await sim.stop()).toBe(0);
  });

  it('does not grow with the number of its tasks', async () => {
    const sim = await startProcess(['--tiny']);
    const reference = Buffer.alloc(4096, 7).toString('base64');
    const round = async (from: number, count: number) => {
      for (let n = from; n < from + count; n += 20) {
        const batch = Array.from({ length: 20 }, (_, index) => n + index);
        await Promise.all(
          batch.map((each) => sim.make('image', { prompt: `prompt ${each}`, reference_images: [reference] })),
        );
      }
      return (await (await sim.get('/sim/state')).json()).memory.heapUsedBytes;
    };
    await round(0, 600);
    const before = await round(600, 600);
    const after = await round(1200, 1200);
    expect(after - before).toBeLessThan(15e6);
    await sim.stop();
  });
});
