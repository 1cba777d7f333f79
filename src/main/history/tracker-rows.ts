import { columnOf, harmless, plain, type Table, type TableRow, withColumn } from './csv-table.ts';
import type { Tracked, VersionEntry } from './tracker-facts.ts';

/** Names the workflow of a row, in all three files. */
export const KEY = 'Workflow';

/** Columns of `Approved Workflows.csv` and `Testing Workflows.csv`; an empty value is not known. */
const OVERVIEW: readonly [name: string, of: (facts: Tracked) => string | null][] = [
  [KEY, ({ code }) => code],
  ['Brand', ({ brand }) => brand],
  ['Type', ({ type }) => type],
  ['Current Version', ({ version }) => version],
  ['Status', ({ status }) => status],
  ['Fan-out', ({ fanOut }) => fanOut],
  ['Last Updated', ({ lastUpdated }) => lastUpdated],
  // For a person to fill in.
  ['Link', () => null],
  ['Notes', ({ notes }) => notes],
];
export const OVERVIEW_COLUMNS = OVERVIEW.map(([name]) => name);
export const HISTORY_COLUMNS = [KEY, 'Brand', 'Version', 'Date', 'Notes'];

/** Cells of a workflow that are not known otherwise, by the name of their column. */
export type OwnCells = ReadonlyMap<string, string>;

/** What people wrote into rows of a workflow: every cell that the facts do not fill. */
export function ownCells(table: Table, facts: Tracked): OwnCells {
  const found = new Map<string, string>();
  const ours = known(facts);
  for (const { cells } of rowsOf(table, facts.code)) {
    for (const [i, name] of table.header.cells.entries()) {
      const cell = cells[i] ?? '';
      if (cell === '' || name.trim() === '' || ours.has(keyOf(name)) || found.has(name.trim())) continue;
      found.set(name.trim(), cell);
    }
  }
  return found;
}

/**
 * The table with the row of a workflow as the facts have it. Other rows, other columns and what is not known stay. A
 * workflow that comes from the other tab brings `own` with it, and the columns for that.
 */
export function withRow(table: Table, facts: Tracked, own: OwnCells): Table {
  const missing = [...own.keys()].filter((name) => columnOf(table.header.cells, name) < 0);
  const wide = missing.reduce(withColumn, table);
  const header = wide.header.cells;
  const at = wide.rows.findIndex((row) => isOf(wide, row, facts.code));
  const old = wide.rows[at]?.cells ?? [];
  const ours = known(facts);
  const brought = new Map([...own].map(([name, cell]) => [keyOf(name), cell]));
  const cells = header.map((name, i) => {
    const first = columnOf(header, name.trim()) === i;
    const fact = first ? ours.get(keyOf(name)) : undefined;
    if (fact !== undefined) return harmless(fact);
    return old[i] || (first && brought.get(keyOf(name))) || '';
  });
  const all = [...cells, ...old.slice(header.length)];
  if (at < 0) return { ...wide, rows: [...wide.rows, { cells: all, raw: null }] };
  if (all.every((cell, i) => cell === (old[i] ?? ''))) return wide;
  return { ...wide, rows: wide.rows.with(at, { cells: all, raw: null }) };
}

/**
 * The table without the rows of a workflow that has gone to `other`, the other tab. One that says what its row there
 * does not say stays: `left` counts those.
 */
export function withoutRows(table: Table, facts: Tracked, other: Table): { table: Table; left: number } {
  const there = ownCells(other, facts);
  const isSpoken = (row: TableRow): boolean =>
    [...ownCells({ ...table, rows: [row] }, facts)].every(([name, cell]) =>
      [...there].some(([theirs, same]) => keyOf(theirs) === keyOf(name) && same === cell),
    ) && row.cells.every((cell, i) => cell === '' || (table.header.cells[i] ?? '').trim() !== '');
  const own = rowsOf(table, facts.code);
  const gone = new Set(own.filter(isSpoken));
  return {
    table: { ...table, rows: table.rows.filter((row) => !gone.has(row)) },
    left: own.length - gone.size,
  };
}

/** The history with a row for each version entry that has none; what stands there stays. */
export function withHistory(table: Table, { code, brand, history }: Tracked): Table {
  const header = table.header.cells;
  const columns = {
    version: columnOf(header, 'Version'),
    date: columnOf(header, 'Date'),
    notes: columnOf(header, 'Notes'),
  };
  const said = rowsOf(table, code).map(({ cells }) => ({
    version: cells[columns.version] ?? '',
    date: cells[columns.date] ?? '',
    notes: plain(cells[columns.notes] ?? ''),
  }));
  const row = (entry: VersionEntry): TableRow => ({
    cells: header.map((name, i) => {
      const to = { workflow: code, brand: brand ?? '', ...entry }[keyOf(name)];
      return columnOf(header, name.trim()) === i ? harmless(to ?? '') : '';
    }),
    raw: null,
  });
  const missing = unsaid(history, said).map(row);
  return missing.length === 0 ? table : { ...table, rows: [...table.rows, ...missing] };
}

/**
 * The entries that no row says: first the very same are paired off, then those whose row somebody has changed. A sheet
 * program that saves the file may write days its own way.
 */
function unsaid(entries: readonly VersionEntry[], rows: readonly VersionEntry[]): VersionEntry[] {
  const left = [...rows];
  const take = (fits: (row: VersionEntry) => boolean): boolean => {
    const at = left.findIndex(fits);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  return entries
    .filter(
      ({ version, date, notes }) =>
        !take((row) => row.version === version && row.date === date && row.notes === notes),
    )
    .filter(
      ({ version, date }) =>
        !take((row) => row.version === version && (row.date === date || !DAY.test(row.date))),
    );
}
const DAY = /^\d{4}-\d\d-\d\d$/;

const known = (facts: Tracked): Map<string, string> =>
  new Map(
    OVERVIEW.flatMap(([name, of]): [string, string][] => {
      const fact = of(facts);
      return fact === null ? [] : [[keyOf(name), fact]];
    }),
  );

const rowsOf = (table: Table, code: string): TableRow[] => table.rows.filter((row) => isOf(table, row, code));

function isOf({ header }: Table, { cells }: TableRow, code: string): boolean {
  const cell = cells[columnOf(header.cells, KEY)] ?? '';
  return plain(cell).trim().toLowerCase() === code.toLowerCase();
}

const keyOf = (name: string): string => name.trim().toLowerCase();
