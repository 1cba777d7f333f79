import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { choiceOf, compareVersions, lineageKey, lineageLabels, lineages, shownPath } from './lineages.ts';

const summary = (path: string, modifiedAt = '2026-05-12T10:00:00.000Z'): WorkflowSummary => {
  const name = path.replace(/^.*\//, '').replace(/\.nbflow$/, '');
  return {
    path,
    name,
    code: name.replace(/-V.*$/, ''),
    version: /V[\d-]+$/.exec(name)?.[0] ?? null,
    folder: 'may',
    root: '/p',
    modifiedAt,
    size: 1,
    tabs: 1,
    scenes: 1,
    generationNodes: 1,
    cached: 0,
    stale: 0,
    missing: 1,
    errors: 0,
    warnings: 0,
    unreadable: null,
    lastRun: null,
  };
};

describe('the workflows one can look at', () => {
  it('are one for all versions of a code in one group folder', () => {
    const [one, ...others] = lineages([
      summary('/p/may/testing/XYZG3-V0-2.nbflow'),
      summary('/p/may/approved/XYZG3-V1.nbflow'),
      summary('/p/may/testing/XYZG3-V0-10.nbflow'),
    ]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ code: 'XYZG3', version: 'V1', folder: '/p/may' });
    expect(one?.paths.map((path) => path.replace(/^.*\//, ''))).toEqual([
      'XYZG3-V1.nbflow',
      'XYZG3-V0-10.nbflow',
      'XYZG3-V0-2.nbflow',
    ]);
  });

  it('are told apart by their folder where they share a code', () => {
    const choices = lineages([
      summary('/p/may/XYZG3-V0-1.nbflow'),
      summary('/p/june/XYZG3-V0-1.nbflow'),
      summary('/p/may/first try.nbflow'),
    ]);
    expect([...lineageLabels(choices).values()]).toEqual([
      'first try',
      'XYZG3 · V0-1 in june',
      'XYZG3 · V0-1 in may',
    ]);
    const deeper = lineages([
      summary('/p/may/growth/XYZG3-V0-1.nbflow'),
      summary('/p/june/growth/XYZG3-V0-1.nbflow'),
      summary('/growth/XYZG3-V0-1.nbflow'),
    ]);
    expect([...lineageLabels(deeper).values()]).toEqual([
      'XYZG3 · V0-1 in /growth',
      'XYZG3 · V0-1 in june/growth',
      'XYZG3 · V0-1 in may/growth',
    ]);
  });

  it('are found by the path of a version that is gone, on either kind of system', () => {
    expect(lineageKey('/p/may/testing/XYZG3-V0-1.nbflow')).toBe(
      lineageKey('/p/may/approved/XYZG3-V2-0-4.nbflow'),
    );
    expect(lineageKey('C:\\p\\testing\\XYZG3-V0-1.nbflow')).toBe(lineageKey('C:\\p\\XYZG3-V0-9.nbflow'));
    expect(lineageKey('/p/may/XYZG3-V0-1.nbflow')).not.toBe(lineageKey('/p/may/XYZG4-V0-1.nbflow'));
  });
});

describe('the path that is shown', () => {
  const known = lineages([
    summary('/p/may/XYZG3-V0-1.nbflow', '2026-05-10T10:00:00.000Z'),
    summary('/p/may/XYZG3-V0-2.nbflow', '2026-05-11T10:00:00.000Z'),
    summary('/p/may/XYZS1-V1.nbflow', '2026-05-10T12:00:00.000Z'),
  ]);

  it('is the file that changed last when none was asked for', () => {
    expect(shownPath(known, null)).toBe('/p/may/XYZG3-V0-2.nbflow');
    expect(shownPath([], null)).toBeNull();
  });

  it('is the one asked for while it is there, and the newest version after it has gone on', () => {
    expect(shownPath(known, '/p/may/XYZG3-V0-1.nbflow')).toBe('/p/may/XYZG3-V0-1.nbflow');
    expect(shownPath(known, '/p/may/XYZG3-V0-0.nbflow')).toBe('/p/may/XYZG3-V0-2.nbflow');
  });

  it('is the one asked for where no folder is watched that has it', () => {
    expect(shownPath(known, '/elsewhere/ABCS1-V1.nbflow')).toBe('/elsewhere/ABCS1-V1.nbflow');
    expect(choiceOf('/elsewhere/ABCS1-V1.nbflow')).toMatchObject({ code: 'ABCS1', version: 'V1' });
  });
});

describe('the order of versions', () => {
  it('has tests before what they lead to, and variants after it', () => {
    const ascending = [null, 'V0-2', 'V0-10', 'V1-0-2', 'V1', 'V1-1', 'V1-2', 'V2-0-1', 'V2', 'V2-1', 'V10'];
    expect(ascending.toReversed().toSorted(compareVersions)).toEqual(ascending);
  });

  it('is an order: nothing comes before itself, and what comes before comes after the other way round', () => {
    const number = fc.integer({ min: 1, max: 30 });
    const version = fc.oneof(
      number.map((n) => `V0-${n}`),
      number.map((n) => `V${n}`),
      fc.tuple(number, number).map(([m, n]) => `V${m}-${n}`),
      fc.tuple(number, number).map(([m, n]) => `V${m}-0-${n}`),
    );
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        expect(compareVersions(a, b) === 0).toBe(a === b);
      }),
    );
  });
});
