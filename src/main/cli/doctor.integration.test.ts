import { writeFile } from 'node:fs/promises';
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
