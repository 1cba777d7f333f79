import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';
import { startBenchProcess } from './testing/run-process.ts';

/** What is told of a run whose process was killed, by the next process of the same data folder. */

let simulator: Simulator;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
  await simulator.kill();
});

describe('a run whose process was killed', () => {
  it('is told with what it had made, paid for and had on the way, and with why it ended', async () => {
    simulator = await startSimulator(['--latency', '300']);
    const killed = await startBenchProcess(simulator.url, { mode: 'images' });
    let stored = 0;
    await killed.until((event) => event.type === 'candidate.stored' && ++stored === 5);
    await killed.kill();

    const b = await openBench({ server: simulator.url, left: killed.left });
    bench = b;
    const [run] = await b.runner.recentRuns(5);
    expect(run).toMatchObject({
      runId: 'run-1',
      status: 'interrupted',
      cause: 'killed',
      live: false,
      total: 12,
    });
    const { counts, done, costUSD, startedAt, finishedAt } = run ?? {};
    expect(counts).toMatchObject({ nodes: 6, lost: 0, salvaged: 0, reattached: 0 });
    expect(done).toBeGreaterThanOrEqual(5);
    expect(counts?.submitted).toBeGreaterThanOrEqual(done ?? Number.NaN);
    expect(costUSD).toBeGreaterThan(0);
    expect(Date.parse(finishedAt ?? '')).toBeGreaterThan(Date.parse(startedAt ?? ''));

    const view = await b.runner.view('run-1');
    expect(view?.summary).toEqual(run);
    const candidates = (view?.nodes ?? []).flatMap((node) => node.candidates);
    const made = candidates.filter(({ state }) => state === 'done');
    expect(made).toHaveLength(done ?? Number.NaN);
    for (const { url, file, sha256, media } of made)
      expect({ url, file, sha256, media }).toEqual({
        url: expect.stringContaining('/'),
        file: expect.stringContaining('Assets'),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        media: expect.any(String),
      });
    const attempts = (view?.nodes ?? []).flatMap((node) => node.attempts);
    expect(attempts.filter(({ outcome }) => outcome === 'done')).toHaveLength(made.length);
    expect(attempts.every(({ queuedAt }) => queuedAt >= (startedAt ?? ''))).toBe(true);

    // The next run goes on with it: together they bought each candidate once.
    const { end } = await b.run({ mode: 'images' });
    expect(end.status).toBe('completed');
    const intents = counts?.submitted ?? Number.NaN;
    expect(end.counts.submitted + intents + end.counts.adopted).toBe(12);
    const [later, before] = await b.runner.recentRuns(5);
    expect(later).toMatchObject({ runId: 'later-1', cause: null });
    expect(before).toMatchObject({ runId: 'run-1', cause: 'killed', costUSD: expect.any(Number) });
  });
});
