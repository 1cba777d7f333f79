import { describe, expect, it } from 'vitest';
import type { Finding } from '../../shared/domain.ts';
import type { RecoveryAction, RecoveryPlan } from '../../shared/recovery.ts';
import { diagnose } from './diagnose.ts';
import type { Evidence, NodeEvidence } from './evidence.ts';
import {
  backupOf,
  cached,
  evidenceOf,
  exportOf,
  fileAt,
  four,
  gone,
  HOUR,
  journalAt,
  NOW,
  nodeOf,
  objectAt,
  runOf,
} from './testing/evidence-builder.ts';

const clip = (id: number, from: number, places: Parameters<typeof nodeOf>[1]): NodeEvidence =>
  nodeOf(id, places, { kind: 'video', needs: [from] });
const open = four(() => ({}));
const done = (name: string) => four((n) => cached(`${name}-${n}`));

const plansOf = (evidence: Partial<Evidence>) => {
  const { plan, alternatives } = diagnose(evidenceOf(evidence), NOW);
  const all: Partial<Record<RecoveryAction, RecoveryPlan>> = {};
  for (const one of alternatives) all[one.action] = one;
  return { plan, alternatives, all };
};
const actions = (plans: readonly RecoveryPlan[]) => plans.map(({ action }) => action);

describe('resume', () => {
  it('takes what is paid for, makes the rest, and says each step', () => {
    const { plan } = plansOf({
      nodes: [
        nodeOf(1, [fileAt('a'), objectAt('b'), journalAt('downloaded'), journalAt('submitted')]),
        clip(2, 1, [{}, {}, journalAt('parked'), cached('c')]),
      ],
    });
    expect(plan).toMatchObject({
      action: 'resume',
      generations: 2,
      images: 0,
      videos: 2,
      saved: 6,
      costUSD: 0.8,
    });
    expect(plan.savedUSD).toBe(0.96);
    expect(plan.steps).toEqual([
      'Back up the workflow as it is now.',
      'Ask G-Labs for 1 task ordered already.',
      'Take 1 candidate that the last runs had fetched, 1 from files in Assets and 1 from the store, without paying.',
      'Make 2 clips.',
      'Leave 1 request of unknown fate alone.',
      'Write the export.',
    ]);
  });

  it('has G-Labs and the tunnel started first where they are down', () => {
    const down = { state: 'down' as const, address: null, message: null, cure: null };
    const { plan } = plansOf({ nodes: [nodeOf(1, open)], backend: down, tunnel: down });
    expect(plan.steps.slice(0, 3)).toEqual([
      'Back up the workflow as it is now.',
      'Start G-Labs.',
      'Start the tunnel.',
    ]);
    const all = plansOf({ nodes: [nodeOf(1, done('a'))], backend: down });
    expect(all.plan.steps).not.toContain('Start G-Labs.');
  });

  it('has the errors of the check mended before, for no run starts with them', () => {
    const error = (fixable: boolean): Finding => ({
      ...{ code: 'wrong-model', rule: 1, severity: 'error', tab: null, nodeId: 9, title: null },
      ...{ where: 'tabs[0]', message: 'It is wrong', cure: 'Mend it.', fixable },
    });
    const steps = (...fixable: boolean[]) =>
      plansOf({ nodes: [nodeOf(1, open)], source: { state: 'sound', findings: fixable.map(error) } }).plan
        .steps[1];
    expect(steps(true)).toBe('Mend 1 error of the sanity check ("flowdeck check --fix" does it).');
    expect(steps(false, false)).toBe('Mend 2 errors of the sanity check (in the editor).');
    expect(steps(true, false)).toBe(
      'Mend 2 errors of the sanity check ("flowdeck check --fix" does 1, the rest is for the editor).',
    );
  });

  it('is the same as a rebuild where nothing was made, so that only one is offered', () => {
    const { plan, alternatives } = plansOf({ nodes: [nodeOf(1, open)] });
    expect(plan.action).toBe('resume');
    expect(alternatives).toEqual([]);
  });

  it('leaves the clips of a run that wanted only pictures: they are neither made anew nor saved', () => {
    const later = { ...clip(2, 1, open), reason: 'not wanted (images mode)' as const };
    const { plan, all } = plansOf({ nodes: [nodeOf(1, [cached('a'), {}]), later] });
    expect(plan).toMatchObject({ images: 1, videos: 0, saved: 1, savedUSD: 0.04 });
    expect(all.rebuild).toMatchObject({ images: 2, videos: 0, saved: 0 });
  });
});

