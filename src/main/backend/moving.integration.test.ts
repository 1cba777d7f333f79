import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { BackendAddress, NoAddress } from './address.ts';
import { BackendError } from './backend.ts';
import { type DocumentServer, startDocumentServer } from './document-server.ts';
import { createGlabsBackend, type GlabsBackend } from './glabs.ts';

/** A G-Labs whose address changes while it is used: behind a tunnel. */

const key = 'kEy-0123456789_abcdefghijklmnopqrstuvwxyz';
const image = {
  kind: 'image' as const,
  prompt: 'A jar on a table, soft light',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  references: [],
};

const servers: DocumentServer[] = [];
const open: GlabsBackend[] = [];
afterEach(async () => {
  for (const backend of open.splice(0)) backend.close();
  for (const server of servers.splice(0)) await server.close();
});

async function serve(): Promise<DocumentServer> {
  const server = await startDocumentServer(key);
  servers.push(server);
  return server;
}

/** A backend that is where the test says; `move` says so. */
function movingBackend(first: BackendAddress | NoAddress) {
  let at = first;
  const backend = createGlabsBackend({
    server: { name: 'tunnel', find: async () => at },
    apiKey: key,
    authHeader: 'X-API-Key',
    healthPaths: ['/api/health'],
    clock: systemClock,
  });
  open.push(backend);
  return {
    backend,
    move: (to: BackendAddress | NoAddress) => {
      at = to;
    },
  };
}

const at = (server: string, sentTo: string | null = null): BackendAddress => ({ server, sentTo });
const nowhere: NoAddress = { server: null, message: 'The tunnel is being restarted.', cure: 'Wait.' };
const rejection = async (work: Promise<unknown>): Promise<BackendError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof BackendError) return error;
  throw error ?? new Error('nothing was rejected');
};

describe('a backend that moves', () => {
  test('is asked at the address of the moment, and known under all it had', async () => {
    const [first, second] = [await serve(), await serve()];
    const { backend, move } = movingBackend(at(first.url));
    expect(backend.server).toBe('tunnel');
    await backend.submit(image);
    expect(backend.server).toBe(first.url);
    move(at(`${second.url}/`));
    await backend.health();
    await backend.submit(image);
    expect(first.requests.map(({ path }) => path)).toEqual(['/api/image/generate']);
    expect(second.requests.map(({ path }) => path)).toEqual(['/api/health', '/api/image/generate']);
    expect(backend.server).toBe(second.url);
    expect([first.url, second.url, 'http://127.0.0.1:1'].map(backend.knows)).toEqual([true, true, false]);
  });

  test('a result named under its earlier address, or its own, is fetched at the one of now', async () => {
    const [first, second] = [await serve(), await serve()];
    second.files.set('a.png', Buffer.alloc(10, 1));
    const { backend, move } = movingBackend(at(first.url));
    await backend.health();
    move(at(second.url));
    for (const url of [`${first.url}/api/files/a.png`, 'http://127.0.0.1:8765/api/files/a.png']) {
      expect((await backend.download(url)).bytes).toHaveLength(10);
    }
    expect(first.requests.filter(({ path }) => path.includes('files'))).toEqual([]);
  });

  test('with an origin set, everything goes there under the public name', async () => {
    const origin = await serve();
    origin.files.set('a.png', Buffer.alloc(10, 1));
    const { backend } = movingBackend(at('https://odd-words.trycloudflare.com', origin.url));
    await backend.health();
    const { taskId } = await backend.submit(image);
    await backend.poll(taskId ?? '');
    await backend.download('http://127.0.0.1:8765/api/files/a.png');
    expect(origin.requests).toHaveLength(4);
    expect(new Set(origin.requests.map(({ headers }) => headers.host))).toEqual(
      new Set(['odd-words.trycloudflare.com']),
    );
    expect(backend.server).toBe('https://odd-words.trycloudflare.com');
  });

  test('without an address nothing is sent, and a submit surely did not arrive', async () => {
    const server = await serve();
    const { backend, move } = movingBackend(nowhere);
    for (const work of [
      () => backend.health(),
      () => backend.submit(image),
      () => backend.poll('abc00000'),
      () => backend.download('http://127.0.0.1:8765/api/files/a.png'),
    ]) {
      expect(await rejection(work())).toMatchObject({
        kind: 'unreachable',
        class: 'connection refused',
        arrived: 'no',
        message: nowhere.message,
      });
    }
    move(at(server.url));
    await backend.health();
    move(nowhere);
    expect((await rejection(backend.submit(image))).arrived).toBe('no');
    expect(server.requests).toHaveLength(1);
  });
});
