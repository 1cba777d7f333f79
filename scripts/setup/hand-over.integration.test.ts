import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cli = join(import.meta.dirname, '../../src/main/cli/main.ts');
const handOverModule = pathToFileURL(join(import.meta.dirname, 'hand-over.mjs')).href;

describe('a program in the place of another', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowdeck-hand-over-'));
    await writeFile(
      join(folder, 'program.mjs'),
      `const [, , what] = process.argv;
       if (what === 'echo') process.stdin.pipe(process.stdout);
       if (what === 'code') process.exitCode = 7;
       if (what === 'crash') process.kill(process.pid, 'SIGKILL');
       if (what === 'wait') {
         process.on('SIGTERM', () => process.exit(42));
         console.log(process.pid);
         setInterval(() => undefined, 1000);
       }`,
    );
    await writeFile(
      join(folder, 'launcher.mjs'),
      `import { handOver } from '${handOverModule}';
       process.exitCode = await handOver(process.execPath, process.argv.slice(2));`,
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const launch = (...args: string[]) =>
    spawn(process.execPath, [join(folder, 'launcher.mjs'), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const codeOf = (child: ChildProcess) => new Promise((resolve) => child.once('close', resolve));
  const firstLine = (child: ChildProcess) =>
    new Promise<string>((resolve, reject) => {
      if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
      child.once('close', () => reject(new Error('it ended before its first line')));
    });

  it('has its streams and its exit code', async () => {
    const echo = launch(join(folder, 'program.mjs'), 'echo');
    const said = firstLine(echo);
    echo.stdin.end('hello\n');
    expect(await said).toBe('hello');
    expect(await codeOf(echo)).toBe(0);
    expect(await codeOf(launch(join(folder, 'program.mjs'), 'code'))).toBe(7);
    expect(await codeOf(launch(join(folder, 'program.mjs'), 'crash'))).toBe(137);
  });

  it('gets the signals', async () => {
    const waiting = launch(join(folder, 'program.mjs'), 'wait');
    await firstLine(waiting);
    waiting.kill('SIGTERM');
    expect(await codeOf(waiting)).toBe(42);
  });

  it.skipIf(process.platform === 'win32')(
    'ends when npm was ended, whose shell passes no signal on',
    async () => {
      const program = `"${process.execPath}" "${join(folder, 'launcher.mjs')}" "${join(folder, 'program.mjs')}" wait`;
      const shell = spawn('sh', ['-c', `${program}; true`], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, npm_lifecycle_event: 'start' },
      });
      const pid = Number(await firstLine(shell));
      shell.kill('SIGTERM');
      await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    },
  );

  it('the command line goes the same way when its launcher is killed', async () => {
    const serving = launch(
      cli,
      'serve',
      '--port',
      '0',
      '--no-open',
      '--json',
      '--data-dir',
      join(folder, 'data'),
    );
    const { pid } = JSON.parse(await firstLine(serving));
    expect(isAlive(pid)).toBe(true);
    serving.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
