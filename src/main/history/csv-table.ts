import { basename } from 'node:path';
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';

/** A row of a CSV file (RFC 4180). */
export interface TableRow {
  cells: string[];
  /** As it stands in the file, with its line end; null for one that is to be printed. */
  raw: string | null;
}

/** A CSV file whose rows stay byte for byte unless they are changed. */
export interface Table {
  delimiter: string;
  newline: string;
  header: TableRow;
  rows: TableRow[];
}

/** Sheet programs of some countries separate by a semicolon. */
const DELIMITERS = [',', ';', '\t'];

export const newTable = (columns: readonly string[]): Table => ({
  delimiter: ',',
  newline: '\r\n',
  header: { cells: [...columns], raw: null },
  rows: [],
});

/** Throws `folder` for what is no CSV, and for one whose first row does not name the column `key`. */
export function readTable(text: string, key: string, file: string): Table {
  try {
    const bytes = Buffer.from(text);
    const delimiter = DELIMITERS.find((one) =>
      rowsOf(bytes, one, { to: 1, relax_quotes: true }).some((row) => columnOf(row.cells, key) >= 0),
    );
    if (delimiter !== undefined) {
      const [header, ...rows] = rowsOf(bytes, delimiter);
      if (header !== undefined)
        return { delimiter, newline: /\r?\n$/.exec(header.raw ?? '')?.[0] ?? '\r\n', header, rows };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw fail('folder', `${basename(file)} is no CSV file.`, {
      where: `${file}: ${error.message}`,
      cure: 'Mend it, or move it away: it is made anew then. It was left as it is.',
      cause: error,
    });
  }
  throw fail('folder', `${basename(file)} has no column ${key}.`, {
    where: file,
    cure: `Name one of its columns ${key}, or move the file away: it is made anew then. It was left as it is.`,
  });
}

export function printTable({ delimiter, newline, header, rows }: Table): string {
  const all = [header, ...rows];
  const pieces: string[] = [];
  let fresh: string[][] = [];
  // Those that follow each other in one go: the library takes its time to begin.
  const flush = () => {
    if (fresh.length === 0) return;
    pieces.push(stringify(fresh, { delimiter, record_delimiter: newline, quote_record_delimiter: true }));
    fresh = [];
  };
  for (const [i, { cells, raw }] of all.entries()) {
    if (raw === null) {
      fresh.push(cells);
      continue;
    }
    flush();
    pieces.push(i === all.length - 1 || /[\r\n]$/.test(raw) ? raw : raw + newline);
  }
  flush();
  return pieces.join('');
}

/** Of the first column of this name, however it is spelt; -1 where there is none. */
export function columnOf(header: readonly string[], name: string): number {
  const wanted = name.toLowerCase();
  return header.findIndex((cell) => cell.trim().toLowerCase() === wanted);
}

/** The table with one more column at its right; the rows that stand in it get an empty cell. */
export function withColumn(table: Table, name: string): Table {
  const width = Math.max(...[table.header, ...table.rows].map(({ cells }) => cells.length));
  const header = [...table.header.cells, ...Array<string>(width - table.header.cells.length).fill(''), name];
  const mark = table.header.raw?.startsWith('\ufeff') ? '\ufeff' : '';
  const printed = printTable({ ...table, header: { cells: header, raw: null }, rows: [] });
  const rows = table.rows.map(({ cells, raw }): TableRow => {
    const blank = cells.length === 1 && cells[0] === '';
    const empty = Array<string>(width + 1 - cells.length).fill('');
    if (blank) return { cells, raw };
    const delimiters = table.delimiter.repeat(empty.length);
    return {
      cells: [...cells, ...empty],
      raw: raw?.replace(/(?:\r\n|\n|\r)?$/, (end) => delimiters + end) ?? null,
    };
  });
  return { ...table, header: { cells: header, raw: mark + printed }, rows };
}

/** A sheet takes a cell that begins so for a formula, and carries it out. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** A text of ours as a cell that is only ever shown. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The text of such a cell. */
export const plain = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;

/** What the option `info` gives, which its types do not say; `bytes`: where the row ends. */
const WithInfo = z.array(z.object({ record: z.array(z.string()), info: z.object({ bytes: z.number() }) }));

function rowsOf(bytes: Buffer, delimiter: string, options: Options = {}): TableRow[] {
  const found = parse(bytes, {
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: 0,
    ...options,
  });
  let from = 0;
  return WithInfo.parse(found).map(({ record, info }) => {
    const raw = bytes.toString('utf8', from, info.bytes);
    from = info.bytes;
    return { cells: record, raw };
  });
}
