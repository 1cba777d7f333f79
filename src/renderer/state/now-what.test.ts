import { describe, expect, it } from 'vitest';
import { emptyCounts } from '../../shared/domain.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { ServicesView, ServiceView } from '../../shared/services.ts';
import { currentRun, needsYou, nextStep, runSentence } from './now-what.ts';
import { newEntry } from './recovery.ts';
import { testService } from './test-service.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

function run(
  over: Partial<Omit<RunSummary, 'counts'>> & { counts?: Partial<RunSummary['counts']> } = {},
): RunSummary {
  return {
    runId: 'r1',
    workflow: '/w/A-V0-1.nbflow',
    name: 'A-V0-1',
    mode: 'full',
    status: 'completed',
    demo: true,
    server: 'http://127.0.0.1:8765',
    concurrency: 3,
    startedAt: ago(10),
    finishedAt: ago(5),
    plan: { nodes: 8, generations: 40, cached: 0, costUSD: 9.8, images: 32, videos: 8, estimateS: 600 },
    done: 40,
    total: 40,
    etaS: null,
    costUSD: 9.8,
    savedUSD: 0,
    picksOpen: 0,
    uploadsWaiting: 0,
    output: null,
    errorsFile: null,
    message: null,
    cause: null,
    live: false,
    ...over,
    counts: { ...emptyCounts(), ...over.counts },
  };
}

const goingOn = { status: 'running', finishedAt: null, live: true, done: 11 } as const;

const service = (over: Partial<ServiceView>) => testService({ demo: true, startWill: 'demo', ...over });

const tunnel = service({ name: 'tunnel', desired: 'down', state: 'stopped', startWill: 'nothing' });
const up: ServicesView = { glabs: service({}), tunnel };

describe('the current run', () => {
  it('is the newest that has not ended', () => {
    const runs = [run({ runId: 'r3' }), run({ runId: 'r2', ...goingOn }), run({ runId: 'r1', ...goingOn })];
    expect(currentRun(runs)?.runId).toBe('r2');
    expect(currentRun([run()])).toBeNull();
  });

  it('is not one that was interrupted without an end', () => {
    expect(currentRun([run({ status: 'interrupted', finishedAt: null })])).toBeNull();
  });

  it('is one that waits for picks here, since it goes on by itself; not one that stopped at them elsewhere', () => {
    const held = run({ status: 'held', finishedAt: null, live: true });
    expect(currentRun([held])).toBe(held);
    expect(currentRun([{ ...held, live: false }])).toBeNull();
  });
});

describe('what needs a person', () => {
  it('is nothing after a clean run', () => {
    expect(needsYou([run()], now)).toEqual({ picks: 0, failed: 0, runId: null });
  });

  it('leads to the picks before the failures', () => {
    const runs = [
      run({ runId: 'bad', status: 'failed-nodes', counts: { failed: 1 } }),
      run({ runId: 'held', workflow: '/w/B.nbflow', status: 'held', picksOpen: 2, counts: { held: 2 } }),
    ];
    expect(needsYou(runs, now)).toEqual({ picks: 2, failed: 1, runId: 'held' });
  });

  it('does not ask for picks that the machine makes', () => {
    expect(needsYou([run({ ...goingOn, picksOpen: 3 })], now).picks).toBe(0);
  });

  it('forgets what a later run of the same workflow has settled', () => {
    const runs = [run({ runId: 'r2' }), run({ runId: 'r1', status: 'failed-nodes', counts: { failed: 4 } })];
    expect(needsYou(runs, now).failed).toBe(0);
  });

  it('lets failures of yesterday rest', () => {
    const old = run({ status: 'failed-nodes', counts: { failed: 4 }, finishedAt: ago(25 * 60) });
    expect(needsYou([old], now).failed).toBe(0);
  });
});

describe('the primary button', () => {
  it('starts what is down, whatever else waits', () => {
    const services = { glabs: service({ state: 'stopped' }), tunnel };
    expect(nextStep(services, [run(goingOn)], [], 3, now)).toEqual({ kind: 'start', services: ['glabs'] });
  });

  it('starts G-Labs before the tunnel', () => {
    const services = {
      glabs: service({ state: 'failed' }),
      tunnel: service({ name: 'tunnel', state: 'stopped', startWill: 'command' }),
    };
    expect(nextStep(services, [], [], 3, now)).toEqual({ kind: 'start', services: ['glabs', 'tunnel'] });
  });

  it('goes on to what is next while the tunnel is still on its way', () => {
    const coming = service({ name: 'tunnel', state: 'starting', startWill: 'nothing' });
    expect(nextStep({ glabs: service({}), tunnel: coming }, [], [], 3, now)).toEqual({ kind: 'run' });
  });

  it('does not offer to start what Start cannot bring up', () => {
    expect(nextStep(up, [], [], 3, now)).toEqual({ kind: 'run' });
  });

  it('tries again where another program held the port', () => {
    const services = { glabs: service({ state: 'foreign', startWill: 'nothing' }), tunnel };
    expect(nextStep(services, [], [], 3, now)).toEqual({ kind: 'start', services: ['glabs'] });
  });

  it('shows that G-Labs is on its way', () => {
    expect(nextStep({ glabs: service({ state: 'starting' }), tunnel }, [], [], 3, now)).toEqual({
      kind: 'starting',
    });
  });

  it('goes to open picks, then to the run, then to the workflows', () => {
    const held = run({ ...goingOn, runId: 'r9', picksOpen: 1, counts: { held: 1 } });
    expect(nextStep(up, [held], [], 3, now)).toEqual({ kind: 'pick', runId: 'r9' });
    expect(nextStep(up, [run(goingOn)], [], 3, now)).toEqual({ kind: 'watch', runId: 'r1' });
    expect(nextStep(up, [run()], [], 3, now)).toEqual({ kind: 'run' });
    expect(nextStep(up, [], [], 0, now)).toEqual({ kind: 'add-folder' });
  });

  it('goes to an interrupted run when nothing runs, until a plan is carried out', () => {
    const interrupted = { ...newEntry('/w/A-V0-1.nbflow'), runId: 'r1' };
    expect(nextStep(up, [], [interrupted], 3, now)).toEqual({ kind: 'recover', path: '/w/A-V0-1.nbflow' });
    expect(nextStep(up, [run(goingOn)], [interrupted], 3, now)).toEqual({ kind: 'watch', runId: 'r1' });
    const carriedOut = { ...interrupted, step: 'after-care' as const };
    expect(nextStep(up, [], [carriedOut], 3, now)).toEqual({ kind: 'run' });
  });
});

describe('a run as a sentence', () => {
  it('tells progress in quarters', () => {
    expect(runSentence(run({ ...goingOn, done: 3 }), 'running')).toBe('A-V0-1 running.');
    expect(runSentence(run({ ...goingOn, done: 11 }), 'running')).toBe('A-V0-1 running, 25 percent done.');
    expect(runSentence(run({ ...goingOn, done: 19 }), 'running')).toBe('A-V0-1 running, 25 percent done.');
  });

  it('tells failures and picks, and no percentage at the end', () => {
    const held = run({ status: 'held', picksOpen: 2, counts: { held: 2, failed: 1 } });
    expect(runSentence(held, 'needs your picks')).toBe('A-V0-1 needs your picks, 1 failed, 2 picks open.');
  });
});