describe('a re-roll that was cut short', () => {
  const one = { reroll: [{ row: 1, candidate: 3 }], reason: 'forced' as const };
  const nodes = [
    nodeOf(1, done('a'), one),
    { ...clip(11, 1, done('b')), reroll: [] },
    nodeOf(2, open, { reroll: [] }),
  ];

  it('makes what it is about, and nothing of the rest', () => {
    const { plan } = plansOf({ nodes });
    expect(plan).toMatchObject({ action: 'resume', generations: 1, images: 1, videos: 0 });
    const grid = diagnose(evidenceOf({ nodes }), NOW).nodes;
    expect(grid.map(({ state, generations, note }) => [state, generations, note])).toEqual([
      ['partial', 1, '1 of 4 to make'],
      ['done', 0, null],
      ['left', 0, 'not part of the re-roll'],
    ]);
  });

  it('takes what was ordered for it', () => {
    const ordered = nodeOf(1, [cached('a'), cached('b'), { ...cached('c'), ...journalAt('submitted') }], one);
    const { plan } = plansOf({ nodes: [ordered, ...nodes.slice(1)] });
    expect(plan).toMatchObject({ action: 'resume', generations: 0 });
  });

  it('offers no wipe and no backup, for it would not make what they take away', () => {
    const wrong = nodeOf(1, [cached('a', { named: 'other scene' })], { reroll: [] });
    const { plan, alternatives } = plansOf({ nodes: [wrong, ...nodes.slice(1)], backups: [backupOf('b')] });
    expect(plan.action).toBe('export');
    expect(actions(alternatives)).toEqual(['rebuild']);
  });
});

describe('wipe', () => {
  it('is recommended for what is suspicious, with all that was made from it', () => {
    const wrong = nodeOf(
      1,
      four((n) => cached(`a-${n}`, { named: 'other version' })),
    );
    const { plan, all } = plansOf({
      nodes: [wrong, clip(11, 1, done('b')), nodeOf(2, done('c')), clip(12, 2, done('d'))],
    });
    expect(plan).toMatchObject({ action: 'wipe', nodes: [1, 11], images: 4, videos: 4, saved: 8 });
    expect(plan.steps).toContain('Clear the output of 2 nodes.');
    // Who finds nothing wrong with it keeps it.
    expect(all.export).toMatchObject({ generations: 0 });
  });

  it('has nothing to do with a suspicious output of a workflow that is exported: it can be left', () => {
    const wrong = nodeOf(1, [cached('a', { named: 'other scene' })]);
    const { plan, alternatives } = plansOf({ nodes: [wrong, nodeOf(2, done('b'))], export: exportOf() });
    expect(plan.action).toBe('wipe');
    expect(actions(alternatives)).toEqual(['none', 'rebuild']);
    expect(alternatives[0]?.title).toBe('Leave everything as it is');
  });

  it('makes a node whose addresses are partly gone anew as a whole, for those who want its pictures alike', () => {
    const { plan, all } = plansOf({
      nodes: [nodeOf(1, [gone('a'), cached('b'), cached('c'), cached('d')]), nodeOf(2, done('e'))],
    });
    expect(plan).toMatchObject({ action: 'resume', generations: 1 });
    expect(all.wipe).toMatchObject({ nodes: [1], generations: 4 });
  });

  it('does not throw away what is still on its way', () => {
    const wrong = nodeOf(1, [cached('a', { named: 'other scene' }), journalAt('submitted')]);
    const { plan } = plansOf({ nodes: [wrong, nodeOf(2, done('b'))] });
    expect(plan).toMatchObject({ action: 'wipe', generations: 1 });
    expect(plan.steps).toContain('Ask G-Labs for 1 task ordered already.');
  });

  it('does not clear what this run would not make again', () => {
    const wrong = nodeOf(1, [cached('a', { named: 'other scene' })]);
    const later = { ...clip(2, 1, done('b')), reason: 'not wanted (images mode)' as const };
    expect(plansOf({ nodes: [wrong, later, nodeOf(3, done('c'))] }).plan.nodes).toEqual([1]);
  });
});

