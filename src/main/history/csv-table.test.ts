import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless, newTable, printTable, readTable, withColumn } from './csv-table.ts';

const read = (text: string) => readTable(text, 'Workflow', '/p/T.csv');
const cells = (text: string) => read(text).rows.map((row) => row.cells);

describe('a CSV table', () => {
  it.each([
    ['semicolons, a mark and CRLF', '\ufeffworkflow;"No;te"\r\nA;"x\r\nyé"\r\n\r\n;;\r\nB;"q""uo"\r\nC'],
    ['tabs', 'Brand\t Workflow \nx\ty\n'],
    ['mixed line ends', 'Workflow,b\r\n1,2\n\n3,4\r5'],
    ['no rows', 'Workflow'],
    ['more and fewer cells than columns', 'Workflow,Note\nA\nB,c,d,e\n'],
  ])('with %s is printed as it was read', (_, text) => {
    expect(printTable(read(text))).toBe(text);
  });

  it('gives the cells', () => {
    expect(cells('Workflow;n\nA;"x\r\n""y"""\n')).toEqual([['A', 'x\r\n"y"']]);
  });

  it('takes a cell of any length', () => {
    const long = 'é'.repeat(300_000);
    expect(cells(`Workflow,n\nA,${long}\n`)).toEqual([['A', long]]);
  });

  it.each([
    ['Brand,Note\n', 'T.csv has no column Workflow.'],
    ['', 'T.csv has no column Workflow.'],
    ['Workflow,"Note\n', 'T.csv is no CSV file.'],
    ['Workflow,n\nA,"b"c\n', 'T.csv is no CSV file.'],
  ])('is refused: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('gets a column, and every row an empty cell', () => {
    const table = withColumn(read('\ufeffWorkflow,n\r\nA,1\r\n\r\nB,2,3'), 'more, still');
    expect(printTable(table)).toBe('\ufeffWorkflow,n,,"more, still"\r\nA,1,,\r\n\r\nB,2,3,');
    expect(cells(printTable(table))).toEqual(table.rows.map((row) => row.cells));
  });

  it('of any text comes back, beside rows that stay', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 6 });
    const odd = fc.oneof(cell, fc.constantFrom('a,b', '"', '\r\n', '\n', '\r', ';', '\t', "'=", ''));
    const row = fc.array(odd, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (first, more) => {
        const made = newTable(['Workflow', 'Note']);
        const rows = (of: string[][]) => of.map((one) => ({ cells: one, raw: null }));
        const text = printTable({ ...made, rows: rows(first) });
        const table = read(text);
        expect(table.rows.map((one) => one.cells)).toEqual(first);
        const longer = printTable({ ...table, rows: [...table.rows, ...rows(more)] });
        expect(longer.startsWith(text)).toBe(true);
        expect(cells(longer)).toEqual([...first, ...more]);
      }),
    );
  });
});

it('no text of ours is a formula in a sheet', () => {
  for (const first of ['=', '+', '-', '@', '\t', '\r']) expect(harmless(`${first}1+1`)).toBe(`'${first}1+1`);
  expect(harmless("V0-1: it's = fine")).toBe("V0-1: it's = fine");
});
