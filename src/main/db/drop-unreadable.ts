import type { z } from 'zod';
import { RunOptions } from '../../shared/domain.ts';
import { RunSummary } from '../../shared/run-view.ts';
import type { Connection } from './connection.ts';

/** Texts that are read with the whole list they belong to: one that makes no sense would hide all others for ever. */
const texts: { table: string; column: string; shape: z.ZodType }[] = [
  { table: 'runs', column: 'summary', shape: RunSummary },
  { table: 'queue', column: 'options', shape: RunOptions },
];

/** Takes out the rows of such a table whose text a damaged page has spoilt; gives how many. */
export function dropUnreadable(fresh: Connection, table: string): number {
  let dropped = 0;
  for (const { column, shape } of texts.filter((each) => each.table === table)) {
    const rows = fresh.prepare(`SELECT rowid AS number, ${column} AS text FROM ${table}`).all();
    const drop = fresh.prepare(`DELETE FROM ${table} WHERE rowid = ?`);
    for (const { number, text } of rows as { number: number; text: string }[]) {
      if (shape.safeParse(parsed(text)).success) continue;
      drop.run(number);
      dropped += 1;
    }
  }
  return dropped;
}

/** Undefined: not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