describe('restore', () => {
  const nodes = [nodeOf(1, [gone('a'), cached('b'), cached('c'), cached('d')]), clip(2, 1, open)];
  const full = { images: 4, videos: 4 };
  const restored = (evidence: Partial<Evidence>) => plansOf({ nodes, ...evidence }).all.restore;

  it('takes the backup from before the interrupted run', () => {
    const run = runOf({ backup: '/project/backups/of-run' });
    const backups = [backupOf('later', { at: NOW }), backupOf('of-run', full), backupOf('older', { at: 1 })];
    expect(restored({ run, backups })).toMatchObject({ backup: 'of-run', generations: 8, costUSD: 1.76 });
  });

  it('takes the newest sound one from before it where that one is damaged', () => {
    const run = runOf({ backup: '/project/backups/of-run' });
    const backups = [
      backupOf('of-run', { sound: false, at: run.startedAt + 1 }),
      backupOf('older', { at: run.startedAt - 2 * HOUR }),
      backupOf('old', { at: run.startedAt - HOUR }),
      backupOf('later', { at: run.startedAt + HOUR, reason: 'manual' }),
    ];
    expect(restored({ run, backups })?.backup).toBe('old');
  });

  it('of another tool’s run takes the newest made for a run, else one without output', () => {
    const manual = backupOf('manual', { reason: 'manual', at: NOW, cached: 4 });
    const empty = backupOf('empty', { reason: 'manual', at: NOW - HOUR });
    const before = backupOf('before', { at: NOW - 2 * HOUR });
    expect(restored({ backups: [manual, empty, before] })?.backup).toBe('before');
    expect(restored({ backups: [manual, empty] })?.backup).toBe('empty');
    expect(restored({ backups: [manual] })).toBeUndefined();
  });

  it('names one that the database does not know by its path, and cannot use one without either', () => {
    expect(restored({ backups: [backupOf('x', { id: null, path: '/b/x' })] })?.backup).toBe('/b/x');
    expect(restored({ backups: [backupOf('x', { id: null, path: null })] })).toBeUndefined();
  });

  it('counts what the backup has, and what lies about that it has not', () => {
    const found = [
      nodeOf(
        1,
        four((n) => ({ ...gone(`a${n}`), ...fileAt(`a${n}`) })),
      ),
      clip(2, 1, open),
    ];
    const { all } = plansOf({ nodes: found, backups: [backupOf('b', full)] });
    expect(all.restore).toMatchObject({ images: 0, videos: 4, saved: 4 });
    expect(all.restore?.steps).toContain('Take 4 candidates from files in Assets, without paying.');
    // It has two of the four itself: which two, nobody knows. So two are counted on, not four.
    const half = plansOf({ nodes: found, backups: [backupOf('b', { images: 4, cached: 0, videos: 2 })] });
    expect(half.all.restore).toMatchObject({ images: 0, videos: 2 });
    const two = plansOf({ nodes: found, backups: [backupOf('b', { images: 2, cached: 2, videos: 4 })] });
    expect(two.all.restore?.steps).toContain('Take 2 candidates from files in Assets, without paying.');
  });

  it('of a source that cannot be read puts back the backup whose nodes were judged', () => {
    const { plan } = plansOf({
      source: { state: 'unreadable', message: 'It ends.', where: 'x:1:1' },
      nodesFrom: { backup: '/project/backups/b2' },
      backups: [backupOf('b1', { at: NOW }), backupOf('b2')],
      nodes: [nodeOf(1, [cached('a'), journalAt('stored'), fileAt('c'), {}])],
    });
    expect(plan).toMatchObject({ action: 'restore', backup: 'b2', generations: 1, saved: 3 });
  });
});
