import { describe, expect, it } from 'vitest';
import type { VersionRow } from '../db/versions.ts';
import { bookNote, editNote } from './after-bump.ts';

it('the note of an edit names the nodes, but not a whole list of them', () => {
  expect(editNote('V0-2', ['Scene 3'])).toBe('V0-2: prompt edited in Scene 3');
  expect(editNote('V0-2', ['a', 'b', 'c', 'd', 'e'])).toBe('V0-2: prompt edited in a, b, c and 2 more');
});

describe('the line of a version in the books', () => {
  const made = (more: Partial<VersionRow>): string =>
    bookNote({
      ...{ id: 'v', workflow: '/w/X-V2.nbflow', version: 'V2', fromPath: '/w/X-V2-0-4.nbflow' },
      ...{ fromVersion: 'V2-0-4', movedTo: '/w/backups/X-V2-0-4.nbflow', sha256: 'ff', how: 'graduation' },
      ...{ note: '', books: null, at: new Date(2026, 4, 12, 23, 59).getTime(), undoneAt: null },
      ...more,
    });

  it('is what the person said of a bump, else from what to what', () => {
    expect(made({ how: 'bump', note: 'new hook' })).toBe('new hook');
    expect(made({ how: 'bump', fromVersion: 'V0-1', version: 'V0-2' })).toBe('V0-1 → V0-2');
  });

  it('has the day of a graduation, and what the person said behind it', () => {
    expect(made({})).toBe('V2-0-4 → V2 graduated on 2026-05-12');
    expect(made({ note: 'all scenes clean, user approved' })).toBe(
      'V2-0-4 → V2 graduated on 2026-05-12, all scenes clean, user approved',
    );
  });

  it('says of one that was undone where one is again', () => {
    expect(made({ undoneAt: 1, note: 'new hook' })).toBe('V2 was undone, back at V2-0-4');
  });
});
