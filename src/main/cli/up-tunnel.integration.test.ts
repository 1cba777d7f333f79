import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConsumerView } from '../../shared/services.ts';
import {
  simulatedCloudflared,
  startEdge,
  type TestEdge,
} from '../../simulator/cloudflared/test-cloudflared.ts';
import { type Desk, freePort, isAlive, type Line, openDesk, type Running } from './test-support.ts';

/** `up` with a tunnel, through a simulated cloudflared to a simulated Cloudflare: all of them real processes. */

const fakeGlabs = fileURLToPath(new URL('../services/fake-glabs.ts', import.meta.url));

const AddressLine = z.strictObject({
  type: z.literal('tunnel.url'),
  at: z.iso.datetime(),
  url: z.url(),
  revision: z.number().int(),
  consumers: z.array(ConsumerView),
});
const Status = z.looseObject({ tunnel: z.looseObject({ state: z.string(), url: z.string().nullable() }) });

let desk: Desk;
let edge: TestEdge;
let envFile: string;
let settings: Record<string, unknown>;

beforeEach(async () => {
  [desk, edge] = await Promise.all([openDesk(), startEdge()]);
  const port = await freePort();
  envFile = join(desk.folder, '.env');
  await writeFile(envFile, 'OTHER=1\nGLABS_URL=\n');
  settings = {
    'glabs.url': `http://127.0.0.1:${port}`,
    'glabs.command': process.execPath,
    'glabs.args': [fakeGlabs, String(port)],
    'tunnel.cloudflared': simulatedCloudflared,
    'tunnel.probeOrigin': edge.url,
    'tunnel.consumers': [{ kind: 'env-file', path: envFile, key: 'GLABS_URL' }],
  };
  await set({});
});
afterEach(async () => {
  await desk.close();
  await edge.stop();
});

const set = async (more: Record<string, unknown>) => {
  settings = { ...settings, ...more };
  await mkdir(desk.dataDir, { recursive: true });
  await writeFile(join(desk.dataDir, 'settings.json'), JSON.stringify(settings));
};
const up = (...more: string[]) => desk.start(['up', '--json', ...more], { env: edge.env() });
const tunnel = (state: string) => (line: Line) =>
  line.type === 'service.state' && line.service === 'tunnel' && line.state === state;
const glabsReady = (line: Line) =>
  line.type === 'service.state' && line.service === 'glabs' && line.state === 'ready';
/** The tunnel has an address, and everybody who is to have it has. */
const told = (line: Line) =>
  line.type === 'tunnel.url' && AddressLine.parse(line).consumers.every(({ state }) => state === 'confirmed');
const verified = async (running: Running, after?: Line) => {
  const state = await running.lineWhere(tunnel('verified'), after);
  const line = await running.lineWhere(told, state);
  return { pid: z.number().parse(state.pid), line, address: AddressLine.parse(line) };
};
const interrupt = async (running: Running) => {
  running.process.kill('SIGINT');
  const ended = await running.ended;
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
};
const status = async () => Status.parse((await desk.flowdeck('status', '--json')).lines()[0]).tunnel;

// Several processes begin one after the other, each a whole program.
describe('up with a tunnel', { timeout: 120_000 }, () => {
  it('verifies it from outside, tells its address to who uses it, and by Ctrl-C leaves nothing running', async () => {
    const running = up();
    const glabs = await running.lineWhere(glabsReady);
    const { pid, address } = await verified(running);
    expect(address).toMatchObject({
      revision: 1,
      consumers: [{ kind: 'env-file', state: 'confirmed', revision: 1 }],
    });
    expect(await readFile(envFile, 'utf8')).toBe(`OTHER=1\nGLABS_URL=${address.url}\n`);
    expect((await edge.ask(new URL(address.url).host, '/api/health')).status).toBe(200);
    expect(await status()).toMatchObject({ state: 'verified', url: address.url, revision: 1, pid });

    const { stderr, lines } = await interrupt(running);
    expect(stderr).toContain(`The address of the tunnel is ${address.url} (revision 1).`);
    expect(stderr).toContain('  .env: GLABS_URL has it.');
    const order = lines().map(({ service, state }) => `${service} ${state}`);
    expect(order.indexOf('glabs ready')).toBeLessThan(order.indexOf('tunnel spawning'));
    expect(isAlive(pid)).toBe(false);
    expect(isAlive(z.number().parse(glabs.pid))).toBe(false);
    expect(await status()).toMatchObject({ state: 'stopped', url: null, revision: 1, pid: null });
  });

  it('has a new address when cloudflared dies, and everybody has that one', async () => {
    const running = up();
    const first = await verified(running);
    process.kill(first.pid, 'SIGKILL');
    const second = await verified(running, first.line);
    expect(second.address.url).not.toBe(first.address.url);
    expect(second.address.revision).toBe(2);
    expect(await readFile(envFile, 'utf8')).toBe(`OTHER=1\nGLABS_URL=${second.address.url}\n`);
    const { stderr } = await interrupt(running);
    expect(stderr).toMatch(/Starting it again \(2nd try\) in \d+(\.\d)? s\./);
    expect(isAlive(second.pid)).toBe(false);
  });

  it('one that was killed leaves a tunnel, which the next one ends before it makes its own', async () => {
    const killed = up();
    const left = await verified(killed);
    killed.process.kill('SIGKILL');
    await killed.ended;
    const running = up();
    const { pid, address } = await verified(running);
    expect(address.revision).toBe(2);
    expect(isAlive(left.pid)).toBe(false);
    const { tunnels } = await edge.state();
    expect(tunnels.filter(({ connections }) => connections.length > 0)).toMatchObject([
      { host: new URL(address.url).host },
    ]);
    await interrupt(running);
    expect(isAlive(pid)).toBe(false);
  });

  it('a second one shows the same address, and its end does not cost it', async () => {
    const first = up();
    const { address, pid } = await verified(first);
    const second = up();
    expect((await verified(second)).address).toMatchObject({ url: address.url, revision: 1 });
    await interrupt(second);
    expect(isAlive(pid)).toBe(true);
    expect((await edge.ask(new URL(address.url).host, '/api/health')).status).toBe(200);
    await interrupt(first);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('up without a tunnel', () => {
  it('goes on where cloudflared cannot be had, and says what to do', async () => {
    await set({ 'tunnel.cloudflared': join(desk.folder, 'nowhere') });
    const running = up();
    const failed = await running.lineWhere(tunnel('failed'));
    expect(failed.reason).toContain('nowhere');
    const glabs = await running.lineWhere(glabsReady);
    expect(isAlive(z.number().parse(glabs.pid))).toBe(true);
    expect(await status()).toMatchObject({ state: 'failed', url: null });
    const { stderr } = await interrupt(running);
    expect(stderr).toContain('cure:  Correct the setting tunnel.cloudflared');
    expect(stderr).toContain('G-Labs goes on without a tunnel.');
  });

  it.each([
    { how: 'by --no-tunnel', args: ['--no-tunnel'], mode: 'quick' },
    { how: 'by tunnel.mode none', args: [], mode: 'none' },
  ])('starts none where none is wanted, $how', async ({ args, mode }) => {
    await set({ 'tunnel.mode': mode });
    const running = up(...args);
    await running.lineWhere(glabsReady);
    const { lines } = await interrupt(running);
    expect(lines().filter(({ service }) => service === 'tunnel')).toEqual([]);
    expect((await edge.state()).starts).toBe(0);
  });
});
