import { expect, it } from 'vitest';
import { newestExport } from './gather-export.ts';

const ours = { code: 'XYZG3', version: 'V0-2' };
const newest = (...names: string[]) => newestExport(names, ours)?.name ?? null;

it('the newest export is that with the latest time in its name, whatever the order of names', () => {
  expect(
    newest(
      'XYZG3-V0-2-generated-20260512-143021.nbflow',
      'XYZG3-V0-2-generated-20260512-143021-10.nbflow',
      'XYZG3-V0-2-generated-20260512-143021-2.nbflow',
      'XYZG3-V0-2-generated-20251231-235959.nbflow',
    ),
  ).toBe('XYZG3-V0-2-generated-20260512-143021-10.nbflow');
});

it('those of other versions and workflows, and other files, are not ours', () => {
  expect(
    newest(
      'XYZG3-V0-20-generated-20260512-143021.nbflow',
      'XYZG30-V0-2-generated-20260512-143021.nbflow',
      'XYZG3-V0-2-generated-20260512-143021.nbflow.bak',
      'XYZG3-V0-2-generated-latest.nbflow',
      'errors.json',
    ),
  ).toBeNull();
});

it('its time is local, as the name has it', () => {
  const name = 'XYZG3-V0-2-generated-20260512-143021.nbflow';
  expect(newestExport([name], ours)).toEqual({ name, at: new Date(2026, 4, 12, 14, 30, 21).getTime() });
});
