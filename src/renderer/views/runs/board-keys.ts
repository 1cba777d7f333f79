/** A cell of the board: line and column, both from 0. */
export interface CellPlace {
  row: number;
  column: number;
}

/** The part of a keyboard event this file looks at. */
type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * Where a key leads on a grid of cells, as the grid pattern of ARIA has it: arrows by one, Home and End within the
 * line, with Control to the first and last cell, Page keys by `page` lines. Null: the key is not ours. Pure.
 */
export function moveOnGrid(
  at: CellPlace,
  press: Press,
  size: { rows: number; columns: number; page: number },
): CellPlace | null {
  if (press.altKey || size.rows === 0) return null;
  const far = press.ctrlKey || press.metaKey;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const to = (row: number, column: number): CellPlace => ({
    row: Math.min(Math.max(row, 0), last.row),
    column: Math.min(Math.max(column, 0), last.column),
  });
  switch (press.key) {
    case 'Home':
      return far ? to(0, 0) : to(at.row, 0);
    case 'End':
      return far ? to(last.row, last.column) : to(at.row, last.column);
  }
  if (far) return null;
  switch (press.key) {
    case 'ArrowUp':
      return to(at.row - 1, at.column);
    case 'ArrowDown':
      return to(at.row + 1, at.column);
    case 'ArrowLeft':
      return to(at.row, at.column - 1);
    case 'ArrowRight':
      return to(at.row, at.column + 1);
    case 'PageUp':
      return to(at.row - size.page, at.column);
    case 'PageDown':
      return to(at.row + size.page, at.column);
    default:
      return null;
  }
}
