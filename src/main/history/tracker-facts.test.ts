import { describe, expect, it } from 'vitest';
import { fromNames, fromRegistry, tabOf } from './tracker-facts.ts';
import { byVersion, standingOf } from './version-standing.ts';

const entry = (value: Record<string, unknown>) => ({ path: [], code: 'XYZG3', brand: 'xyz', value });

describe('a version', () => {
  it('is under test or approved by its number', () => {
    const standing = ['V0-4', 'v0-1', 'V2-0-3', 'V1', 'V1-1', 'V2', 'draft'].map(standingOf);
    expect(standing).toEqual(['testing', 'testing', 'testing', 'approved', 'approved', 'approved', null]);
  });

  it('has its place in the chain of the pipeline', () => {
    const chain = ['draft', 'V0-1', 'V0-3', 'V0-10', 'V1', 'V1-1', 'V1-2', 'V2-0-1', 'V2-0-4', 'V2', 'V2-1'];
    expect(chain.toReversed().sort(byVersion)).toEqual(chain);
  });
});

describe('what the tracker says of a registered workflow', () => {
  it('is what the registry has', () => {
    const facts = fromRegistry(
      entry({
        current_version: 'V1',
        status: 'approved',
        fanned_out_to_accounts: ['A', 'B'],
        last_updated: '2026-05-12',
        history: [
          { version: 'V0-1', date: '2026-05-01', notes: 'initial build' },
          { version: 'V1', date: '2026-05-12', note: 'shipped' },
        ],
      }),
      null,
    );
    expect(facts).toMatchObject({
      type: 'growth',
      version: 'V1',
      status: 'approved',
      fanOut: 'A, B',
      lastUpdated: '2026-05-12',
      notes: 'shipped',
    });
    expect(facts.history[1]).toEqual({ version: 'V1', date: '2026-05-12', notes: 'shipped' });
  });

  it('has the status of its version, unless it is archived', () => {
    const status = (version: string, said: string) =>
      fromRegistry(entry({ current_version: version, status: said }), 'approved').status;
    expect(status('V2-0-1', 'approved')).toBe('testing');
    expect(status('V1', 'archived')).toBe('archived');
    expect(status('draft', 'active')).toBe('approved');
  });

  it('is unknown where the registry does not say it, or says something else than texts', () => {
    const facts = fromRegistry(
      entry({ current_version: 'V1', last_updated: 5, fanned_out_to_accounts: 2 }),
      null,
    );
    expect(facts).toMatchObject({ lastUpdated: null, fanOut: null, notes: null, history: [] });
  });

  it('takes the upper entry of a history that has the newest above', () => {
    const history = [
      { version: 'V0-2', date: '2026-05-02', notes: 'new' },
      { version: 'V0-1', date: '2026-05-01', notes: 'old' },
    ];
    expect(fromRegistry(entry({ history }), null).notes).toBe('new');
  });
});

it('without a registry the names tell the versions, and the note that of today', () => {
  const found = ['V0-2', 'V0-10', 'V0-1'].map((version) => ({ version, date: '2026-05-01', notes: '' }));
  const facts = fromNames(
    { code: 'XYZS1', version: 'v0-10', folder: 'testing' },
    { brand: 'xyz', month: 'may' },
    found,
    { note: 'recovered', today: '2026-05-12' },
  );
  expect(facts).toMatchObject({
    brand: 'xyz',
    type: 'sales',
    version: 'v0-10',
    status: 'testing',
    notes: 'recovered',
  });
  expect(facts.history.map(({ version, date }) => `${version} ${date}`)).toEqual([
    'V0-1 2026-05-01',
    'V0-2 2026-05-01',
    'v0-10 2026-05-12',
  ]);
});

it('what was retired stays in the tab of its version', () => {
  const archived = (version: string) =>
    tabOf(fromRegistry(entry({ current_version: version, status: 'archived' }), null));
  expect([archived('V1'), archived('V0-3'), archived('')]).toEqual(['approved', 'testing', 'testing']);
});
