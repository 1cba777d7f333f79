import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createGoneFinder } from './gone-addresses.ts';

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
});

async function serve(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const finder = () => createGoneFinder({ fetch, clock: systemClock });

it('takes 404 and 410 for gone, and nothing else', async () => {
  const codes = [200, 204, 403, 404, 410, 429, 500, 503];
  const base = await serve((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end();
  });
  const gone = await finder()(codes.map((code) => `${base}/${code}`));
  expect([...gone].sort()).toEqual([`${base}/404`, `${base}/410`]);
});

it('asks eight at a time at most, each once, and what was there not again', async () => {
  let open = 0;
  let most = 0;
  let asked = 0;
  const base = await serve((_, response) => {
    asked++;
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end();
    }, 20);
  });
  const find = finder();
  const urls = Array.from({ length: 40 }, (_, i) => `${base}/${i % 30}`);
  expect((await find(urls)).size).toBe(0);
  expect(asked).toBe(30);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
  await find(urls);
  expect(asked).toBe(30);
});

it('asks for one byte where a server knows no HEAD', async () => {
  const base = await serve((request, response) => {
    response.statusCode = request.method === 'HEAD' ? 405 : request.url === '/there' ? 206 : 404;
    response.end('x');
  });
  expect([...(await finder()([`${base}/there`, `${base}/away`]))]).toEqual([`${base}/away`]);
});

it('asks a host that does not answer once, and says nothing of what lies there', async () => {
  let asked = 0;
  const base = await serve((request) => {
    asked++;
    request.socket.destroy();
  });
  const gone = await finder()(Array.from({ length: 20 }, (_, i) => `${base}/${i}`));
  expect(gone.size).toBe(0);
  expect(asked).toBe(1);
});

it('leaves other kinds of addresses alone', async () => {
  expect((await finder()(['file:///nowhere.png', 'http://', 'data:image/png;base64,AA=='])).size).toBe(0);
});
