import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStartTime } from '../platform/process-identity.ts';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';

/** Two Flowdecks on one data folder, each in a process of its own, and what becomes of G-Labs between them. */

const entry = fileURLToPath(new URL('testing/supervisor-process.ts', import.meta.url));
const fakeGlabs = fileURLToPath(new URL('../services/fake-glabs.ts', import.meta.url));

type Line = { type: string; state?: string; pid?: number | null; supervisor?: number | null };

let folder: string;
let dataDir: string;
let port: number;
const children: ChildProcess[] = [];
const opened: Flowdeck[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-services-'));
  dataDir = join(folder, 'data');
  port = await freePort();
  await configure({ 'glabs.command': process.execPath, 'glabs.args': [fakeGlabs, String(port)] });
});
afterEach(async () => {
  for (const flowdeck of opened.splice(0)) await flowdeck.close();
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    // Asked to end, so that what it started ends with it.
    const ended = once(child, 'exit');
    child.stdin?.write('close\n');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

async function configure(settings: Record<string, unknown>): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const all = { 'glabs.url': `http://127.0.0.1:${port}`, 'tunnel.mode': 'none', ...settings };
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(all));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A Flowdeck in a process of its own; it supervises when it is the first. */
async function elsewhere() {
  const child = spawn(process.execPath, [entry, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const seen: Line[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    seen.push(JSON.parse(line) as Line);
    for (const look of [...waiting]) look();
  });
  /** The first line from now on, or from the beginning, that is so. */
  const line = (is: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = seen.find(is);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      child.once('exit', (code) => reject(new Error(`it ended (${code}) after ${JSON.stringify(seen)}`)));
      look();
    });
  const open = await line(({ type }) => type === 'open');
  const say = (text: string) => child.stdin.write(`${text}\n`);
  return { child, open, line, say, pid: child.pid ?? 0 };
}

async function here() {
  const flowdeck = await openFlowdeck({ face: 'test', env: process.env, dataDir });
  opened.push(flowdeck);
  return flowdeck.services();
}

/** Process of the G-Labs that answers, by its own word. */
const answers = async (): Promise<number> => {
  const answer = (await (await fetch(`http://127.0.0.1:${port}/api/health`)).json()) as { pid: number };
  return answer.pid;
};
const isAlive = async (pid: number) => (await processStartTime(pid)) !== null;

describe('two Flowdecks on one data folder', () => {
  it('have one supervisor; the other shows what it does and passes on what is asked', async () => {
    const other = await elsewhere();
    expect(other.open.supervisor).toBeNull();
    const services = await here();
    await services.glabs.start();
    expect(services.glabs.view()).toMatchObject({ state: 'ready', supervisor: other.pid, adopted: false });
    expect(services.supervisor()).toBe(other.pid);
    expect(services.glabs.view().pid).toBe(await answers());

    const before = await answers();
    await services.glabs.restart();
    await expect.poll(() => services.glabs.view().state).toBe('ready');
    expect(await answers()).not.toBe(before);

    await services.glabs.stop();
    expect(services.glabs.view()).toMatchObject({ desired: 'down', state: 'stopped' });
    await expect(answers()).rejects.toThrow();
  });

  it('say what went wrong on the other side, as it was said there', async () => {
    await configure({ 'glabs.command': join(folder, 'nothing') });
    await elsewhere();
    const services = await here();
    await expect(services.glabs.start()).rejects.toMatchObject({
      failure: { code: 'backend-unreachable', message: expect.stringContaining('not found') },
    });
  });

  it('leave what the supervisor runs alone when the one that looks on is closed', async () => {
    const other = await elsewhere();
    other.say('start glabs');
    await other.line(({ type, state }) => type === 'glabs' && state === 'ready');
    const services = await here();
    const pid = await answers();
    await services.close();
    expect(await answers()).toBe(pid);
  });

  it('change places when the supervisor is killed: what was up is up again, once', async () => {
    const other = await elsewhere();
    const services = await here();
    await services.glabs.start();
    const before = await answers();
    other.child.kill('SIGKILL');
    await expect.poll(() => services.supervisor(), { timeout: 20_000 }).toBeNull();
    await expect.poll(() => services.glabs.view().state, { timeout: 20_000 }).toBe('ready');
    const after = await answers();
    expect(services.glabs.view().pid).toBe(after);
    if (after !== before) expect(await isAlive(before)).toBe(false);
    await services.glabs.stop();
    await expect.poll(() => isAlive(after)).toBe(false);
  });

  it('change places when the supervisor is closed, and nothing is started that was stopped', async () => {
    const other = await elsewhere();
    other.say('start glabs');
    await other.line(({ type, state }) => type === 'glabs' && state === 'ready');
    const services = await here();
    const ended = once(other.child, 'exit');
    other.say('close');
    await ended;
    await expect.poll(() => services.supervisor(), { timeout: 10_000 }).toBeNull();
    expect(services.glabs.view()).toMatchObject({ desired: 'down', state: 'stopped' });
    await services.glabs.start();
    expect(services.glabs.view()).toMatchObject({ state: 'ready', supervisor: null });
  });
});

describe('the demo that was asked for', () => {
  it('is G-Labs for this process only, whatever the settings say', async () => {
    await configure({ 'glabs.command': join(folder, 'nothing') });
    const flowdeck = await openFlowdeck({ face: 'test', env: process.env, dataDir });
    opened.push(flowdeck);
    const services = await flowdeck.services({ demo: true });
    await services.glabs.start();
    expect(services.glabs.view()).toMatchObject({ state: 'ready', demo: true });
    expect(flowdeck.settings.get('glabs.command')).toBe(join(folder, 'nothing'));
  });
});
