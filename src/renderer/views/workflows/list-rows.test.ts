import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { type ListQuery, listRows, steadyRows } from './list-rows.ts';

const workflow = (name: string, more: Partial<WorkflowSummary> = {}): WorkflowSummary => ({
  path: `/p/${more.folder ?? 'may'}/${name}.nbflow`,
  name,
  code: name,
  version: null,
  folder: 'may',
  root: '/p',
  modifiedAt: '2026-11-20T10:00:00.000Z',
  size: 1,
  tabs: 1,
  scenes: 1,
  generationNodes: 2,
  cached: 2,
  stale: 0,
  missing: 0,
  errors: 0,
  warnings: 0,
  unreadable: null,
  lastRun: null,
  ...more,
});

const all: ListQuery = { search: '', filter: 'all', sort: 'name' };
const told = (workflows: readonly WorkflowSummary[], query: Partial<ListQuery> = {}) =>
  listRows(workflows, { ...all, ...query }).map((row) =>
    row.kind === 'folder' ? `${row.folder} (${row.count})` : row.workflow.name,
  );

describe('the rows of the list', () => {
  const files = [
    workflow('B10', { warnings: 1, missing: 1 }),
    workflow('B9', {
      folder: 'june',
      errors: 1,
      lastRun: { runId: 'r', status: 'completed', at: '2026-11-20T12:00:00Z' },
    }),
    workflow('B2', { stale: 4, modifiedAt: '2026-11-20T11:00:00.000Z' }),
    workflow('torn', { folder: 'june', unreadable: 'torn.nbflow is empty.' }),
  ];

  it('stand under their folders, with numbers in names counted and not spelled', () => {
    expect(told(files)).toEqual(['june (2)', 'B9', 'torn', 'may (2)', 'B2', 'B10']);
  });

  it('keep two folders of one name under different roots apart', () => {
    expect(told([workflow('A'), workflow('B', { root: '/q', path: '/q/may/B.nbflow' })])).toEqual([
      'may (1)',
      'A',
      'may (1)',
      'B',
    ]);
  });

  it('are only those with every word of the search in their name or folder', () => {
    expect(told(files, { search: ' JUNE b' })).toEqual(['june (1)', 'B9']);
    expect(told(files, { search: 'nothing' })).toEqual([]);
  });

  it('with findings are those with errors, warnings, or that cannot be read', () => {
    expect(told(files, { filter: 'findings' })).toEqual(['june (2)', 'B9', 'torn', 'may (1)', 'B10']);
  });

  it('with work to do are those a run would generate something for', () => {
    expect(told(files, { filter: 'work' })).toEqual(['may (2)', 'B2', 'B10']);
  });

  it.each([
    ['changed', ['may (2)', 'B2', 'B10', 'june (2)', 'B9', 'torn']],
    ['run', ['june (2)', 'B9', 'torn', 'may (2)', 'B2', 'B10']],
    ['work', ['may (2)', 'B2', 'B10', 'june (2)', 'B9', 'torn']],
    ['findings', ['june (2)', 'torn', 'B9', 'may (2)', 'B10', 'B2']],
  ] as const)(
    'in the order "%s" have the first of it on top, and their folders with them',
    (sort, expected) => {
      expect(told(files, { sort })).toEqual(expected);
    },
  );

  it('hold every workflow once, whatever the order, each below the heading of its own folder', () => {
    const some = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z0-9]{1,4}$/),
        folder: fc.constantFrom('a', 'b', 'c'),
        errors: fc.nat(3),
        missing: fc.nat(3),
      }),
      { selector: ({ name, folder }) => `${folder}/${name}` },
    );
    const sorts = fc.constantFrom<ListQuery['sort']>('name', 'changed', 'run', 'work', 'findings');
    fc.assert(
      fc.property(some, sorts, (made, sort) => {
        const workflows = made.map(({ name, ...more }) => workflow(name, more));
        const rows = listRows(workflows, { ...all, sort });
        const paths = rows.flatMap((row) => (row.kind === 'workflow' ? [row.key] : []));
        expect(paths.toSorted()).toEqual(workflows.map(({ path }) => path).toSorted());
        let heading = '';
        for (const row of rows) {
          if (row.kind === 'folder') heading = row.key;
          else expect(row.folderKey).toBe(heading);
        }
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
      }),
    );
  });
});

describe('rows a person points at', () => {
  it('stay where they are and say what is new', () => {
    const before = listRows([workflow('A', { missing: 2 }), workflow('B')], { ...all, sort: 'work' });
    const now = [workflow('A'), workflow('B', { missing: 9 })];
    const after = steadyRows(before, listRows(now, { ...all, sort: 'work' }), now);
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
    expect(after.map((row) => (row.kind === 'workflow' ? row.workflow.missing : null))).toEqual([null, 0, 9]);
  });

  it('stay even when their file is gone', () => {
    const before = listRows([workflow('A')], all);
    expect(steadyRows(before, [], [])).toEqual(before);
  });

  it('have what has come since below them, so that nothing is hidden and nothing moves', () => {
    const before = listRows([workflow('B')], all);
    const now = [workflow('A'), workflow('B'), workflow('C', { folder: 'june' })];
    const after = steadyRows(before, listRows(now, all), now);
    expect(after.map((row) => (row.kind === 'folder' ? row.folder : row.workflow.name))).toEqual([
      'may',
      'B',
      'june',
      'C',
      'may',
      'A',
    ]);
    expect(new Set(after.map(({ key }) => key)).size).toBe(after.length);
  });
});
