import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';

/** Entries as the main side lists them, for the tests of this folder. */

export const TESTING = '/p/may/testing';

export function testEntry(id: string, over: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id,
    kind: 'backup',
    at: '2026-05-12T10:00:00.000Z',
    name: 'XYZG3-V0-1',
    workflow: `${TESTING}/XYZG3-V0-1.nbflow`,
    version: 'V0-1',
    reason: 'pre-run',
    path: `/p/may/backups/XYZG3-V0-1.nbflow.bak-2026-05-12-${id}`,
    sha256: id.padEnd(64, '0'),
    size: 5_000_000,
    pinned: false,
    note: '',
    live: false,
    hasContent: true,
    backup: {
      origin: 'automatic',
      known: true,
      onDisk: true,
      kept: 'latest',
      provenAt: '2026-05-12T11:00:00.000Z',
      problem: null,
    },
    run: null,
    restore: null,
    ...over,
  };
}

export function testRun(id: string, over: Partial<HistoryEntry> = {}): HistoryEntry {
  return testEntry(id, {
    kind: 'run',
    reason: 'completed',
    path: `${TESTING}/Generations/XYZG3-V0-1-generated.nbflow`,
    backup: null,
    run: { status: 'completed', demo: true, finishedAt: '2026-05-12T10:20:00.000Z' },
    ...over,
  });
}

export function testRestore(id: string, backupId: string, undoBackupId: string | null): HistoryEntry {
  return testEntry(id, {
    kind: 'restore',
    reason: 'with-cache',
    path: `${TESTING}/XYZG3-V0-1.nbflow`,
    hasContent: false,
    backup: null,
    restore: { backupId, undoBackupId },
  });
}

export function testVersion(id: string, over: Partial<HistoryEntry> = {}): HistoryEntry {
  return testEntry(id, { kind: 'version', reason: 'live', live: true, sha256: null, backup: null, ...over });
}

export function testView(entries: HistoryEntry[], over: Partial<HistoryView> = {}): HistoryView {
  return {
    path: `${TESTING}/XYZG3-V0-1.nbflow`,
    code: 'XYZG3',
    live: { sha256: 'f'.repeat(64), size: 5_000_000, version: 'V0-1' },
    entries,
    total: entries.length,
    space: { backups: 0, onDisk: 0, inDatabase: 0, thinnable: 0 },
    problems: [],
    ...over,
  };
}
