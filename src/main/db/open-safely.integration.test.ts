import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from './connection.ts';
import { openDatabase } from './database.ts';
import { takeInUse } from './in-use.ts';
import { makePowerSafe } from './pragmas.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-open-'));
  file = join(folder, 'flowdeck.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a database that was opened', () => {
  it('has what commits need to survive a power cut, read back', () => {
    const connection = openConnection(file);
    const read = (name: string) => connection.pragma(name, { simple: true });
    expect(['journal_mode', 'synchronous', 'fullfsync', 'foreign_keys'].map(read)).toEqual(['wal', 2, 1, 1]);
    connection.close();
  });

  it('is refused where there can be no write-ahead log, as on a network disk', () => {
    // SQLite takes none for a database without a file: it answers with another mode, as it does there.
    const connection = new Sqlite(':memory:');
    expect(() => makePowerSafe(connection, file)).toThrow(/journal mode is "memory"/);
    expect(() => makePowerSafe(connection, file)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'folder', where: file }) }),
    );
    connection.close();
  });

  it('is in use until the last one closes it', () => {
    const [one, two] = [openDatabase(file), openDatabase(file)];
    one.close();
    const looking = takeInUse(file, 0);
    expect(looking?.alone).toBe(false);
    looking?.release();
    two.close();
    const alone = takeInUse(file, 0);
    expect(alone?.alone).toBe(true);
    expect(takeInUse(file, 0)).toBeNull();
    alone?.share();
    const shared = takeInUse(file, 0);
    expect(shared?.alone).toBe(false);
    shared?.release();
    alone?.release();
    alone?.release();
  });
});
