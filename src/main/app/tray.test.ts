import { describe, expect, it } from 'vitest';
import { applyRecoveriesChange, type RecoveriesChange, type RecoveriesView } from '../../shared/recovery.ts';
import { applyRunChange, type RunSummary, type RunView } from '../../shared/run-view.ts';
import {
  applyServicesChange,
  type ServicesChange,
  type ServicesView,
  type ServiceView,
} from '../../shared/services.ts';
import type { RunHandle } from '../runner/runner-api.ts';
import type { Services } from './services.ts';
import { interrupted, PUBLIC_URL, runSummary, serviceView, tunnelView } from './test-support.ts';
import { createTopic } from './topic.ts';
import { createTray } from './tray.ts';
import { trayState } from './tray-state.ts';

const CANCELLED = { kind: 'cancelled', message: 'it was cancelled' } as const;
const down = { desired: 'down', state: 'stopped', startWill: 'command' } as const;
const services = (change: Partial<ServicesView> = {}): ServicesView => ({
  glabs: serviceView(),
  tunnel: tunnelView('verified'),
  ...change,
});
const run = (change: Partial<RunSummary> = {}) =>
  runSummary({ name: 'XYZG3-V0-1', done: 23, total: 40, etaS: 360, ...change });
const labels = (view: ServicesView, runs: RunSummary[] = []) =>
  trayState(view, runs)
    .menu.flat()
    .map(({ label }) => label);
const enabled = (view: ServicesView) =>
  trayState(view, [])
    .menu.flat()
    .filter((item) => item.enabled)
    .map(({ action }) => action);

describe('the tray', () => {
  it('is at rest when everything is up, and says so', () => {
    expect(trayState(services(), [])).toMatchObject({
      icon: 'ok',
      tooltip: 'Flowdeck: G-Labs and the tunnel are up.',
      goesOn: true,
    });
    const demo = services({ glabs: serviceView({ demo: true }), tunnel: tunnelView('stopped', {}, down) });
    expect(trayState(demo, []).tooltip).toBe('Flowdeck: the demo is up.');
  });

  it('is off when nothing is up, and then closing the window ends Flowdeck', () => {
    const view = services({ glabs: serviceView(down), tunnel: tunnelView('stopped', {}, down) });
    expect(trayState(view, [])).toMatchObject({
      icon: 'off',
      tooltip: 'Flowdeck: G-Labs is not up.',
      goesOn: false,
    });
  });

  it('tells how far the run is', () => {
    expect(trayState(services(), [run()])).toMatchObject({
      icon: 'busy',
      tooltip: 'Flowdeck: XYZG3-V0-1: 23 of 40, about 6 min left.',
      goesOn: true,
    });
    expect(labels(services(), [run({ etaS: 40 })])).toContain('XYZG3-V0-1: 23 of 40, about 40 s left');
    expect(labels(services(), [run({ status: 'paused' })])).toContain('XYZG3-V0-1: 23 of 40, paused');
  });

  it('says who waits for a person, before it says who is at work', () => {
    expect(trayState(services(), [run(), run({ name: 'ABCS1-V1', picksOpen: 2 })])).toMatchObject({
      icon: 'needs-you',
      tooltip: 'Flowdeck: ABCS1-V1 waits for 2 picks.',
    });
  });

  it('says what is wrong before everything else, in the words of the problem', () => {
    const problem = { message: 'G-Labs ended: exit code 3.', cure: 'Read its output.' };
    const view = services({ glabs: serviceView({ state: 'failed', problem }) });
    expect(trayState(view, [run({ picksOpen: 1 })])).toMatchObject({
      icon: 'trouble',
      tooltip: 'Flowdeck: G-Labs ended: exit code 3.',
    });
  });

  it('calls nothing trouble that nobody wants up, such as a tunnel without cloudflared', () => {
    const problem = { message: 'cloudflared is not there.', cure: 'Install it.' };
    const tunnel = tunnelView('stopped', {}, { ...down, startWill: 'nothing', problem });
    expect(trayState(services({ tunnel }), []).icon).toBe('ok');
  });

  it('keeps its tooltip to what Windows shows', () => {
    const problem = { message: 'x'.repeat(500), cure: '' };
    const { tooltip } = trayState(services({ glabs: serviceView({ state: 'failed', problem }) }), []);
    expect([tooltip.length, tooltip.at(-1)]).toEqual([127, '…']);
  });

  it('offers what makes sense now: Start when something is down, Stop when something is up, an address that leads here', () => {
    expect(enabled(services())).toEqual(['open', 'stop', 'copy-address', 'quit']);
    const half = services({ tunnel: tunnelView('stopped', {}, down) });
    expect(enabled(half)).toEqual(['open', 'start', 'stop', 'quit']);
    const none = services({ glabs: serviceView(down), tunnel: tunnelView('stopped', {}, down) });
    expect(enabled(none)).toEqual(['open', 'start', 'quit']);
    expect(enabled(services({ tunnel: tunnelView('degraded') }))).not.toContain('copy-address');
  });
});

