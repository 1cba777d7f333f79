import { describe, expect, it } from 'vitest';
import type { Finding } from '../../shared/domain.ts';
import { diagnose } from './diagnose.ts';
import type { Evidence, ServiceEvidence } from './evidence.ts';
import {
  backupOf,
  cached,
  evidenceOf,
  exportOf,
  fileAt,
  four,
  gone,
  journalAt,
  NOW,
  nodeOf,
  objectAt,
  runOf,
} from './testing/evidence-builder.ts';

const verdict = (evidence: Evidence) => diagnose(evidence, NOW).verdict;
const headline = (evidence: Evidence) => diagnose(evidence, NOW).headline;

const done = (id: number) =>
  nodeOf(
    id,
    four((n) => cached(`n${id}-c${n}`)),
  );
const open = (id: number) =>
  nodeOf(
    id,
    four(() => ({})),
  );
const lostOne = (id: number) => nodeOf(id, [gone(`n${id}-c1`), cached(`n${id}-c2`)]);
const service = (state: ServiceEvidence['state']): ServiceEvidence => ({
  state,
  address: 'http://127.0.0.1:8765',
  message: null,
  cure: null,
});
const errorAt = (nodeId: number | null): Finding => ({
  code: 'variable-name',
  rule: 3,
  severity: 'error',
  tab: 'Account A',
  nodeId,
  title: 'A prompt',
  where: 'tabs[0]',
  message: '{wardrobe} is fed by outfit',
  cure: 'Rename the variable.',
  fixable: false,
});
const withError = (nodeId: number | null): Evidence['source'] => ({
  state: 'sound',
  findings: [errorAt(nodeId)],
});
const unreadable: Evidence['source'] = { state: 'unreadable', message: 'It ends in a text.', where: 'x:9:1' };

describe('complete', () => {
  it('is when the newest export has all that the file has', () => {
    expect(verdict(evidenceOf({ nodes: [done(1)], export: exportOf() }))).toBe('complete');
  });

  it('needs nothing of G-Labs, so it does not matter that G-Labs is down', () => {
    expect(verdict(evidenceOf({ nodes: [done(1)], export: exportOf(), backend: service('down') }))).toBe(
      'complete',
    );
  });

  it('is not when an output came after the export', () => {
    const node = nodeOf(1, [{ ...cached('a'), ...journalAt('written', { at: NOW }) }]);
    expect(verdict(evidenceOf({ nodes: [node], export: exportOf({ at: NOW - 1000 }) }))).toBe('export only');
    // The name of an export tells whole seconds, so one of the same second is newer than it looks.
    expect(verdict(evidenceOf({ nodes: [node], export: exportOf({ at: NOW - 999 }) }))).toBe('complete');
  });
});

describe('export only', () => {
  it.each([
    ['there is none', null, 'All output is there. Only the export is missing.'],
    ['it is cut off', exportOf({ state: 'unreadable' }), 'All output is there. Only the export is damaged.'],
    [
      'it has gaps',
      exportOf({ state: 'with gaps', gaps: [1] }),
      'All output is there. Only the export has gaps.',
    ],
    [
      'it is of other nodes',
      exportOf({ state: 'other' }),
      'All output is there. The newest export is of other nodes.',
    ],
  ])('is when all is there and %s', (_, made, words) => {
    const evidence = evidenceOf({ nodes: [done(1)], export: made });
    expect(verdict(evidence)).toBe('export only');
    expect(headline(evidence)).toBe(words);
  });

  it('is when what the file lacks lies on this machine or in the store', () => {
    const nodes = [nodeOf(1, [fileAt('a'), objectAt('b'), journalAt('stored'), cached('d')])];
    expect(verdict(evidenceOf({ nodes, export: exportOf(), backend: service('down') }))).toBe('export only');
  });

  it('is also when clips were left for later', () => {
    const clip = nodeOf(2, [{}], { kind: 'video', reason: 'not wanted (images mode)' });
    expect(verdict(evidenceOf({ nodes: [done(1), clip] }))).toBe('export only');
  });
});

