import type { ServiceView, TunnelFacts } from '../../shared/services.ts';

/** A G-Labs that is up, for tests. */
export function testService(over: Partial<ServiceView> = {}): ServiceView {
  return {
    name: 'glabs',
    desired: 'up',
    state: 'ready',
    url: 'http://127.0.0.1:8765',
    pid: 1,
    adopted: false,
    demo: false,
    since: '2026-11-20T11:59:00.000Z',
    restarts: 0,
    lastRestarts: [],
    lastProbe: null,
    nextAttemptAt: null,
    problem: null,
    startWill: 'nothing',
    health: [],
    supervisor: null,
    tunnel: null,
    log: [],
    ...over,
  };
}

/** A quick tunnel that has verified nothing yet, for tests. */
export function testTunnel(facts: Partial<TunnelFacts> = {}, over: Partial<ServiceView> = {}): ServiceView {
  return testService({
    name: 'tunnel',
    state: 'starting',
    url: null,
    tunnel: { mode: 'quick', stage: 'spawning', address: null, consumers: [], ...facts },
    ...over,
  });
}