describe('the tray, live', () => {
  /** Services and runs moved by the test; what is asked of them is written down in its order. */
  function world(initial: ServicesView = services()) {
    let view = initial;
    const asked: string[] = [];
    const hearers = new Set<(change: ServicesChange) => void>();
    const begun = new Set<(handle: RunHandle) => void>();
    const part = (name: 'glabs' | 'tunnel') => ({
      view: () => view[name],
      start: async () => void asked.push(`start ${name}`),
      stop: async () => void asked.push(`stop ${name}`),
    });
    const listen = <T>(set: Set<T>, listener: T) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
    const recoveries = createTopic<RecoveriesView, RecoveriesChange>({
      initial: { entries: [] },
      apply: applyRecoveriesChange,
    });
    const tray = createTray(
      {
        glabs: part('glabs'),
        tunnel: part('tunnel'),
        view: () => view,
        subscribe: (listener: (change: ServicesChange) => void) => listen(hearers, listener),
      } as unknown as Services,
      { onStarted: (listener) => listen(begun, listener) },
      recoveries,
    );
    const change = (service: ServiceView) => {
      const news = { service, logAdded: [] };
      view = applyServicesChange(view, news);
      for (const hear of hearers) hear(news);
    };
    const begin = (summary: RunSummary) => {
      let state = { summary } as RunView;
      const changed = new Set<() => void>();
      const over = Promise.withResolvers<void>();
      const handle = {
        runId: summary.runId,
        view: () => state,
        onChange: (listener: () => void) => listen(changed, listener),
        finished: over.promise,
      } as unknown as RunHandle;
      for (const hear of begun) hear(handle);
      return {
        move: (next: RunSummary) => {
          state = applyRunChange(state, { summary: next });
          for (const hear of changed) hear();
        },
        finish: async () => {
          over.resolve();
          await new Promise((resolve) => setImmediate(resolve));
        },
      };
    };
    return { tray, asked, change, begin, recoveries, listening: () => hearers.size + begun.size };
  }

  it('follows services and runs, and says nothing twice', async () => {
    const { tray, change, begin } = world();
    const icons: string[] = [];
    tray.subscribe(({ icon, tooltip }) => icons.push(`${icon}: ${tooltip}`));
    change(serviceView());
    const one = begin(run());
    one.move(run({ done: 24 }));
    await one.finish();
    change(serviceView({ state: 'failed' }));
    expect(icons).toEqual([
      'busy: Flowdeck: XYZG3-V0-1: 23 of 40, about 6 min left.',
      'busy: Flowdeck: XYZG3-V0-1: 24 of 40, about 6 min left.',
      'ok: Flowdeck: G-Labs and the tunnel are up.',
      'trouble: Flowdeck: G-Labs does not answer.',
    ]);
  });

  it('brings up G-Labs before the tunnel, takes the tunnel down before G-Labs', async () => {
    const stopped = tunnelView('stopped', {}, down);
    const { tray, asked } = world(services({ glabs: serviceView(down), tunnel: stopped }));
    await tray.start();
    await tray.stop();
    expect(asked).toEqual(['start glabs', 'start tunnel', 'stop tunnel', 'stop glabs']);
  });

  it('starts no tunnel where a start would bring up nothing', async () => {
    const { tray, asked } = world(
      services({ tunnel: tunnelView('stopped', {}, { ...down, startWill: 'nothing' }) }),
    );
    await tray.start();
    expect(asked).toEqual(['start glabs']);
  });

  it('has the public address only while it is verified', () => {
    const { tray, change } = world();
    expect(tray.publicAddress()).toBe(PUBLIC_URL);
    change(tunnelView('degraded'));
    expect(tray.publicAddress()).toBeNull();
  });

  it('says that a run was interrupted until somebody has turned to it', () => {
    const { tray, recoveries } = world();
    recoveries.publish({ entries: [interrupted({}), interrupted({ cause: CANCELLED, name: 'ABCS1-V1' })] });
    expect(tray.state()).toMatchObject({
      icon: 'needs-you',
      tooltip: 'Flowdeck: XYZG3-V0-1 was interrupted.',
      goesOn: true,
    });
    expect(labels(services())).not.toContain('XYZG3-V0-1 was interrupted');
    recoveries.publish({ entries: [interrupted({ step: 'plan' })] });
    expect(tray.state().icon).toBe('ok');
  });

  it('listens to nobody once it is closed', () => {
    const { tray, listening } = world();
    tray.close();
    expect(listening()).toBe(0);
  });
});
