import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type Desk, openDesk, type Simulator, startSimulator } from './test-support.ts';

/** A control room that opens where a run was really killed. */

let desk: Desk;
let simulator: Simulator;
let file: string;

beforeEach(async () => {
  desk = await openDesk();
  simulator = await startSimulator('--latency', '30');
  file = await desk.workflow();
  const run = desk.start(['run', file, '--json', '--server', simulator.url, '--poll-ms', '20']);
  await run.line('candidate.stored');
  run.process.kill('SIGKILL');
  await run.ended;
});
afterEach(async () => {
  await desk.close();
  await simulator.kill();
});

const Counted = z.object({ submits: z.object({ made: z.number() }) });
const submitted = async (): Promise<number> =>
  Counted.parse(await (await fetch(`${simulator.url}/sim/state`)).json()).submits.made;
const exports = () => readdir(join(dirname(dirname(file)), 'Generations')).catch(() => []);

const openRoom = async () => {
  const room = desk.start(['serve', '--no-open', '--port', '0', '--json']);
  await room.line('serving');
  return {
    room,
    close: async () => {
      room.process.kill('SIGTERM');
      return room.ended;
    },
  };
};

it('only tells of it, unless it is set otherwise', async () => {
  const before = [await submitted(), await readFile(file, 'utf8')];
  const { close } = await openRoom();
  const { stderr, code } = await close();
  expect(stderr).toMatch(/XYZG3-V0-1 was interrupted \(Flowdeck was killed/);
  expect(code).toBe(0);
  expect([await submitted(), await readFile(file, 'utf8')]).toEqual(before);
});

it('goes on with it by itself where the setting says so, and pays for nothing twice', async () => {
  expect((await desk.flowdeck('config', 'set', 'recovery.onStart', 'resume')).code).toBe(0);
  const { close } = await openRoom();
  await expect.poll(exports, { timeout: 60_000 }).toHaveLength(1);
  const { stderr } = await close();
  expect(stderr).toContain('XYZG3-V0-1: It was interrupted, and goes on by itself.');
  expect(await submitted()).toBe(24);
});
