import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { inspectMedia } from '../platform/media.ts';
import { fixturePath } from '../workflow/fixtures/expected.ts';
import type { SalvageOffer } from './evidence.ts';
import { createSalvage, type SalvageDeps } from './salvage.ts';

const still = fixturePath('crashed/local-only/Assets/XYZG3/generated-images/v0-2/scene01-c1.png');

let folder: string;
let file: string;
let sha256: string;
let server: Server | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-salvage-'));
  file = join(folder, 'scene01-c1.png');
  await copyFile(still, file);
  sha256 = await hashOf(await readFile(file));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
  await rm(folder, { recursive: true, force: true });
});

const salvageOf = (from: SalvageOffer['from'], limits: SalvageDeps['limits'] = {}) =>
  createSalvage([{ nodeId: 4, row: 1, candidate: 2, from }], {
    disk: nodeDisk,
    fetch,
    clock: systemClock,
    inspect: inspectMedia,
    scratch: join(folder, 'scratch'),
    limits,
  });
const take = (from: SalvageOffer['from'], limits?: SalvageDeps['limits']) =>
  salvageOf(from, limits).take(4, 1, 2, new AbortController().signal);

async function serve(answer: (path: string) => { status: number; body: Uint8Array; length?: number } | null) {
  const listening = createServer((request, response) => {
    const answered = answer(request.url ?? '');
    // Silence: the connection stays open.
    if (answered === null) return;
    response.writeHead(answered.status, { 'content-length': answered.length ?? answered.body.byteLength });
    response.end(answered.body);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('tells for which places it has something', () => {
  const salvage = salvageOf({ kind: 'file', file, sha256 });
  expect(salvage.size).toBe(1);
  expect(salvage.has(4, 1, 2)).toBe(true);
  expect(salvage.has(4, 1, 3)).toBe(false);
  expect(salvage.has(4, 2, 1)).toBe(false);
});

describe('a file', () => {
  test('is given as it lies there', async () => {
    expect(await take({ kind: 'file', file, sha256 })).toEqual({ file, sha256, url: null });
    expect(await readdir(folder)).toEqual(['scene01-c1.png']);
  });

  test('that was changed, cut off or taken away since is not taken', async () => {
    const from: SalvageOffer['from'] = { kind: 'file', file, sha256 };
    await truncate(file, 60);
    expect(await take(from)).toEqual({ why: `${file} was changed since it was found.` });
    const cut = await hashOf(await readFile(file));
    expect(await take({ ...from, sha256: cut })).toEqual({
      why: expect.stringContaining('is cut off'),
    });
    await rm(file);
    expect(await take(from)).toEqual({ why: `${file} is not there any more.` });
  });

  test('of another kind than its name says is not taken', async () => {
    const clip = join(folder, 'scene01-c1.mp4');
    await copyFile(still, clip);
    expect(await take({ kind: 'file', file: clip, sha256 })).toEqual({
      why: `${clip} is image/png, and something else was asked for.`,
    });
  });
});

describe('an object of the store', () => {
  const key = () => `XYZG3/V0-2/scene01-c2-${sha256.slice(0, 12)}.png`;

  test('is fetched by its public address, once', async () => {
    let asked = 0;
    const body = await readFile(still);
    const base = await serve(() => {
      asked++;
      return { status: 200, body };
    });
    const url = `${base}/${key()}`;
    const kept = join(folder, 'scratch', `${sha256}.png`);
    expect(await take({ kind: 'object', url, key: key() })).toEqual({ file: kept, sha256, url });
    expect(await readFile(kept)).toEqual(body);
    expect(await take({ kind: 'object', url, key: key() })).toEqual({ file: kept, sha256, url });
    expect(asked).toBe(2);
    expect(await readdir(join(folder, 'scratch'))).toEqual([`${sha256}.png`]);
  });

  test('of a store on this machine is taken where it lies', async () => {
    const url = pathToFileURL(file).href;
    expect(await take({ kind: 'object', url, key: key() })).toEqual({ file, sha256, url });
    expect(await readdir(folder)).toEqual(['scene01-c1.png']);
  });

  test('that is gone, short, silent, too large, another or no picture is not taken, with the reason', async () => {
    const body = await readFile(still);
    const base = await serve((path) => {
      if (path === '/gone') return { status: 404, body: Buffer.from('no') };
      if (path === '/text') return { status: 200, body: Buffer.from('<html>sign in</html>') };
      if (path === '/silent') return null;
      return { status: 200, body };
    });
    const why = async (path: string, objectKey: string, limits?: SalvageDeps['limits']) => {
      const taken = await take({ kind: 'object', url: `${base}${path}`, key: objectKey }, limits);
      return 'why' in taken ? taken.why.replace(base, '') : taken;
    };
    expect(await why('/gone', 'a.png')).toBe('/gone cannot be fetched: its server answers 404.');
    expect(await why('/text', 'a.png')).toBe('/text is not a PNG, JPEG, WebP or MP4 (it is an HTML page).');
    expect(await why('/a', 'scene01-c1-0123456789ab.png')).toBe('/a has another content than its name says.');
    expect(await why('/a', 'a.png', { fetchBytes: 100 })).toBe('/a is larger than any picture or clip.');
    expect(await why('/silent', 'a.png', { fetchMs: 100 })).toBe('/silent did not come within 0.1 s.');
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    expect(await why('/a', 'a.png')).toMatch(/^\/a cannot be fetched: .*ECONNREFUSED/);
    expect(await readdir(folder)).toEqual(['scene01-c1.png']);
  });

  test('a run that is cancelled does not wait for it', async () => {
    const base = await serve(() => null);
    const over = new AbortController();
    const taking = salvageOf({ kind: 'object', url: `${base}/a`, key: 'a.png' }).take(4, 1, 2, over.signal);
    over.abort(new Error('cancelled'));
    await expect(taking).rejects.toThrow('cancelled');
  });

  test('never goes over what somebody put at its place', async () => {
    const body = await readFile(still);
    const base = await serve(() => ({ status: 200, body }));
    await nodeDisk.write(join(folder, 'scratch', `${sha256}.png`), 'a note of somebody');
    const taken = await take({ kind: 'object', url: `${base}/a`, key: 'a.png' });
    expect(taken).toMatchObject({ file: join(folder, 'scratch', `2-${sha256}.png`) });
    await writeFile(file, 'unrelated');
    expect(await readFile(join(folder, 'scratch', `${sha256}.png`), 'utf8')).toBe('a note of somebody');
  });
});
