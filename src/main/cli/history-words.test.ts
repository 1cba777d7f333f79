import { expect, it } from 'vitest';
import type { HistoryEntry } from '../../shared/history.ts';
import { historyTable } from './history-words.ts';

const entry = (id: string, over: Partial<HistoryEntry> = {}): HistoryEntry => ({
  ...{
    id,
    kind: 'backup',
    at: '2026-05-12T10:00:00.000Z',
    name: 'XYZG3-V0-1',
    workflow: '/p/XYZG3-V0-1.nbflow',
  },
  ...{
    version: 'V0-1',
    reason: 'pre-run',
    path: null,
    sha256: null,
    size: 5_240_000,
    pinned: false,
    note: '',
  },
  ...{ live: false, hasContent: true, run: null, restore: null },
  backup: { origin: 'automatic', known: true, onDisk: true, kept: 'latest', provenAt: null, problem: null },
  ...over,
});

it('a long history is printed in pieces whose columns agree', () => {
  const entries = Array.from({ length: 1200 }, (_, i) =>
    entry(`${1000 + i}-rest`, { note: i === 900 ? 'a\nb' : '' }),
  );
  const pieces = [...historyTable(entries)];
  const lines = pieces.flatMap((piece) => piece.split('\n'));
  expect(pieces).toHaveLength(3);
  expect(lines).toHaveLength(1201);
  expect(new Set(lines.slice(1).map((line) => line.indexOf('5.2 MB'))).size).toBe(1);
  expect(lines[901]).toMatch(/ a b$/);
});

it('says of a restore what was put back, and where it went if that is not the file', () => {
  const restore = { backupId: 'dddddddd-1', undoBackupId: null };
  const kind = { kind: 'restore', backup: null, size: null, restore } as const;
  const lines = [
    ...historyTable([
      entry('aaaaaaaa-1', { ...kind, reason: 'copy', path: '/elsewhere/X.nbflow' }),
      entry('bbbbbbbb-1', { ...kind, reason: 'with-cache', path: '/p/XYZG3-V0-1.nbflow' }),
    ]),
  ]
    .join('\n')
    .split('\n');
  expect(lines[1]).toMatch(/aaaaaaaa {2}of dddddddd; to \/elsewhere\/X\.nbflow$/);
  expect(lines[2]).toMatch(/bbbbbbbb {2}of dddddddd$/);
});

it('says the name of somebody else’s copy once', () => {
  const name = 'XYZG3-V0-1 (copy).nbflow';
  const backup = { origin: 'found', known: false, onDisk: true, kept: 'foreign' } as const;
  const copy = entry(`/p/backups/${name}`, {
    ...{ name, version: null, reason: 'found', path: `/p/backups/${name}` },
    backup: { ...backup, provenAt: null, problem: null },
  });
  expect([...historyTable([copy])].join('').split(name)).toHaveLength(2);
});

it('says what is odd, and by which name an entry goes', () => {
  const backup = { origin: 'automatic', known: true, onDisk: false, kept: 'daily', provenAt: null } as const;
  const [, alone, damaged, live, run, goes] = [
    ...historyTable([
      entry('aaaaaaaa-1', { backup: { ...backup, problem: null } }),
      entry('bbbbbbbb-1', { backup: { ...backup, onDisk: true, problem: 'It does not unpack.' } }),
      entry('/p/XYZG3-V0-1.nbflow', { kind: 'version', live: true, backup: null }),
      entry('cccccccc-1', {
        kind: 'run',
        backup: null,
        size: null,
        run: { status: 'held', demo: true, finishedAt: null },
      }),
      entry('eeeeeeee-1', { backup: { ...backup, onDisk: true, kept: null, problem: null } }),
    ]),
  ]
    .join('\n')
    .split('\n');
  expect(alone).toMatch(/aaaaaaaa {2}in the database alone$/);
  expect(damaged).toMatch(/damaged: It does not unpack\.$/);
  expect(live).toMatch(/V0-1 +the file as it is$/);
  expect(run).toMatch(/cccccccc {2}demo$/);
  expect(goes).toMatch(/eeeeeeee {2}will be thinned$/);
});
