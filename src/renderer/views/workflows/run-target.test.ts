import { describe, expect, it } from 'vitest';
import type { Finding, Plan } from '../../../shared/domain.ts';
import { isServer, isWholePath, obstacleTo, runTarget } from './run-target.ts';

type Glabs = Parameters<typeof runTarget>[0]['glabs'];
const glabs = (more: Partial<Glabs> = {}): Glabs => ({
  state: 'ready',
  url: 'http://127.0.0.1:8765',
  demo: false,
  startWill: 'nothing',
  problem: null,
  ...more,
});
const where = (more: Partial<Parameters<typeof runTarget>[0]> = {}) =>
  runTarget({ typed: '', setting: 'local', configured: 'http://127.0.0.1:9000', glabs: glabs(), ...more });

describe('where a run goes', () => {
  it('is the G-Labs of the control room, at the address it really has', () => {
    expect(where()).toEqual({ url: 'http://127.0.0.1:8765', supervised: true, demo: false });
  });

  it('is the configured address while it is not up', () => {
    expect(where({ glabs: glabs({ state: 'stopped' }) }).url).toBe('http://127.0.0.1:9000');
  });

  it('is what the setting says, and before that what was typed', () => {
    expect(where({ setting: 'http://far:1/' })).toMatchObject({ url: 'http://far:1', supervised: false });
    expect(where({ setting: 'http://far:1', typed: ' http://near:2/ ' }).url).toBe('http://near:2');
  });

  it("is known to be the control room's own when its address is typed", () => {
    expect(where({ typed: 'http://127.0.0.1:8765/' }).supervised).toBe(true);
  });

  it('is the demo when it runs, or when Start would bring it up, and never a server somewhere else', () => {
    expect(where({ glabs: glabs({ demo: true }) }).demo).toBe(true);
    expect(where({ glabs: glabs({ state: 'stopped', startWill: 'demo' }) }).demo).toBe(true);
    expect(where({ glabs: glabs({ demo: true }), typed: 'http://far:1' }).demo).toBe(false);
  });
});

it('a server is an http or https address, or left empty', () => {
  expect(['', ' ', 'http://a', 'https://a:1/b'].filter((text) => !isServer(text))).toEqual([]);
  expect(['a', 'ftp://a', 'http://', 'javascript:1', 'http://a b'].filter(isServer)).toEqual([]);
});

it('a path is whole from the top of a disk of any system, or left empty', () => {
  expect(
    ['', '/a.png', 'C:\\a.png', 'd:/a.png', '\\\\server\\a'].filter((text) => !isWholePath(text)),
  ).toEqual([]);
  expect(['a.png', './a.png', '~/a.png', '../a'].filter(isWholePath)).toEqual([]);
});

describe('what stands in the way of a run', () => {
  const finding = (severity: Finding['severity']): Finding => ({
    code: 'wrong-model',
    rule: 1,
    severity,
    tab: null,
    nodeId: null,
    title: null,
    where: '',
    message: '',
    cure: '',
    fixable: false,
  });
  const plan = (generations: number): Plan => ({
    nodes: [],
    totals: { nodes: 1, generations, cached: 0, costUSD: 0, images: 0, videos: 0, estimateS: 0 },
  });
  const now = (more: Partial<Parameters<typeof obstacleTo>[0]> = {}) =>
    obstacleTo({
      findings: [finding('warning')],
      checkFailure: null,
      plan: plan(4),
      planFailure: null,
      target: where(),
      glabs: glabs(),
      underWay: null,
      queued: null,
      waits: false,
      server: '',
      refImage: '',
      ...more,
    });

  it('is nothing when the check found no error and G-Labs is up', () => {
    expect(now()).toBeNull();
  });

  it('are errors of the check, which are shown where they are', () => {
    const obstacle = now({ findings: [finding('error'), finding('error'), finding('warning')] });
    expect(obstacle).toMatchObject({ remedy: 'findings' });
    expect(obstacle?.words).toContain('2 errors');
  });

  it('is a file that cannot be read, with its own sentence', () => {
    const failure = { code: 'workflow-unreadable' as const, message: 'a.nbflow is empty.' };
    expect(now({ findings: undefined, checkFailure: failure })?.words).toBe('a.nbflow is empty.');
  });

  it('is what is not known yet', () => {
    expect(now({ findings: undefined })?.words).toContain('Checking');
    expect(now({ plan: undefined })?.words).toContain('plan');
  });

  it('is a G-Labs that is down, and Start mends it where it can', () => {
    const down = glabs({ state: 'stopped', startWill: 'demo' });
    expect(now({ glabs: down, target: where({ glabs: down }) })).toMatchObject({ remedy: 'start' });
    const nothing = glabs({ state: 'stopped' });
    expect(now({ glabs: nothing, target: where({ glabs: nothing }) })).toMatchObject({ remedy: null });
    const failed = glabs({ state: 'failed', problem: { message: 'It ended.', cure: 'Look at its log.' } });
    expect(now({ glabs: failed, target: where({ glabs: failed }) })).toEqual({
      words: 'It ended. Look at its log.',
      remedy: 'start',
    });
    const starting = glabs({ state: 'starting' });
    expect(now({ glabs: starting, target: where({ glabs: starting }) })).toMatchObject({ remedy: null });
  });

  it('is not a G-Labs that the run does not need', () => {
    const down = glabs({ state: 'stopped' });
    expect(now({ glabs: down, target: where({ glabs: down }), plan: plan(0) })).toBeNull();
    expect(now({ glabs: down, target: where({ glabs: down, typed: 'http://far:1' }) })).toBeNull();
  });

  it('is not a G-Labs that is down now, when the run waits its turn', () => {
    const down = glabs({ state: 'stopped', startWill: 'demo' });
    expect(now({ glabs: down, target: where({ glabs: down }), waits: true })).toBeNull();
    expect(now({ findings: [finding('error')], waits: true })).toMatchObject({ remedy: 'findings' });
  });

  it('is its place in the queue, which can be shown', () => {
    expect(now({ queued: 2 })).toEqual({
      words: 'It is in the queue already, place 2.',
      remedy: 'queue',
    });
  });

  it('is a server or a path that cannot be one', () => {
    expect(now({ server: 'nonsense' })?.words).toContain('http');
    expect(now({ refImage: 'a.png' })?.words).toContain('whole path');
  });
});
