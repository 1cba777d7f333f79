import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Desk,
  ErrorLine,
  freePort,
  isAlive,
  type Line,
  openDesk,
  type Running,
  startSimulator,
} from './test-support.ts';

const fakeGlabs = fileURLToPath(new URL('../services/fake-glabs.ts', import.meta.url));

const StateLine = z.strictObject({
  type: z.literal('service.state'),
  at: z.iso.datetime(),
  service: z.enum(['glabs', 'tunnel']),
  state: z.string(),
  pid: z.number().nullable(),
  url: z.string().nullable(),
  reason: z.string().nullable(),
  attempt: z.number().min(1),
  nextAttemptAt: z.string().nullable(),
});

let desk: Desk;
let port: number;
let settings: Record<string, unknown>;
beforeEach(async () => {
  desk = await openDesk();
  port = await freePort();
  settings = { 'glabs.url': address(), 'tunnel.mode': 'none' };
  await set({});
});
afterEach(() => desk.close());

const address = () => `http://127.0.0.1:${port}`;
const set = async (more: Record<string, unknown>) => {
  settings = { ...settings, ...more };
  await mkdir(desk.dataDir, { recursive: true });
  await writeFile(join(desk.dataDir, 'settings.json'), JSON.stringify(settings));
};
const up = (...more: string[]) => desk.start(['up', '--json', ...more]);
const real = (...modes: string[]) =>
  set({ 'glabs.command': process.execPath, 'glabs.args': [fakeGlabs, String(port), ...modes] });
const glabs = (state: string) => (line: Line) =>
  line.type === 'service.state' && line.service === 'glabs' && line.state === state;
const ready = async (running: Running, after?: Line) => {
  const line = await running.lineWhere(glabs('ready'), after);
  return { line, pid: z.number().parse(line.pid) };
};
const answers = () =>
  fetch(`${address()}/api/health`).then(
    () => true,
    () => false,
  );

