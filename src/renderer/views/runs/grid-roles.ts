/**
 * Roles of the board, which is a grid to a screen reader and boxes to the eye: its lines are virtual and placed by
 * hand, and the elements of a table cannot be placed so. Numbers of lines and columns count from 1, the scene's column
 * and the head included, since only what is in sight is in the page.
 */

export const grid = (name: string, size: { rows: number; columns: number }) =>
  ({
    role: 'grid',
    'aria-label': name,
    'aria-multiselectable': true,
    'aria-rowcount': size.rows,
    'aria-colcount': size.columns,
  }) as const;

export const gridGroup = { role: 'rowgroup' } as const;

export const gridRow = (index: number) => ({ role: 'row', 'aria-rowindex': index }) as const;

export const rowHeader = { role: 'rowheader', 'aria-colindex': 1 } as const;

export const columnHeader = (column: number, span = 1) =>
  ({ role: 'columnheader', 'aria-colindex': column, ...(span > 1 && { 'aria-colspan': span }) }) as const;

/** `selected`: chosen, alone or with others. `current`: shown in the side panel. */
export const gridCell = (
  column: number,
  words: { label: string; selected: boolean; current?: boolean; focusable: boolean },
) =>
  ({
    role: 'gridcell',
    'aria-colindex': column,
    'aria-label': words.label,
    'aria-selected': words.selected,
    'aria-current': words.current ?? false,
    tabIndex: words.focusable ? 0 : -1,
  }) as const;
