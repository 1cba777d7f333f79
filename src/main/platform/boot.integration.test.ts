import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readBoot, sameBoot } from './boot.ts';
import { systemClock } from './clock.ts';

const read = `
  import { readBoot } from ${JSON.stringify(new URL('./boot.ts', import.meta.url).href)};
  import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)};
  const since = systemClock.sinceBoot();
  process.stdout.write(JSON.stringify({ boot: await readBoot(systemClock.now(), since), since }));
`;

test('another process reads the same start of the machine, and its clock goes on from ours', async () => {
  const before = systemClock.sinceBoot();
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', read]);
  const after = systemClock.sinceBoot();
  const other: { boot: string; since: number } = JSON.parse(stdout);
  expect(sameBoot(other.boot, await readBoot(systemClock.now(), systemClock.sinceBoot()))).toBe(true);
  expect(other.since).toBeGreaterThanOrEqual(before);
  expect(other.since).toBeLessThanOrEqual(after);
});
