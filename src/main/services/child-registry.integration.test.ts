import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { processStartTime } from '../platform/process-identity.ts';
import { openTestRegistry, type TestRegistry } from './testing/registry.ts';

let registry: TestRegistry;
const children: ChildProcess[] = [];
beforeEach(async () => {
  registry = await openTestRegistry();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await registry.close();
});

function sleeper(program = process.execPath, args = ['-e', 'setInterval(() => {}, 1000)']): number {
  const child = spawn(program, args, { stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}
const rows = () => registry.db.serviceChildren.all();
const identified = () => vi.waitFor(() => expect(rows().every((row) => row.started !== null)).toBe(true));

it('has a process in the database before add returns, and what the system shows of it right after', async () => {
  const pid = sleeper();
  registry.mine.add({ service: 'glabs', pid, command: 'node', output: '/logs/glabs.log' });
  expect(rows()).toMatchObject([
    { pid, command: 'node', started: null, kept: false, output: '/logs/glabs.log' },
  ]);
  await identified();
  expect(rows()).toMatchObject([
    {
      started: await processStartTime(pid),
      command: await realpath(process.execPath),
      ownerPid: process.pid,
      ownerStarted: await processStartTime(process.pid),
    },
  ]);
});

it('has nothing of what is gone', () => {
  const child = registry.mine.add({ service: 'glabs', pid: sleeper(), command: 'node', output: null });
  child.gone();
  expect(rows()).toEqual([]);
});

it('leaves what a running Flowdeck has in its care alone', async () => {
  registry.mine.add({ service: 'glabs', pid: sleeper(), command: 'node', output: null });
  await identified();
  expect(await registry.mine.leftovers('glabs')).toEqual([]);
  expect(rows()).toHaveLength(1);
});

it('finds what a dead Flowdeck left, and whether on purpose; each service its own', async () => {
  const [crashed, kept, other] = [sleeper(), sleeper(), sleeper()];
  registry.dead.add({ service: 'glabs', pid: crashed, command: 'node', output: null });
  const child = registry.dead.add({
    service: 'glabs',
    pid: kept,
    command: 'node',
    output: '/logs/glabs.log',
  });
  registry.dead.add({ service: 'tunnel', pid: other, command: 'node', output: null });
  await identified();
  child.keep();
  expect(await registry.mine.leftovers('tunnel')).toMatchObject([{ pid: other, kept: false }]);
  expect(await registry.mine.leftovers('glabs')).toMatchObject([
    { pid: crashed, kept: false, output: null },
    { pid: kept, kept: true, output: '/logs/glabs.log' },
  ]);
  expect(rows()).toHaveLength(3);
});

it.each<[string, { started?: string; command?: string }]>([
  ['a later process with the same number', { started: 'long ago' }],
  ['another program with the same number and start', { command: '/usr/bin/other' }],
])('forgets %s, and leaves it alone', async (_what, wrong) => {
  const pid = sleeper();
  registry.dead.add({ service: 'glabs', pid, command: 'node', output: null });
  await identified();
  const row = rows()[0];
  if (row)
    registry.db.serviceChildren.setIdentity(
      row,
      wrong.started ?? row.started ?? '',
      wrong.command ?? row.command,
    );
  expect(await registry.mine.leftovers('glabs')).toEqual([]);
  expect(rows()).toEqual([]);
  expect(await processStartTime(pid)).not.toBeNull();
});

it('forgets what has ended, and what died before it was known', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const ended = once(child, 'exit');
  const pid = child.pid ?? 0;
  registry.dead.add({ service: 'glabs', pid, command: 'node', output: null });
  await ended;
  expect(await registry.mine.leftovers('glabs')).toEqual([]);
  expect(rows()).toEqual([]);
});

it.each([
  ['ends', 'what was given our environment', true],
  ['leaves alone', 'what may be of somebody else', false],
])('of a process that has ended it %s %s', async (_does, _what, marked) => {
  const code = `
    const child = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'ignore' });
    console.log(child.pid); child.unref();`;
  const first = spawn(process.execPath, ['-e', code], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, ...(marked ? registry.dead.environment : {}) },
  });
  const gone = once(first, 'exit');
  const pid = first.pid ?? 0;
  registry.dead.add({ service: 'glabs', pid, command: 'node', output: null });
  const [sleeping] = (await once(first.stdout, 'data')) as [Buffer];
  await gone;
  try {
    expect(await registry.mine.leftovers('glabs')).toMatchObject(marked ? [{ pid, ended: true }] : []);
    expect(rows()).toHaveLength(marked ? 1 : 0);
  } finally {
    process.kill(Number(sleeping.toString()), 'SIGKILL');
  }
});

it('knows a start script again that became another program', async () => {
  const pid = sleeper('/bin/sh', ['-c', 'sleep 0.1; exec sleep 1000']);
  registry.dead.add({ service: 'glabs', pid, command: '/opt/start.sh', output: null });
  await vi.waitFor(() => expect(rows()[0]?.command).toMatch(/sleep|coreutils|busybox/), { timeout: 5000 });
  expect(await registry.mine.leftovers('glabs')).toMatchObject([{ pid }]);
});

it.each([
  ['was killed before it knew it', false],
  ['was killed before it knew what its start script became', true],
])('finds one by its environment whose Flowdeck %s, and leaves a stranger alone', async (_what, known) => {
  const [pid = 0, stranger = 0] = [registry.dead.environment, {}].map((env) => {
    const options = { detached: true, stdio: 'ignore' as const, env };
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options);
    children.push(child);
    return child.pid;
  });
  for (const each of [pid, stranger]) {
    registry.db.serviceChildren.add({
      pid: each,
      started: known ? await processStartTime(each) : null,
      service: 'glabs',
      command: '/opt/start.sh',
      ownerPid: process.pid,
      ownerStarted: 'of another process that had this number',
      kept: false,
      output: null,
      at: 1,
    });
  }
  const found = await registry.mine.leftovers('glabs');
  const started = await processStartTime(pid);
  expect(found).toMatchObject([{ pid, started, ended: false }]);
  found[0]?.takeOver();
  expect(rows()).toMatchObject([{ pid, started, command: await realpath(process.execPath) }]);
  expect(await processStartTime(stranger)).not.toBeNull();
});

it('what is taken over is in our care, and is not found a second time', async () => {
  const pid = sleeper();
  registry.dead.add({ service: 'tunnel', pid, command: 'cloudflared', output: '/logs/tunnel.log' });
  await identified();
  const [leftover] = await registry.mine.leftovers('tunnel');
  const child = leftover?.takeOver();
  expect(rows()).toMatchObject([{ pid, ownerPid: process.pid, kept: false }]);
  expect(await registry.mine.leftovers('tunnel')).toEqual([]);
  child?.keep();
  expect(rows()).toMatchObject([{ pid, kept: true }]);
  child?.gone();
  expect(rows()).toEqual([]);
});
