import Database from 'better-sqlite3';
import type { Connection } from './connection.ts';

/** What became of one table. */
export interface Carried {
  table: string;
  rows: number;
  /** All that was in it; false: it broke somewhere, and nobody can say how much is missing. */
  whole: boolean;
}

/** Rows looked for one by one, by number, where a table is broken: some seconds if none can be read. */
const MOST_LOOKED_FOR = 100_000;
const MOST_MISSES = 5000;

type Row = readonly (bigint | number | string | Buffer | null)[];

/**
 * Copies what can be read of a table in a damaged database into the same table of a new one: from its beginning to
 * where it breaks, from its end backwards to where it breaks, and between the two each row that can still be found
 * by its number. What the new table refuses (a state that is none, a text where a number belongs) is left out.
 */
export function carryTable(from: Connection, to: Connection, table: string): Carried {
  const shape = shapeOf(from, to, table);
  if (shape === null) return { table, rows: 0, whole: false };
  const { columns } = shape;
  const put = to.prepare(
    `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  let refused = 0;
  const take = (row: Row): void => {
    try {
      put.run(...row);
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_CONSTRAINT'))
        throw error;
      refused += 1;
    }
  };
  // A million rows in one transaction: the new file counts for nothing until it is complete.
  const ended = to.transaction(() =>
    (shape.numbered ? carryNumbered : carryOrdered)(from, table, shape, take),
  )();
  const rows = Number(to.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  return { table, rows, whole: ended && refused === 0 };
}

/** Rows have numbers, which must grow (or fall) all the time. True: it was read to its end. */
function carryNumbered(
  from: Connection,
  table: string,
  { columns }: Shape,
  take: (row: Row) => void,
): boolean {
  const select = `SELECT ${columns.join(', ')} FROM ${table} NOT INDEXED`;
  const numberOf = (row: Row) => row[0] as bigint;
  let first: bigint | null = null;
  const ended = readRows(from, `${select} ORDER BY rowid`, (row) => {
    if (first !== null && numberOf(row) <= first) return false;
    first = numberOf(row);
    take(row);
    return true;
  });
  if (ended) return true;
  const reached = first ?? 0n;
  let last: bigint | null = null;
  readRows(from, `${select} ORDER BY rowid DESC`, (row) => {
    if (numberOf(row) <= reached || (last !== null && numberOf(row) >= last)) return false;
    last = numberOf(row);
    take(row);
    return true;
  });
  const one = unlessBroken(() =>
    from.prepare<[bigint], Row>(`${select} WHERE rowid = ?`).raw().safeIntegers(),
  );
  // Without a last one nobody knows where to stop: some pages' worth of numbers without a row are the end.
  let misses = 0;
  for (let number = reached + 1n, left = MOST_LOOKED_FOR; left > 0; number += 1n, left -= 1) {
    if (last === null ? misses === MOST_MISSES : number >= last) break;
    const row = unlessBroken(() => one?.get(number));
    const found = row ? numberOf(row) === number : false;
    misses = found ? 0 : misses + 1;
    if (row && found) take(row);
  }
  return false;
}

/** Rows have no numbers, only an order. True: it was read to its end. */
function carryOrdered(from: Connection, table: string, shape: Shape, take: (row: Row) => void): boolean {
  const { columns, keys } = shape;
  return ['ASC', 'DESC'].some((direction, turn) => {
    // More rows than the file has room for: it goes round in circles.
    let left = roomFor(from);
    const order = keys.map((key) => `${key} ${direction}`).join(', ');
    const ended = readRows(from, `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order}`, (row) => {
      // Twice the same row is once: it replaces itself.
      take(row);
      left -= 1;
      return left > 0;
    });
    return ended && turn === 0;
  });
}

/** Gives each row that can be read, in order; `each` false: enough. True: the end was reached. */
function readRows(from: Connection, sql: string, each: (row: Row) => boolean): boolean {
  const rows = unlessBroken(() => from.prepare<[], Row>(sql).raw().safeIntegers().iterate());
  if (rows === null) return false;
  try {
    for (;;) {
      const next = unlessBroken(() => rows.next());
      if (next === null) return false;
      if (next.done) return true;
      if (!each(next.value)) return false;
    }
  } finally {
    rows.return?.();
  }
}

/** Null: the damaged database breaks here. Reading it must be all that `read` does. */
export function unlessBroken<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const passes =
      error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED|NOMEM|CANTOPEN)/.test(error.code);
    if (error instanceof Database.SqliteError && !passes) return null;
    throw error;
  }
}

interface Shape {
  /** Rows have numbers: the first column. */
  numbered: boolean;
  columns: string[];
  keys: string[];
}

/** What both tables have in common. Null: it cannot be read. */
function shapeOf(from: Connection, to: Connection, table: string): Shape | null {
  const columnsOf = (connection: Connection) =>
    connection.pragma(`table_info(${table})`) as { name: string; type: string; pk: number }[];
  const there = unlessBroken(() => columnsOf(from).map(({ name }) => name)) ?? [];
  const here = columnsOf(to);
  const shared = here.filter(({ name }) => there.includes(name)).map(({ name }) => name);
  if (shared.length === 0) return null;
  const numbered = to.prepare('SELECT wr FROM pragma_table_list WHERE name = ?').pluck().get(table) === 0;
  const keys = here.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  // A key that is a whole number is the row's number by another name.
  const number = keys.length === 1 && keys[0]?.type === 'INTEGER' ? keys[0].name : 'rowid';
  return {
    numbered,
    columns: numbered ? [number, ...shared.filter((name) => name !== number)] : shared,
    keys: keys.map(({ name }) => name),
  };
}

/** No row is smaller than four bytes. */
const roomFor = (connection: Connection): number =>
  (Number(connection.pragma('page_count', { simple: true })) *
    Number(connection.pragma('page_size', { simple: true }))) /
  4;