describe('resume', () => {
  it('is when nothing was ever made', () => {
    const evidence = evidenceOf({ nodes: [open(1)] });
    expect(verdict(evidence)).toBe('resume');
    expect(headline(evidence)).toBe('Nothing was made yet. Left to make: 4 pictures.');
  });

  it('is when some is left to make', () => {
    const evidence = evidenceOf({ nodes: [done(1), open(2)] });
    expect(verdict(evidence)).toBe('resume');
    expect(headline(evidence)).toBe('Left to make: 4 pictures. 4 candidates are paid for already.');
  });

  it('is when tasks are to be fetched from G-Labs', () => {
    const evidence = evidenceOf({ nodes: [nodeOf(1, [cached('a'), journalAt('submitted')])] });
    expect(verdict(evidence)).toBe('resume');
    expect(headline(evidence)).toMatch(
      /^Nothing is to be made anew: 1 task ordered already is with G-Labs\./,
    );
  });

  it('is when a person must decide', () => {
    const evidence = evidenceOf({ nodes: [nodeOf(1, [cached('a'), journalAt('parked')])] });
    expect(verdict(evidence)).toBe('resume');
    expect(headline(evidence)).toMatch(/A person decides/);
  });

  it('says of a run that goes on that there is nothing to recover', () => {
    const evidence = evidenceOf({
      nodes: [lostOne(1), open(2)],
      run: runOf({ live: true, status: 'running' }),
    });
    const { plan, alternatives, cause } = diagnose(evidence, NOW);
    expect(headline(evidence)).toBe('A run of this workflow is going on. There is nothing to recover.');
    expect(plan.action).toBe('none');
    expect(alternatives).toEqual([]);
    expect(cause).toBeNull();
  });
});

describe('backend down and tunnel down', () => {
  it.each(['down', 'refused'] as const)(
    'G-Labs that is %s stands in the way of what must be made',
    (state) => {
      expect(verdict(evidenceOf({ nodes: [open(1)], backend: service(state) }))).toBe('backend down');
    },
  );

  it('G-Labs that is down stands in the way of fetching what was ordered', () => {
    const nodes = [nodeOf(1, [journalAt('completed')])];
    expect(verdict(evidenceOf({ nodes, backend: service('down') }))).toBe('backend down');
  });

  it('a tunnel that is down is told where G-Labs itself is there', () => {
    const tunnel = service('down');
    expect(verdict(evidenceOf({ nodes: [open(1)], tunnel }))).toBe('tunnel down');
    expect(verdict(evidenceOf({ nodes: [open(1)], tunnel, backend: service('down') }))).toBe('backend down');
    expect(verdict(evidenceOf({ nodes: [open(1)], tunnel: service('unused') }))).toBe('resume');
  });
});

describe('cache corrupt', () => {
  it('is when an address leads nowhere, whatever else is missing or down', () => {
    const evidence = evidenceOf({ nodes: [lostOne(1), open(2)], backend: service('down') });
    expect(verdict(evidence)).toBe('cache corrupt');
  });

  it('is also when the file of the lost output is still here', () => {
    const nodes = [nodeOf(1, [{ ...gone('a'), ...fileAt('a') }, cached('b')])];
    const diagnosis = diagnose(evidenceOf({ nodes }), NOW);
    expect(diagnosis.verdict).toBe('cache corrupt');
    expect(diagnosis.plan).toMatchObject({ action: 'export', generations: 0 });
  });

  it('is not when what is gone no longer fits anyway', () => {
    const stale = { ...lostOne(1), reason: 'prompt changed' as const };
    expect(verdict(evidenceOf({ nodes: [stale, done(2)] }))).toBe('resume');
  });
});

describe('suspicious output', () => {
  const suspicious = (nodes: Evidence['nodes']) => verdict(evidenceOf({ nodes, export: exportOf() }));

  it('is the same picture under several nodes, by its content or by its address', () => {
    const twin = (id: number, url: string) => nodeOf(id, [cached(url, { identity: 'same' })]);
    expect(suspicious([twin(1, 'a'), twin(2, 'b')])).toBe('suspicious output');
    expect(suspicious([nodeOf(1, [cached('a')]), nodeOf(2, [cached('a')])])).toBe('suspicious output');
    expect(suspicious([nodeOf(1, [cached('a', { identity: 'x' }), cached('b', { identity: 'x' })])])).toBe(
      'complete',
    );
  });

  it.each([
    [9 / 16, 'complete'],
    [(9 / 16) * 1.09, 'complete'],
    [(9 / 16) * 1.11, 'suspicious output'],
    [(9 / 16) * 0.89, 'suspicious output'],
    [16 / 9, 'suspicious output'],
  ])('a picture that is %f times as wide as high where 9:16 was asked for: %s', (shape, expected) => {
    expect(suspicious([nodeOf(1, [cached('a', { shape })])])).toBe(expected);
  });

  it('a shape is not judged where none was asked for that is a ratio', () => {
    const node = nodeOf(1, [cached('a', { shape: 3 })], { aspectRatio: 'auto' });
    expect(suspicious([node])).toBe('complete');
  });

  it.each(['other workflow', 'other version', 'other scene'] as const)(
    'an address named for an%s',
    (named) => {
      expect(suspicious([nodeOf(1, [cached('a', { named })])])).toBe('suspicious output');
    },
  );

  it('an error of the check found in a workflow that has output', () => {
    const source = withError(12);
    expect(verdict(evidenceOf({ nodes: [done(1)], source, export: exportOf() }))).toBe('suspicious output');
    expect(verdict(evidenceOf({ nodes: [open(1)], source }))).toBe('resume');
  });

  it('doubts the node that the check names', () => {
    const { nodes } = diagnose(evidenceOf({ nodes: [done(1), done(2)], source: withError(2) }), NOW);
    expect(nodes.map(({ state }) => state)).toEqual(['done', 'suspicious']);
  });
});

