import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifted, newestFirst, type Timed } from './list-order.ts';

const timed = (table: string, times: readonly number[]) =>
  lifted(times).map((time, row) => ({ table, row, time }) satisfies Timed & Record<string, unknown>);

describe('the order of a history', () => {
  it('is that of the clock where the clock goes on', () => {
    const list = newestFirst([timed('backup', [1, 4, 6]), timed('run', [2, 5])]);
    expect(list.map(({ table, row }) => `${table} ${row}`)).toEqual([
      ...['backup 2', 'run 1', 'backup 1', 'run 0', 'backup 0'],
    ]);
  });

  it('is that of the rows where the clock was set back: what came after stays after', () => {
    const list = newestFirst([timed('backup', [10, 20, 5, 6, 21]), timed('run', [11])]);
    expect(list.map(({ table, row }) => `${table} ${row}`)).toEqual([
      ...['backup 4', 'backup 3', 'backup 2', 'backup 1', 'run 0', 'backup 0'],
    ]);
  });

  it('has what comes of something above it when both are of one moment', () => {
    const list = newestFirst([timed('backup', [7]), timed('run', [7]), timed('restore', [7])]);
    expect(list.map(({ table }) => table)).toEqual(['restore', 'run', 'backup']);
  });

  it('keeps everything, and each table in its order, whatever the clock did', () => {
    const clock = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(clock, { maxLength: 4 }), (clocks) => {
        const tables = clocks.map((times, at) => timed(String(at), times));
        const list = newestFirst(tables);
        for (const [at, table] of tables.entries()) {
          const own = list.filter((one) => one.table === String(at));
          expect(own).toEqual(table.toReversed());
        }
        expect(list.map(({ time }) => time)).toEqual(list.map(({ time }) => time).sort((a, b) => b - a));
      }),
    );
  });
});
