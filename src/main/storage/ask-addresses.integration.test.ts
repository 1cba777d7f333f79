import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Clock, systemClock } from '../platform/clock.ts';
import { askAddresses } from './ask-addresses.ts';

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

const ask = (
  urls: string[],
  { clock = systemClock as Pick<Clock, 'sleep'>, signal = undefined as AbortSignal | undefined } = {},
) => askAddresses(urls, { fetch, clock }, { answerMs: 5_000, allMs: 10_000, signal });

it('tells equal content by an ETag that is a hash of it, and by no other', async () => {
  const etags: Record<string, string> = {
    '/md5': '"9E107D9D372BB6826BD81D3542A419D6"',
    '/parts': '"9e107d9d372bb6826bd81d3542a419d6-3"',
    '/time': '"5f3c2a1b-1f40"',
    '/weak': 'W/"123"',
  };
  const base = await serve((request, response) => {
    const etag = etags[request.url ?? ''];
    if (etag !== undefined) response.setHeader('etag', etag);
    response.end();
  });
  const answers = await ask([...Object.keys(etags), '/none'].map((path) => base + path));
  expect(
    Object.fromEntries([...answers].map(([url, { identity }]) => [url.replace(base, ''), identity])),
  ).toEqual({
    '/md5': 'md5:9e107d9d372bb6826bd81d3542a419d6',
    '/parts': 'md5:9e107d9d372bb6826bd81d3542a419d6-3',
    '/time': null,
    '/weak': null,
    '/none': null,
  });
});

it('leaves open what has no answer in the time of all, and keeps what has', async () => {
  const timeIsUp = Promise.withResolvers<void>();
  let asked = 0;
  const base = await serve((_, response) => {
    // One is answered, and no other ever.
    if (++asked === 1) response.end();
    else timeIsUp.resolve();
  });
  const clock = {
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 10_000 ? timeIsUp.promise : systemClock.sleep(ms, signal),
  };
  const answers = await ask([`${base}/a`, `${base}/b`, `${base}/c`], { clock });
  expect([...answers.keys()]).toEqual([`${base}/a`]);
});

it('ends with the reason when it is called off', async () => {
  const base = await serve(() => undefined);
  const over = new AbortController();
  const asking = ask([`${base}/a`], { signal: over.signal });
  over.abort(new Error('called off'));
  await expect(asking).rejects.toThrow('called off');
});