describe('source damaged and give up', () => {
  const backups = [backupOf('b1')];
  const nodesFrom = { backup: 'b1' };

  it('a source that cannot be read is judged by its backup', () => {
    const diagnosis = diagnose(evidenceOf({ source: unreadable, backups, nodesFrom, nodes: [open(1)] }), NOW);
    expect(diagnosis.verdict).toBe('source damaged');
    expect(diagnosis.plan).toMatchObject({ action: 'restore', backup: 'b1', generations: 4 });
    expect(diagnosis.check).toEqual([]);
  });

  it('a source that is away is the same', () => {
    const evidence = evidenceOf({ source: { state: 'missing' }, backups, nodesFrom, nodes: [open(1)] });
    expect(verdict(evidence)).toBe('source damaged');
    expect(diagnose(evidence, NOW).plan.steps[0]).toMatch(/^Put the backup/);
  });

  it('without a backup there is nothing to go by', () => {
    const diagnosis = diagnose(evidenceOf({ source: unreadable }), NOW);
    expect(diagnosis.verdict).toBe('give up');
    expect(diagnosis.plan).toMatchObject({ action: 'none', steps: ['Start again from the brief.'] });
    expect(diagnosis.alternatives).toEqual([]);
  });

  it('an export that can be read holds the whole workflow', () => {
    const { plan } = diagnose(evidenceOf({ source: unreadable, export: exportOf() }), NOW);
    expect(plan.steps[0]).toMatch(/^Copy XYZG3-V0-1-generated/);
  });

  const pass = (...classes: Evidence['passes'][number]['classes']) => ({ runId: 'r', at: NOW, classes });
  const nodes = [done(1), open(2)];

  it('two passes that failed differently are enough', () => {
    const passes = [pass('timeout'), pass('content_policy')];
    expect(verdict(evidenceOf({ nodes, passes }))).toBe('give up');
    expect(verdict(evidenceOf({ nodes: [done(1)], passes }))).toBe('export only');
  });

  it.each([
    ['one', [pass('timeout')]],
    ['two with the same error', [pass('timeout'), pass('timeout', 'content_policy')]],
    ['two of which one was killed', [pass('timeout'), pass('killed')]],
    ['two of which one was cancelled', [pass('cancelled'), pass('timeout')]],
    ['three of which the last two agree', [pass('api_error'), pass('timeout'), pass('timeout')]],
  ])('%s are not', (_, passes) => {
    expect(verdict(evidenceOf({ nodes, passes }))).toBe('resume');
  });

  it('starting over is not bought unasked: the plan does nothing, a rebuild is for a person to choose', () => {
    const passes = [pass('timeout'), pass('content_policy')];
    const { plan, alternatives } = diagnose(evidenceOf({ nodes, passes }), NOW);
    expect(plan).toMatchObject({ action: 'none', generations: 0, costUSD: 0 });
    expect(alternatives.map(({ action }) => action)).toEqual(['resume', 'rebuild']);
  });

  it('all that was made is lost: recovering costs as much as a rebuild', () => {
    const lost = nodeOf(
      1,
      four((n) => gone(`n${n}`)),
    );
    const diagnosis = diagnose(evidenceOf({ nodes: [lost, open(2)] }), NOW);
    expect(diagnosis.verdict).toBe('give up');
    expect(diagnosis.plan).toMatchObject({ action: 'rebuild', generations: 8, saved: 0 });
    expect(diagnosis.alternatives.map(({ action }) => action)).not.toContain('resume');
  });

  it('a workflow all of whose prompts were edited is not given up', () => {
    const edited = { ...done(1), reason: 'prompt changed' as const };
    expect(verdict(evidenceOf({ nodes: [edited] }))).toBe('resume');
  });
});

it('what needs a node that cannot be made is not made, and said to be blocked', () => {
  const noPrompt = nodeOf(1, []);
  const blocked = nodeOf(
    2,
    four(() => ({})),
    { kind: 'video', reason: 'blocked by 1', needs: [1] },
  );
  const diagnosis = diagnose(evidenceOf({ nodes: [noPrompt, blocked] }), NOW);
  expect(diagnosis.verdict).toBe('resume');
  expect(diagnosis.plan.generations).toBe(0);
  expect(diagnosis.headline).toBe('4 candidates cannot be made: what they need cannot be had.');
  expect(diagnosis.nodes.map(({ state, note }) => [state, note])).toEqual([
    ['blocked', 'it has no prompt'],
    ['blocked', 'blocked by 1'],
  ]);
});
