import { describe, expect, it } from 'vitest';
import { DiffRef } from './workflow-diff.ts';

describe('a side of a comparison that a page names', () => {
  it.each([
    '/p/testing/XYZG3-V0-1.nbflow',
    '/p/backups/XYZG3-V0-1.nbflow.bak-2026-05-12-pre-run',
    'C:\\p\\A.NBFLOW',
  ])('may be %s', (path) => {
    expect(DiffRef.safeParse({ of: 'file', path }).success).toBe(true);
  });

  it.each(['/etc/passwd', '/home/me/.ssh/id_ed25519', '/p/x.nbflow/../secret', '/p/x.nbflow.d/secret', ''])(
    'is no other file: "%s"',
    (path) => {
      expect(DiffRef.safeParse({ of: 'file', path }).success).toBe(false);
    },
  );
});
