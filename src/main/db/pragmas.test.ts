import { describe, expect, it } from 'vitest';
import { safetyFault, versionFault } from './pragmas.ts';

describe('a SQLite that journals may be trusted to', () => {
  it.each(['3.51.3', '3.51.10', '3.52.0', '3.54.1', '4.0.0'])('is %s', (version) => {
    expect(versionFault(version)).toBeNull();
  });

  it.each(['3.51.2', '3.50.7', '3.9.99', '2.99.99', '3.51', '', 'unknown'])('is not "%s"', (version) => {
    expect(versionFault(version)).toContain(`SQLite is ${version}`);
  });
});

describe('a commit that survives a power cut', () => {
  const safe = { journalMode: 'wal', synchronous: 2, fullfsync: 1, foreignKeys: 1 };

  it('needs each of the settings', () => {
    expect(safetyFault(safe)).toBeNull();
    expect(safetyFault({ ...safe, journalMode: 'delete' })).toContain('"delete"');
    expect(safetyFault({ ...safe, synchronous: 1 })).toContain('synchronous is 1');
    expect(safetyFault({ ...safe, fullfsync: 0 })).toContain('fullfsync');
    expect(safetyFault({ ...safe, foreignKeys: 0 })).toContain('foreign keys');
  });
});
