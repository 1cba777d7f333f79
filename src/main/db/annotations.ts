import type { Connection } from './connection.ts';

export interface Annotation {
  pinned: boolean;
  note: string;
}

/** What people say of entries of the history: pins and notes, by the id an entry is shown under. */
export function createAnnotationsTable(db: Connection) {
  const put = db.prepare(
    `INSERT INTO annotations (entry, pinned, note, changed_at) VALUES (@entry, @pinned, @note, @at)
     ON CONFLICT (entry) DO UPDATE SET pinned = excluded.pinned, note = excluded.note, changed_at = excluded.changed_at`,
  );
  const one = db.prepare('SELECT pinned, note FROM annotations WHERE entry = ?');
  const all = db.prepare('SELECT entry, pinned, note FROM annotations');
  const rename = db.prepare('UPDATE OR REPLACE annotations SET entry = @to WHERE entry = @from');
  type Row = { pinned: number; note: string };
  const plain = ({ pinned, note }: Row): Annotation => ({ pinned: pinned === 1, note });
  return {
    put: (entry: string, { pinned, note }: Annotation, at: number) =>
      put.run({ entry, pinned: pinned ? 1 : 0, note, at }),
    of(entry: string): Annotation {
      const row = one.get(entry) as Row | undefined;
      return row ? plain(row) : { pinned: false, note: '' };
    },
    all: () =>
      new Map((all.all() as (Row & { entry: string })[]).map((row) => [row.entry, plain(row)] as const)),
    /** What was said follows an entry that is shown under another id now. */
    rename: (from: string, to: string) => rename.run({ from, to }),
  };
}
