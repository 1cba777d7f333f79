import { describe, expect, it } from 'vitest';
import { mendedWords } from './mended-words.ts';

const aside = '/data/flowdeck.db.damaged-2026-11-21-183000';
const table = (name: string, rows: number, whole = true) => ({ table: name, rows, whole });

describe('what is told of a mended database', () => {
  it('names what was damaged, where the old one lies, and what the new one has', () => {
    const carried = [table('journal', 1234), table('runs', 1), table('backups', 0), table('queue', 0)];
    expect(mendedWords({ aside, report: { damage: 'its end is missing', carried, refilled: 0 } })).toBe(
      'The database was damaged (its end is missing). It was set aside as flowdeck.db.damaged-2026-11-21-183000, and a new one was made of what could be read of it: 1,234 entries of the journal, 1 run, 0 backups. Nothing is missing.',
    );
  });

  it('names once what is not whole, and warns of what may be paid for twice', () => {
    const carried = [
      table('journal', 1, false),
      table('backups', 1, false),
      table('blobs', 1, false),
      table('marks', 1, false),
      table('runs', 2),
    ];
    const words = mendedWords({ aside, report: { damage: 'x', carried, refilled: 17 } });
    expect(words).toContain('Not all could be read of: the journal, the backups, smaller things.');
    expect(words).toContain('found again on this machine: 17.');
    expect(words).toMatch(/Requests may be missing from the journal: .* paid for twice\.$/);
  });

  it('does not frighten with the journal when that is whole', () => {
    const carried = [table('journal', 1), table('queue', 0, false)];
    const words = mendedWords({ aside, report: { damage: 'x', carried, refilled: 0 } });
    expect(words).toMatch(/Not all could be read of: the queue\.$/);
  });

  it('says what it knows when the process that mended it died', () => {
    expect(mendedWords({ aside, report: null })).toMatch(/set aside as .*183000, and .* read of it\.$/);
  });
});
