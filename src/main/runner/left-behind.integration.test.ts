import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writerOf } from '../platform/atomic-file.ts';
import { openBench, type Simulator, startSimulator } from './test-support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());

describe('a temporary file', () => {
  it('tells by its name who writes it', () => {
    expect(writerOf('.scene01-c1.png.4711-0123456789ab.tmp')).toBe(4711);
    expect(writerOf(`.flowdeck-4711-${crypto.randomUUID()}.tmp`)).toBe(4711);
  });

  it('of anybody else is not taken for one of ours', () => {
    for (const name of ['.scene01.png.tmp', 'a.4711-0123456789ab.tmp', '.a.x-0123456789ab.tmp', 'notes.tmp'])
      expect(writerOf(name), name).toBeNull();
  });
});

describe('a run', () => {
  it('takes away what a killed process was writing, and leaves what a living one or a person has there', async () => {
    const bench = await openBench({ server: simulator.url });
    try {
      const folder = dirname(bench.workflow);
      const dead = '.XYZG3-V0-1.nbflow.4711-0123456789ab.tmp';
      const mine = `.XYZG3-V0-1.nbflow.${process.pid}-0123456789ab.tmp`;
      for (const name of [dead, mine, 'draft.tmp']) await writeFile(join(folder, name), 'half');
      expect((await bench.run({ mode: 'images' })).end.status).toBe('completed');
      const names = await readdir(folder);
      expect(names).not.toContain(dead);
      expect(names).toEqual(expect.arrayContaining([mine, 'draft.tmp']));
    } finally {
      await bench.close();
    }
  });
});
