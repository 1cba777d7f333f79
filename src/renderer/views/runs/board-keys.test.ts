import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveOnGrid } from './board-keys.ts';

const size = { rows: 10, columns: 4, page: 3 };
const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false, altKey: false });

describe('moving on the board', () => {
  it.each([
    ['ArrowDown', { row: 6, column: 2 }],
    ['ArrowUp', { row: 4, column: 2 }],
    ['ArrowLeft', { row: 5, column: 1 }],
    ['ArrowRight', { row: 5, column: 3 }],
    ['Home', { row: 5, column: 0 }],
    ['End', { row: 5, column: 3 }],
    ['PageDown', { row: 8, column: 2 }],
    ['PageUp', { row: 2, column: 2 }],
  ])('%s leads to %o', (key, to) => {
    expect(moveOnGrid({ row: 5, column: 2 }, press(key), size)).toEqual(to);
  });

  it('leads to the corners with Control', () => {
    expect(moveOnGrid({ row: 5, column: 2 }, press('Home', true), size)).toEqual({ row: 0, column: 0 });
    expect(moveOnGrid({ row: 5, column: 2 }, press('End', true), size)).toEqual({ row: 9, column: 3 });
  });

  it('leaves other keys, and those with a modifier, to others', () => {
    expect(moveOnGrid({ row: 0, column: 0 }, press('a'), size)).toBeNull();
    expect(moveOnGrid({ row: 0, column: 0 }, press('ArrowDown', true), size)).toBeNull();
    expect(moveOnGrid({ row: 0, column: 0 }, { ...press('ArrowDown'), altKey: true }, size)).toBeNull();
  });

  it('never leaves the grid', () => {
    const keys = fc.constantFrom(
      'ArrowUp',
      'ArrowDown',
      'ArrowLeft',
      'ArrowRight',
      'PageUp',
      'PageDown',
      'End',
    );
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (path, rows) => {
        let at = { row: 0, column: 0 };
        for (const key of path) at = moveOnGrid(at, press(key), { rows, columns: 3, page: 2 }) ?? at;
        expect(at.row).toBeGreaterThanOrEqual(0);
        expect(at.row).toBeLessThan(rows);
        expect(at.column).toBeGreaterThanOrEqual(0);
        expect(at.column).toBeLessThan(3);
      }),
    );
  });
});
