import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const entry = join(import.meta.dirname, 'main.ts');
let folder: string;
let programs: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-serve-'));
  programs = [];
});
afterEach(async () => {
  for (const program of programs) if (program.exitCode === null) program.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function start(...args: string[]) {
  const program = spawn(process.execPath, [entry, '--no-open', '--data-dir', join(folder, 'data'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  programs.push(program);
  let words = '';
  program.stderr.on('data', (chunk) => {
    words += String(chunk);
  });
  return {
    program,
    words: () => words,
    exit: once(program, 'close').then(([code]) => code as number | null),
  };
}

describe('the browser face as a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address, serves, and ends with 0 on %s',
    async (signal) => {
      const { program, words, exit } = start('--port', '0');
      const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
      const url = line.replace('Flowdeck is at ', '');
      const answer = await fetch(url, { redirect: 'manual' });
      expect(answer.status).toBe(303);
      program.kill(signal);
      expect([await exit, words()]).toEqual([0, '']);
      const token = new URL(url).searchParams.get('token') ?? '';
      expect(await readFile(join(folder, 'data/logs/flowdeck.log'), 'utf8').catch(() => '')).not.toContain(
        token,
      );
    },
  );

  it('says in words why it cannot start', async () => {
    await writeFile(join(folder, 'data'), 'a file');
    const { words, exit } = start('--port', '0');
    expect(await exit).toBe(2);
    expect(words()).toContain(join(folder, 'data'));
    expect(words()).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('warns that the network can reach it', async () => {
    const { program, words } = start('--port', '0', '--host', '0.0.0.0');
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
    expect(line).toContain('http://127.0.0.1:');
    expect(words()).toContain('not encrypted');
  });
});
