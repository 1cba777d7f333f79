import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startS3 } from '../storage/testing/s3-process.ts';
import { type Desk, freePort, openDesk, startSimulator } from './test-support.ts';

const FindingLine = z.strictObject({
  type: z.literal('doctor.finding'),
  check: z.string(),
  verdict: z.enum(['good', 'warning', 'broken']),
  code: z.string().nullable(),
  message: z.string().min(1),
  cure: z.string().nullable(),
});

describe('doctor', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.close());

  const set = (key: string, value: string) => desk.flowdeck('config', 'set', key, value);

  /** Several settings at once, as the file they are kept in; nothing answers where G-Labs would. */
  async function configure(settings: Record<string, unknown>) {
    const url = `http://127.0.0.1:${await freePort()}`;
    await mkdir(desk.dataDir, { recursive: true });
    await writeFile(join(desk.dataDir, 'settings.json'), JSON.stringify({ 'glabs.url': url, ...settings }));
  }

  async function examine() {
    const { code, lines, stderr } = await desk.flowdeck('doctor', '--json');
    const findings = new Map(
      lines()
        .slice(0, -1)
        .map((line) => FindingLine.parse(line))
        .map((finding) => [finding.check, finding]),
    );
    expect(lines().at(-1), stderr).toMatchObject({ type: 'doctor.finished' });
    for (const { verdict, cure } of findings.values())
      expect(cure === null, verdict).toBe(verdict === 'good');
    return { code, findings };
  }

  it('finds nothing broken where G-Labs is merely not started: exit 0', async () => {
    await set('glabs.url', `http://127.0.0.1:${await freePort()}`);
    const { code, findings } = await examine();
    expect(code).toBe(0);
    expect([...findings.keys()]).toEqual([
      'Node',
      'data folder',
      'SQLite',
      'disk space',
      'storage',
      'G-Labs',
      'tunnel',
      'cloudflared',
    ]);
    expect(findings.get('G-Labs')?.verdict).toBe('warning');
  });

  it('finds G-Labs and its key good where they are', async () => {
    const simulator = await startSimulator('--key', 'right');
    try {
      await set('glabs.url', simulator.url);
      await desk.start(['config', 'set-secret', 'glabs.apiKey'], { input: 'right' }).ended;
      const { code, findings } = await examine();
      expect(code).toBe(0);
      expect(findings.get('G-Labs')?.verdict).toBe('good');
      expect(findings.get('API key')?.verdict).toBe('good');
    } finally {
      await simulator.kill();
    }
  });

  it('tries a bucket, and names what is missing: the secret, then nothing', async () => {
    const s3 = await startS3();
    try {
      const place = { endpoint: `http://127.0.0.1:${s3.port}`, bucket: s3.bucket };
      const publicBaseUrl = `http://127.0.0.1:${s3.port}/${s3.bucket}`;
      const r2 = { kind: 's3', ...place, publicBaseUrl, accessKeyId: s3.accessKeyId };
      await set('storage.stores', JSON.stringify({ local: { kind: 'local' }, r2 }));
      await set('storage.default', 'r2');
      const without = await examine();
      expect(without.code).toBe(6);
      expect(without.findings.get('storage')).toMatchObject({
        verdict: 'broken',
        code: 'store-refused',
        cure: expect.stringContaining('set-secret storage.r2.secretAccessKey'),
      });
      const input = s3.secretAccessKey;
      await desk.start(['config', 'set-secret', 'storage.r2.secretAccessKey'], { input }).ended;
      const { findings } = await examine();
      expect(findings.get('storage')).toMatchObject({ verdict: 'good' });
      expect(findings.get('storage')?.message).toContain(publicBaseUrl);
    } finally {
      await s3.end();
    }
  });

  it('a key that is refused is broken: exit 6', async () => {
    const simulator = await startSimulator('--key', 'right');
    try {
      await set('glabs.url', simulator.url);
      await desk.start(['config', 'set-secret', 'glabs.apiKey'], { input: 'wrong' }).ended;
      const { code, findings } = await examine();
      expect(code).toBe(6);
      expect(findings.get('API key')).toMatchObject({ verdict: 'broken', code: 'backend-refused' });
    } finally {
      await simulator.kill();
    }
  });

  it('a G-Labs on another machine that does not answer is broken: exit 5', async () => {
    await set('glabs.url', 'http://flowdeck-test.invalid:8765');
    const { code, findings } = await examine();
    expect(code).toBe(5);
    expect(findings.get('G-Labs')).toMatchObject({ verdict: 'broken', code: 'backend-unreachable' });
  });

  it('a G-Labs program that is not there is broken: exit 2', async () => {
    await set('glabs.url', `http://127.0.0.1:${await freePort()}`);
    await set('glabs.command', '/nowhere/glabs');
    const { code, findings } = await examine();
    expect(code).toBe(2);
    expect(findings.get('G-Labs')).toMatchObject({
      verdict: 'broken',
      message: expect.stringContaining('/nowhere/glabs'),
    });
  });

  it('a store whose folder cannot be made is broken', async () => {
    const inTheWay = join(desk.folder, 'file');
    await writeFile(inTheWay, '');
    await set('glabs.url', `http://127.0.0.1:${await freePort()}`);
    await set(
      'storage.stores',
      JSON.stringify({ local: { kind: 'local', root: join(inTheWay, 'objects') } }),
    );
    const { code, findings } = await examine();
    expect(findings.get('storage')?.verdict).toBe('broken');
    expect(code).not.toBe(0);
  });

  it.each([
    { mode: 'named', says: 'tunnel.publicUrl' },
    { mode: 'url', says: 'tunnel.publicUrl' },
  ])('a tunnel of mode $mode without its address is broken: exit 2', async ({ mode, says }) => {
    await configure({ 'tunnel.mode': mode });
    const { code, findings } = await examine();
    expect(code).toBe(2);
    expect(findings.get('tunnel')).toMatchObject({ verdict: 'broken', cure: expect.stringContaining(says) });
  });

  it('a named tunnel needs its token, and is good with it', async () => {
    await configure({ 'tunnel.mode': 'named', 'tunnel.publicUrl': 'https://glabs.example.test' });
    const without = await examine();
    expect(without.findings.get('tunnel')).toMatchObject({
      verdict: 'broken',
      cure: expect.stringContaining('set-secret tunnel.token'),
    });
    await desk.start(['config', 'set-secret', 'tunnel.token'], { input: 'made-up' }).ended;
    const { findings } = await examine();
    expect(findings.get('tunnel')).toMatchObject({
      verdict: 'good',
      message: 'named: https://glabs.example.test',
    });
  });

  it('a file that is to get the address is good when it can be replaced, and else broken, with its cure', async () => {
    const env = join(desk.folder, '.env');
    await writeFile(env, 'GLABS_URL=\n');
    const consumers = [
      { kind: 'env-file', path: env, key: 'GLABS_URL' },
      { kind: 'json-file', path: join(desk.folder, 'nowhere.json'), pointer: '/url' },
      { kind: 'text-file', path: 'half/a/path.txt', pattern: 'x(y)' },
      { kind: 'webhook', url: 'http://127.0.0.1:1/' },
    ];
    await configure({ 'tunnel.consumers': consumers });
    const { code, findings } = await examine();
    expect(code).toBe(2);
    expect(findings.get('consumer .env')?.verdict).toBe('good');
    expect(findings.get('consumer nowhere.json')).toMatchObject({ verdict: 'broken', code: 'folder' });
    expect(findings.get('consumer path.txt')?.message).toContain('half/a/path.txt');
    expect([...findings.keys()].filter((check) => check.startsWith('consumer'))).toHaveLength(3);
    expect(await readFile(env, 'utf8')).toBe('GLABS_URL=\n');

    await configure({ 'tunnel.consumers': consumers, 'tunnel.mode': 'none' });
    const none = await examine();
    expect(none.code).toBe(0);
    expect([...none.findings.keys()].at(-1)).toBe('tunnel');
  });

  it('a program that is none is broken, and a data folder that cannot be had too: exit 2', async () => {
    await set('glabs.url', `http://127.0.0.1:${await freePort()}`);
    await set('tunnel.cloudflared', join(desk.folder, 'no-such-program'));
    const named = await examine();
    expect(named.code).toBe(2);
    expect(named.findings.get('cloudflared')?.verdict).toBe('broken');

    const inTheWay = join(desk.folder, 'file');
    await writeFile(inTheWay, '');
    const { code, lines } = await desk.start(['doctor', '--json'], { env: { FLOWDECK_DATA_DIR: inTheWay } })
      .ended;
    expect(code).toBe(2);
    expect(lines().at(-2)).toMatchObject({ check: 'data folder', verdict: 'broken', code: 'folder' });
  });
});
