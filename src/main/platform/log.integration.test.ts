import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLog } from './log.ts';
import { openLogFile } from './log-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flowdeck-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const linesOf = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

it('writes one JSON object a line, with the room, without what is below the level', async () => {
  const log = openLog(path.join(folder, 'logs'));
  log.child('runner').warn('a node failed', { nodeId: 14 });
  log.debug('not this');
  log.close();
  const lines = await linesOf(log.file);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: 'warn',
    room: 'runner',
    msg: 'a node failed',
    nodeId: 14,
    pid: process.pid,
  });
  expect((await stat(log.file)).mode & 0o077).toBe(0);
});

it('never writes a secret: neither a known one, nor in an error, nor a header', async () => {
  const secrets: string[] = [];
  const log = openLog(folder, { secrets: () => secrets });
  secrets.push('pa"ss wörd');
  log.info('tried pa"ss wörd', {
    err: new Error('refused pa"ss wörd'),
    headers: { 'X-API-Key': 'hV3kPq9zTr41LmWx' },
  });
  log.close();
  const text = await readFile(log.file, 'utf8');
  expect(text).not.toContain('wörd');
  expect(text).not.toContain('hV3kPq9zTr41LmWx');
  expect((await linesOf(log.file))[0]?.err.message).toBe('refused [secret]');
});

it('stays below its cap and keeps the newest lines', async () => {
  const log = openLog(folder, { maxBytes: 2000, keep: 2 });
  for (let n = 0; n < 200; n += 1) log.info('line', { n });
  log.close();
  const files = (await readdir(folder)).sort();
  expect(files).toEqual(['flowdeck.1.log', 'flowdeck.2.log', 'flowdeck.log']);
  for (const name of files) expect((await stat(path.join(folder, name))).size).toBeLessThanOrEqual(2000);
  expect((await linesOf(log.file)).at(-1)?.n).toBe(199);
});

it('goes on in the new file when another process moved the old one away', async () => {
  const file = path.join(folder, 'a.log');
  const [one, two] = [
    openLogFile(file, { maxBytes: 10, keep: 1 }),
    openLogFile(file, { maxBytes: 10, keep: 1 }),
  ];
  one.write('one 1\n');
  two.write('two 1\n');
  one.write('one 2\n');
  expect(await readFile(file, 'utf8')).toBe('one 2\n');
  expect(await readFile(path.join(folder, 'a.1.log'), 'utf8')).toBe('two 1\n');
  one.close();
  two.close();
});

it('counts lines that cannot be written and does not throw', async () => {
  await writeFile(path.join(folder, 'file'), '');
  const log = openLogFile(path.join(folder, 'file', 'a.log'));
  log.write('lost\n');
  expect(log.lost).toBe(1);
  log.close();
});