describe('up', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'brings up G-Labs, tells each state in its line, and by %s ends what it started: exit 0',
    async (signal) => {
      await real();
      const running = up();
      const { pid, line } = await ready(running);
      expect(line).toMatchObject({ url: address(), attempt: 1, reason: null });
      expect(await answers()).toBe(true);
      running.process.kill(signal);
      const { code, lines, stderr } = await running.ended;
      expect(code, stderr).toBe(0);
      for (const one of lines()) StateLine.parse(one);
      // Changes that follow each other in one turn are gathered: the stop may be over before it is told.
      const states = lines().map(({ state }) => state);
      expect(states.filter((state) => state !== 'stopping')).toEqual([
        'starting',
        'starting',
        'ready',
        'stopped',
      ]);
      expect(isAlive(pid)).toBe(false);
      expect(await answers()).toBe(false);
    },
  );

  it('adopts a G-Labs that runs already, and leaves it running', async () => {
    const simulator = await startSimulator('--port', String(port));
    try {
      const running = up();
      const { pid } = await ready(running);
      running.process.kill('SIGINT');
      const { code, stderr } = await running.ended;
      expect(code).toBe(0);
      expect(stderr).toContain('Flowdeck did not start it, and leaves it running.');
      expect(isAlive(pid)).toBe(true);
      expect(await answers()).toBe(true);
    } finally {
      await simulator.kill();
    }
  });

  it('starts G-Labs again when it dies, and says why and which try it is', async () => {
    await real();
    const running = up();
    const first = await ready(running);
    process.kill(first.pid, 'SIGKILL');
    const trouble = await running.lineWhere(glabs('unhealthy'), first.line);
    expect(trouble).toMatchObject({ reason: expect.stringContaining('SIGKILL'), attempt: 2 });
    expect(trouble.nextAttemptAt).not.toBeNull();
    const second = await ready(running, trouble);
    expect(second.pid).not.toBe(first.pid);
    running.process.kill('SIGINT');
    expect((await running.ended).stderr).toMatch(/SIGKILL.*\. Starting it again \(2nd try\) in 0\.\d s\./);
  });

  it('reaps what an up that was killed has left, and there is one G-Labs again', async () => {
    await real();
    const killed = up();
    const left = await ready(killed);
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(isAlive(left.pid)).toBe(true);
    const running = up();
    const { pid } = await ready(running);
    expect(isAlive(left.pid)).toBe(false);
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('keeps nothing running after it, though services.onQuit is keep: that is for a window', async () => {
    await set({ 'services.onQuit': 'keep' });
    await real();
    const running = up();
    const { pid } = await ready(running);
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('a second one names the first, tells what it does, and leaves its services alone', async () => {
    await real();
    const first = up();
    const { pid } = await ready(first);
    const second = up();
    expect(await ready(second)).toMatchObject({ pid });
    second.process.kill('SIGINT');
    const { code, stderr } = await second.ended;
    expect(code).toBe(0);
    expect(stderr).toContain(`Another Flowdeck (process ${first.process.pid}) supervises`);
    expect(isAlive(pid)).toBe(true);
    first.process.kill('SIGINT');
    expect((await first.ended).code).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('a second one takes the place of the first, and keeps G-Labs up', async () => {
    await real();
    const first = up();
    await ready(first);
    const second = up();
    const seen = await ready(second);
    first.process.kill('SIGINT');
    expect((await first.ended).code).toBe(0);
    const stopped = await second.lineWhere((line) => !glabs('ready')(line), seen.line);
    const { pid } = await ready(second, stopped);
    expect(pid).not.toBe(seen.pid);
    second.process.kill('SIGINT');
    const { code, stderr } = await second.ended;
    expect(code).toBe(0);
    expect(stderr).toContain(`(process ${first.process.pid}) is gone. This one takes its place.`);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('up, where G-Labs cannot be had', () => {
  /** Ends by itself, with 5 and an error line that has a cure. */
  async function fails() {
    const { code, lines, stderr } = await up().ended;
    expect(code, stderr).toBe(5);
    const error = ErrorLine.parse(lines().at(-1));
    expect(error.code).toBe('backend-unreachable');
    expect(error.cure).not.toBeNull();
    for (const one of lines().slice(0, -1)) StateLine.parse(one);
    return { ...error, stderr };
  }

  it('a port that somebody else has: named, and left alone', async () => {
    const stranger = await listenHtml();
    try {
      const { message } = await fails();
      expect(message).toContain(`process ${process.pid}`);
      expect(await answers()).toBe(true);
    } finally {
      stranger.closeAllConnections();
      stranger.close();
    }
  });

  it('a command that is not there', async () => {
    await set({ 'glabs.command': join(desk.folder, 'nowhere') });
    expect((await fails()).message).toContain('nowhere');
  });

  it('a command that is not executable', async () => {
    const file = join(desk.folder, 'glabs.sh');
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o644);
    await set({ 'glabs.command': file });
    expect((await fails()).message).toContain('glabs.sh');
  });

  it('a program that ends each time: tried, then given up, with its last output', async () => {
    await real('exit=4');
    const { stderr, message } = await fails();
    expect(message).toMatch(/\d times in a row/);
    expect(stderr).toContain('Its last output:\n');
    expect(stderr.slice(stderr.indexOf('Its last output:'))).toContain('  no accounts are logged in');
  });

  it('a person may stop it while it still tries: exit 0', async () => {
    await real('silent');
    const running = up();
    const starting = await running.lineWhere((line) => glabs('starting')(line) && line.pid !== null);
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
    expect(isAlive(z.number().parse(starting.pid))).toBe(false);
  });

  async function listenHtml(): Promise<Server> {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<html>A router says hello</html>');
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  }
});

describe('up --demo', () => {
  it('is the simulator for as long as it goes on, and changes no setting', async () => {
    await set({ 'glabs.command': '/nowhere/glabs' });
    const running = up('--demo');
    const { pid } = await ready(running);
    expect(await (await fetch(`${address()}/api/health`)).json()).toMatchObject({ simulator: true });
    running.process.kill('SIGINT');
    expect((await running.ended).stderr).toContain('Starting the demo: nothing is real, nothing is paid.');
    expect(isAlive(pid)).toBe(false);
    const { lines } = await desk.flowdeck('config', 'get', 'glabs.command', '--json');
    expect(lines()).toMatchObject([{ value: '/nowhere/glabs' }]);
  });

  it('is refused where a real G-Labs answers: who asks for the demo does not want to pay', async () => {
    await real();
    const other = await openDesk();
    try {
      const running = up();
      const { pid } = await ready(running);
      const env = { FLOWDECK_DATA_DIR: join(other.folder, 'data') };
      await other.flowdeck('config', 'set', 'glabs.url', address());
      const { code, lines } = await other.start(['up', '--demo', '--json'], { env }).ended;
      expect(code).toBe(2);
      expect(ErrorLine.parse(lines().at(-1))).toMatchObject({ code: 'usage', where: address() });
      expect(isAlive(pid)).toBe(true);
      // In the same data folder it is the supervision of the first that says so.
      const same = await up('--demo').ended;
      expect(same.code).toBe(2);
      expect(ErrorLine.parse(same.lines().at(-1)).message).toContain(`process ${running.process.pid}`);
      running.process.kill('SIGINT');
      await running.ended;
    } finally {
      await other.close();
    }
  });

  it('is refused where a real G-Labs was seen before, and is down: its runs would get made-up pictures', async () => {
    await real();
    const running = up();
    await ready(running);
    running.process.kill('SIGINT');
    await running.ended;
    const { code, lines } = await up('--demo').ended;
    expect(code).toBe(2);
    expect(ErrorLine.parse(lines().at(-1)).message).toContain('a real G-Labs was');
    expect(await answers()).toBe(false);
  });
});
