import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

const lockModule = pathToFileURL(join(import.meta.dirname, 'lock.mjs')).href;

describe('the lock of the set-up', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowdeck-setup-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A process that notes when it has the lock and when it lets go. */
  const contender = (name: string) =>
    new Promise<void>((resolve, reject) => {
      const script = `
        import { appendFileSync } from 'node:fs';
        import { withLock } from '${lockModule}';
        await withLock(${JSON.stringify(file)}, async () => {
          appendFileSync(${JSON.stringify(join(folder, 'story'))}, 'in ${name}\\n');
          await new Promise((done) => setTimeout(done, 30));
          appendFileSync(${JSON.stringify(join(folder, 'story'))}, 'out ${name}\\n');
        }, { pollMs: 5 });`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}`)),
      );
    });

  it('lets one of six processes in at a time, and all of them in the end', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map(contender));
    const story = (await readFile(join(folder, 'story'), 'utf8')).trim().split('\n');
    const entered = story.filter((_, at) => at % 2 === 0).map((line) => line.slice(3));
    expect(story).toEqual(entered.flatMap((name) => [`in ${name}`, `out ${name}`]));
    expect(entered.sort()).toEqual(names);
    expect(existsSync(file)).toBe(false);
  });

  it('takes over from a process that is gone', async () => {
    const gone = spawn(process.execPath, ['--eval', '']);
    await new Promise((resolve) => gone.once('exit', resolve));
    await writeFile(file, `${gone.pid} x\n`);
    expect(await withLock(file, async () => 'done', { limitMs: 5000 })).toBe('done');
  });

  it('takes over from a pid that lives but has not touched its lock for long', async () => {
    await writeFile(file, `${process.pid} x\n`);
    await utimes(file, 1, 1);
    expect(await withLock(file, async () => 'done', { limitMs: 5000 })).toBe('done');
  });

  it('gives up on a holder that lives, with a sentence, and leaves its lock alone', async () => {
    await writeFile(file, `${process.pid} x\n`);
    await expect(withLock(file, async () => 'done', { pollMs: 5, limitMs: 20 })).rejects.toThrow(
      'has been setting up',
    );
    expect(await readFile(file, 'utf8')).toBe(`${process.pid} x\n`);
  });

  it('lets go when the work fails', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });
});
