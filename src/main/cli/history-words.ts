import { basename } from 'node:path';
import type { HistoryEntry } from '../../shared/history.ts';

/** Lines printed at a time: a long history is never one text. */
const SOME = 500;

const HEADING = ['when', 'kind', 'version', 'reason', 'size', 'pin', 'id', 'note'] as const;
const RIGHT: ReadonlySet<number> = new Set([HEADING.indexOf('size')]);

/** A history as a table, piece by piece and each piece some lines; times in the machine's own zone. */
export function* historyTable(entries: readonly HistoryEntry[]): Generator<string, void, void> {
  const rows = [[...HEADING], ...entries.map(cellsOf)];
  const widths = HEADING.map((_, at) => rows.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), 0));
  for (let from = 0; from < rows.length; from += SOME) {
    const lines = rows.slice(from, from + SOME).map((row) =>
      row
        .map((cell, at) => (RIGHT.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    );
    yield lines.join('\n');
  }
}

function cellsOf(entry: HistoryEntry): string[] {
  const { at, kind, version, name, reason, size, pinned, backup } = entry;
  return [
    new Date(at).toLocaleString('sv-SE'),
    kind,
    // The name of somebody else's copy stands where its id would.
    version ?? (backup?.known === false ? '' : name),
    reason,
    size === null ? '' : sizeText(size),
    pinned ? 'pin' : '',
    nameToUse(entry),
    [...oddities(entry), entry.note.replaceAll(/\s+/g, ' ')].filter((text) => text !== '').join('; '),
  ];
}

/** What the other commands take: the beginning of an id, the name of a copy; a live version goes by its version. */
const nameToUse = ({ id, live, version, backup, path }: HistoryEntry): string => {
  if (live) return version ?? basename(id);
  return backup?.known === false && path !== null ? basename(path) : id.slice(0, SHORT);
};

const SHORT = 8;

function oddities({ live, backup, run, restore, workflow, path }: HistoryEntry): string[] {
  return [
    ...(restore === null ? [] : [`of ${restore.backupId.slice(0, SHORT)}`]),
    ...(restore === null || path === null || path === workflow ? [] : [`to ${path}`]),
    ...(live ? ['the file as it is'] : []),
    ...(run?.demo ? ['demo'] : []),
    ...(backup?.known === false ? ['found on disk, not adopted'] : []),
    ...(backup !== null && !backup.onDisk ? ['in the database alone'] : []),
    ...(backup?.known && backup.kept === null ? ['will be thinned'] : []),
    ...(backup?.problem ? [`damaged: ${backup.problem}`] : []),
  ];
}

/** Bytes for a person: `512 B`, `28 kB`, `5.2 MB`. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
