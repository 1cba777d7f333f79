import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLock, lockFileFor, lockFolderDefault, readLockHolder, withFileLock } from './lock.ts';

let folder = '';
let lockFile = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flowdeck-lock-'));
  lockFile = path.join(folder, 'a.lock');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Takes the lock when told, says `held` or the failure, and keeps it until told to let go. */
const taker = `
  import { createInterface } from 'node:readline';
  import { acquireLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
  let lock = null;
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      if (line === 'take') { lock = await acquireLock(process.argv[2], { what: 'a test' }); console.log(JSON.stringify({ held: process.pid })); }
      else { await lock?.release(); console.log(JSON.stringify({ released: true })); }
    } catch (error) { console.log(JSON.stringify({ failure: error.failure ?? { code: String(error) } })); }
  }`;

interface Answer {
  ready?: boolean;
  held?: number;
  released?: boolean;
  failure?: { code: string; message: string };
}

async function startTaker() {
  const script = path.join(folder, 'taker.mjs');
  await writeFile(script, taker);
  const child = spawn(process.execPath, [script, lockFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const answers: Answer[] = [];
  let text = '';
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    answers.push(...lines.map((line): Answer => JSON.parse(line)));
    for (const wake of waiting.splice(0)) wake();
  });
  const next = async (): Promise<Answer> => {
    for (;;) {
      const answer = answers.shift();
      if (answer) return answer;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  expect(await next()).toEqual({ ready: true });
  const ask = (word: 'take' | 'release'): Promise<Answer> => {
    child.stdin.write(`${word}\n`);
    return next();
  };
  return { child, pid: child.pid, ask };
}

it('has one holder; the next one learns who and since when, and gets it after the release', async () => {
  const lock = await acquireLock(lockFile, { what: 'run XYZ' });
  await expect(acquireLock(lockFile, { what: 'run XYZ' })).rejects.toMatchObject({
    failure: {
      code: 'locked',
      message: expect.stringContaining(`process ${process.pid} since ${lock.holder.since}`),
    },
  });
  await lock.release();
  await lock.release();
  expect(await readLockHolder(lockFile)).toBeNull();
  const again = await acquireLock(lockFile, { what: 'run XYZ' });
  await again.release();
});

it('is won by exactly one of eight processes that take it at once, round after round', async () => {
  const takers = await Promise.all(Array.from({ length: 8 }, startTaker));
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(takers.map((each) => each.ask('take')));
    const winners = answers.filter((answer) => answer.held !== undefined);
    expect(winners).toHaveLength(1);
    for (const { failure } of answers.filter((answer) => answer.failure)) {
      expect(failure).toMatchObject({
        code: 'locked',
        message: expect.stringContaining(`process ${winners[0]?.held} `),
      });
    }
    const winner = takers.find((each) => each.pid === winners[0]?.held);
    expect(await winner?.ask('release')).toEqual({ released: true });
  }
});

it('of a killed process is taken over by exactly one of the next', async () => {
  const [dead, ...heirs] = await Promise.all(Array.from({ length: 4 }, startTaker));
  expect(await dead?.ask('take')).toEqual({ held: dead?.pid });
  dead?.child.kill('SIGKILL');
  if (dead) await once(dead.child, 'exit');
  const answers = await Promise.all(heirs.map((each) => each.ask('take')));
  expect(answers.filter((answer) => answer.held !== undefined)).toHaveLength(1);
});

it('of a process whose number now belongs to another one is free', async () => {
  await writeFile(
    `${lockFile}.holder.json`,
    JSON.stringify({ pid: process.pid, startTime: 'long ago', host: 'here', since: 'then', what: 'gone' }),
  );
  const lock = await acquireLock(lockFile, { what: 'run' });
  expect((await readLockHolder(lockFile))?.what).toBe('run');
  await lock.release();
});

it('is the same for every name of a file, and does not lie beside it', async () => {
  const real = path.join(folder, 'real');
  await mkdir(real);
  await writeFile(path.join(real, 'x.nbflow'), '{}');
  await symlink(real, path.join(folder, 'alias'));
  await symlink(path.join(real, 'x.nbflow'), path.join(folder, 'y.nbflow'));
  const expected = await lockFileFor(path.join(real, 'x.nbflow'));
  expect(await lockFileFor(path.join(folder, 'alias', 'x.nbflow'))).toBe(expected);
  expect(await lockFileFor(path.join(folder, 'y.nbflow'))).toBe(expected);
  expect(await lockFileFor(path.relative(process.cwd(), path.join(real, 'x.nbflow')))).toBe(expected);
  expect(await lockFileFor(path.join(real, 'z.nbflow'))).not.toBe(expected);
  expect(await lockFileFor(path.join(folder, 'alias', 'new'))).toBe(
    await lockFileFor(path.join(real, 'new')),
  );
  expect(path.dirname(expected)).toBe(lockFolderDefault());
  expect(await readdir(real)).toEqual(['x.nbflow']);
});

it('says that the place of locks cannot be used', async () => {
  await writeFile(path.join(folder, 'file'), '');
  await expect(acquireLock(path.join(folder, 'file', 'a.lock'), { what: 'x' })).rejects.toMatchObject({
    failure: { code: 'folder' },
  });
});

it('withFileLock lets one work at a time and lets go after a failure', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
  };
  const file = path.join(folder, 'settings.json');
  const failed = withFileLock(file, 'test', () => Promise.reject(new Error('no')), { folder });
  await expect(failed).rejects.toThrow('no');
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(file, 'test', work, { folder })));
  expect(most).toBe(1);
});
