import { describe, expect, it } from 'vitest';
import type { ServicesChange, ServicesView, ServiceView } from '../../shared/services.ts';
import type { BackendNews } from '../runner/backend-news.ts';
import { blankView } from '../services/blank-view.ts';
import { isMended, rememberAlive, seenServices, standingOf, watchBackend } from './backend-watch.ts';

const clock = { now: () => 0, monotonic: () => 0, sinceBoot: () => 0, sleep: async () => undefined };
const url = 'http://127.0.0.1:8765';
const local = { server: url, way: 'direct' } as const;
const away = { server: 'https://a.example', way: 'tunnel' } as const;

const glabs = (more: Partial<ServiceView> = {}): ServiceView => ({
  ...blankView('glabs', clock),
  desired: 'up',
  state: 'ready',
  url,
  ...more,
});
const tunnel = (
  stage: 'verified' | 'restarting' | 'failed',
  more: Partial<ServiceView> = {},
): ServiceView => ({
  ...blankView('tunnel', clock),
  desired: 'up',
  state: stage === 'verified' ? 'ready' : stage === 'failed' ? 'failed' : 'starting',
  tunnel: { mode: 'quick', stage, address: null, consumers: [] },
  ...more,
});

/** Services of this process that become what the test says. */
function services(first: ServicesView) {
  let view = first;
  const listeners = new Set<(change: ServicesChange) => void>();
  return {
    listeners,
    open: {
      view: () => view,
      subscribe: (listener: (change: ServicesChange) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    become: (change: ServiceView) => {
      view = { ...view, [change.name]: change };
      const { log: logAdded, ...service } = change;
      for (const listener of listeners) listener({ service, logAdded });
    },
  };
}
const nobody = { saved: { get: () => null }, isAlive: async () => false };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function watched(backend: typeof local | typeof away, view: ServicesView) {
  const made = services(view);
  const heard: string[] = [];
  const tell = (news: BackendNews) =>
    heard.push(news.state === 'ready' ? 'ready' : `${news.what}: ${news.message}`);
  const end = watchBackend(backend, { ...nobody, services: async () => made.open }).listen(tell);
  await turn();
  return { ...made, heard, end };
}

describe('what a run hears of its backend', () => {
  it('is each going and coming once, and nothing when it is ended', async () => {
    const { become, heard, end, listeners } = await watched(local, {
      glabs: glabs(),
      tunnel: tunnel('failed'),
    });
    become(glabs({ restarts: 1 }));
    become(glabs({ state: 'unhealthy' }));
    become(glabs({ state: 'starting' }));
    become(glabs());
    become(glabs({ state: 'stopping', desired: 'down' }));
    expect(heard).toEqual([
      'glabs: G-Labs does not answer its supervisor.',
      'ready',
      'glabs: G-Labs was stopped.',
    ]);
    end();
    become(glabs());
    expect(heard).toHaveLength(3);
    expect(listeners.size).toBe(0);
  });

  it('is of both, G-Labs and the tunnel, when it goes through that: ready is when both are', async () => {
    const { become, heard } = await watched(away, { glabs: glabs(), tunnel: tunnel('verified') });
    become(tunnel('restarting'));
    become(glabs({ state: 'starting' }));
    become(tunnel('verified'));
    expect(heard).toEqual(['tunnel: The tunnel is being restarted.']);
    become(glabs());
    expect(heard.at(-1)).toBe('ready');
  });

  it('is nothing of another G-Labs than its own, nor where nobody supervises', async () => {
    const { become, heard } = await watched(local, {
      glabs: glabs({ url: 'http://127.0.0.1:9999' }),
      tunnel: tunnel('verified'),
    });
    become(glabs({ url: 'http://127.0.0.1:9999', state: 'starting' }));
    expect(heard).toEqual([]);
    const end = watchBackend(local, { ...nobody, services: () => null }).listen(() => heard.push('news'));
    end();
    expect(heard).toEqual([]);
  });

  it('does not begin when it was ended before the services were open', async () => {
    const made = services({ glabs: glabs(), tunnel: tunnel('verified') });
    watchBackend(local, { ...nobody, services: async () => made.open }).listen(() => undefined)();
    await turn();
    expect(made.listeners.size).toBe(0);
  });
});

describe('a backend', () => {
  it('is mended while what it needs is to be up and can be brought there', () => {
    const ready = tunnel('verified');
    expect(isMended({ glabs: glabs(), tunnel: null }, local)).toBe(true);
    expect(isMended({ glabs: glabs({ url: 'http://localhost:8765/' }), tunnel: null }, local)).toBe(true);
    expect(isMended({ glabs: glabs({ state: 'starting' }), tunnel: null }, local)).toBe(true);
    expect(isMended({ glabs: glabs({ state: 'failed' }), tunnel: null }, local)).toBe(false);
    expect(isMended({ glabs: glabs({ state: 'foreign' }), tunnel: null }, local)).toBe(false);
    expect(isMended({ glabs: glabs({ desired: 'down' }), tunnel: null }, local)).toBe(false);
    expect(isMended({ glabs: null, tunnel: ready }, away)).toBe(false);
    expect(isMended({ glabs: glabs(), tunnel: null }, away)).toBe(false);
    expect(isMended({ glabs: glabs(), tunnel: tunnel('failed') }, away)).toBe(false);
    expect(isMended({ glabs: glabs(), tunnel: tunnel('restarting') }, away)).toBe(true);
  });

  it('of somebody else stands nowhere, whatever is supervised here', () => {
    expect(
      standingOf({ glabs: glabs(), tunnel: null }, { server: 'http://far.example', way: 'direct' }),
    ).toBeNull();
  });
});

describe('what another process supervises', () => {
  const record = (view: unknown) => ({
    service: 'glabs' as const,
    view: JSON.stringify(view),
    ownerPid: 7,
    ownerStarted: 'then',
    at: 0,
  });

  it('is seen by what it wrote down, as long as it lives', async () => {
    const { log: _log, ...written } = glabs();
    const saved = { get: (name: string) => (name === 'glabs' ? record(written) : null) };
    const seen = (alive: boolean) =>
      seenServices({ services: () => null, saved, isAlive: async () => alive });
    expect(await seen(true)).toEqual({
      glabs: { state: 'ready', desired: 'up', url, tunnel: null },
      tunnel: null,
    });
    expect(await seen(false)).toEqual({ glabs: null, tunnel: null });
  });

  it('is not asked of the system at every request; one that is gone is asked again at once', async () => {
    let now = 0;
    let asked = 0;
    let alive = true;
    const isAlive = rememberAlive(
      async () => {
        asked++;
        return alive;
      },
      { monotonic: () => now },
    );
    const noted = { pid: 7, startTime: 'then' };
    for (let i = 0; i < 5; i++) expect(await isAlive(noted)).toBe(true);
    expect(asked).toBe(1);
    alive = false;
    now = 2000;
    expect(await isAlive(noted)).toBe(false);
    expect(await isAlive(noted)).toBe(false);
    expect(asked).toBe(3);
    expect(await isAlive({ pid: 8, startTime: 'then' })).toBe(false);
  });
});
