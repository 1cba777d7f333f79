import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newTable, printTable, readTable, type Table } from './csv-table.ts';
import type { Tracked } from './tracker-facts.ts';
import {
  HISTORY_COLUMNS,
  KEY,
  OVERVIEW_COLUMNS,
  ownCells,
  withHistory,
  withoutRows,
  withRow,
} from './tracker-rows.ts';

const facts: Tracked = {
  code: 'XYZG3',
  brand: 'xyz',
  type: 'growth',
  version: 'V0-2',
  status: 'testing',
  fanOut: null,
  lastUpdated: '2026-05-12',
  notes: '=1+1, "so"',
  history: [
    { version: 'V0-1', date: '2026-05-01', notes: 'initial build' },
    { version: 'V0-2', date: '2026-05-12', notes: '=1+1, "so"' },
  ],
};
const none = new Map<string, string>();
const read = (text: string): Table => readTable(text, KEY, '/t.csv');
const put = (text: string, own: ReadonlyMap<string, string> = none) =>
  printTable(withRow(read(text), facts, own));

describe('the row of a workflow', () => {
  it('is added below the others, which stay as they are', () => {
    const before = '"Workflow",Notes,  Owner\r\nABCG1, x ,"Ann"';
    expect(put(before)).toBe(`${before}\r\nXYZG3,"'=1+1, ""so""",\r\n`);
  });

  it('is brought up to date where it stands, and what a person wrote in it stays', () => {
    const table =
      'workflow,Owner,Fan-out,STATUS,Link\nABCG1,,,,\nxyzg3,Ann,A,approved,"=HYPERLINK(""x"")"\nABCG2,,,,\n';
    expect(put(table)).toBe(
      'workflow,Owner,Fan-out,STATUS,Link\nABCG1,,,,\nXYZG3,Ann,A,testing,"=HYPERLINK(""x"")"\nABCG2,,,,\n',
    );
  });

  it('changes no byte when it says so already', () => {
    const first = put('Workflow,"Notes",Owner\nXYZG3,,"Ann"\n');
    expect(put(first)).toBe(first);
  });

  it('brings what people wrote in the other tab, in columns of their own', () => {
    const own = ownCells(read('Owner,Workflow,Status,Fan-out\nAnn,XYZG3,approved,"A, B"\n'), facts);
    expect(put('Workflow,Fan-out\r\nABCG1,\r\n', own)).toBe(
      'Workflow,Fan-out,Owner\r\nABCG1,,\r\nXYZG3,"A, B",Ann\r\n',
    );
  });

  it('goes from the other tab when nothing is lost by that', () => {
    const here = read('Workflow,Owner\nXYZG3,Ann\n');
    const away = (text: string) => {
      const { table, left } = withoutRows(read(text), facts, here);
      return [printTable(table), left];
    };
    expect(away('Workflow,Status,owner\nABCG1,,\nXYZG3,approved,Ann\n')).toEqual([
      'Workflow,Status,owner\nABCG1,,\n',
      0,
    ]);
    const other = 'Workflow,Owner\nXYZG3,Bob\n';
    expect(away(other)).toEqual([other, 1]);
    const unnamed = 'Workflow,Owner\nXYZG3,Ann,a remark\n';
    expect(away(unnamed)).toEqual([unnamed, 1]);
  });

  it('leaves every other row byte for byte, whatever is in it', () => {
    const cell = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('"a"', '=x', 'x,y', '', '\r\n'));
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, rows, (above, below) => {
        const lines = (of: string[][]) => of.map((cells) => ({ cells: ['ABCG1', ...cells], raw: null }));
        const columns = { ...newTable([KEY, 'Notes', 'Owner', '']), newline: '\n' };
        const own = { cells: ['XYZG3', 'old', 'Ann', 'z'], raw: null };
        const [top, all] = [lines(above), [...lines(above), own, ...lines(below)]];
        const after = put(printTable({ ...columns, rows: all }));
        expect(after.startsWith(printTable({ ...columns, rows: top }))).toBe(true);
        const rest = printTable({ ...columns, rows: lines(below) }).slice(printTable(columns).length);
        expect(after.endsWith(`XYZG3,"'=1+1, ""so""",Ann,z\n${rest}`)).toBe(true);
      }),
    );
  });
});

describe('the version history', () => {
  const history = (text: string) => printTable(withHistory(read(text), facts));
  const made = printTable(withHistory(newTable(HISTORY_COLUMNS), facts));

  it('has a row for each entry', () => {
    expect(made).toBe(
      'Workflow,Brand,Version,Date,Notes\r\nXYZG3,xyz,V0-1,2026-05-01,initial build\r\n' +
        `XYZG3,xyz,V0-2,2026-05-12,"'=1+1, ""so"""\r\n`,
    );
  });

  it('gets no row twice', () => {
    expect(history(made)).toBe(made);
  });

  it('keeps a row whose note a person has changed, or whose day a sheet program has written its way', () => {
    const changed = made
      .replace('initial build', 'first try')
      .replace('2026-05-12', '12.05.26')
      .replace("'=1+1", 'x');
    expect(history(changed)).toBe(changed);
  });

  it('gets a second entry of one version on one day', () => {
    const again = {
      ...facts,
      history: [...facts.history, { version: 'V0-2', date: '2026-05-12', notes: 'again' }],
    };
    const after = printTable(withHistory(read(made), again));
    expect(after).toBe(`${made}XYZG3,xyz,V0-2,2026-05-12,again\r\n`);
  });

  it('leaves rows of others, and those a person added', () => {
    const own = 'Workflow,Version,Date,Notes\nABCG1,V0-2,2026-05-12,theirs\nXYZG3,V0-2,2026-05-11,by hand\n';
    expect(history(own)).toBe(
      `${own}XYZG3,V0-1,2026-05-01,initial build\nXYZG3,V0-2,2026-05-12,"'=1+1, ""so"""\n`,
    );
  });
});

it('the columns are those of the sheet', () => {
  expect(OVERVIEW_COLUMNS.join()).toBe(
    'Workflow,Brand,Type,Current Version,Status,Fan-out,Last Updated,Link,Notes',
  );
});
