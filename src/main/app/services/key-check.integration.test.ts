import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { type Settings, settingKeys, settingSchemas } from '../../../shared/settings.ts';
import { systemClock } from '../../platform/clock.ts';
import { createKeyCheck } from './key-check.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A G-Labs that takes one key. */
async function glabs(key: string, refusal: { status: number; error: string }): Promise<string> {
  const server = createServer((request, response) => {
    const taken = request.headers['x-api-key'] === key;
    response.writeHead(taken ? 200 : refusal.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(taken ? { tasks: [] } : { error: refusal.error }));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function check(url: string, key: string | null) {
  const all = Object.fromEntries(
    settingKeys.map((each) => [each, settingSchemas[each].parse(undefined)]),
  ) as Settings;
  const ask = createKeyCheck({
    settings: { all: () => all },
    secrets: { get: async () => key },
    clock: systemClock,
  });
  return ask(url, new AbortController().signal);
}

it('has nothing to say of a key that is taken', async () => {
  expect(
    await check(await glabs('right-key', { status: 401, error: 'Unauthorized' }), 'right-key'),
  ).toBeNull();
});

it.each([
  ['wrong', 401, 'Unauthorized', 'wrong-key-1'],
  ['missing', 401, 'Unauthorized', null],
  ['of a plan without the webhook', 403, 'API access requires the Pro plan', 'old-key-123'],
])('tells what to do about one that is %s, without the key', async (_what, status, error, key) => {
  const problem = await check(await glabs('right-key', { status, error }), key);
  expect(problem?.message).toMatch(/\S/);
  expect(problem?.cure).toMatch(/\S/);
  expect(JSON.stringify(problem)).not.toContain(key ?? 'right-key');
});

it('leaves a G-Labs that is not there to its supervision', async () => {
  const url = await glabs('right-key', { status: 401, error: 'Unauthorized' });
  const [server] = servers.splice(0);
  server?.close();
  expect(await check(url, 'right-key')).toBeNull();
});
