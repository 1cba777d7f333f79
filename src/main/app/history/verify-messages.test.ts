import { expect, it } from 'vitest';
import { fail, toFailure } from '../../../shared/failure.ts';
import type { VerifyMessage } from '../../../shared/history.ts';
import type { Proofs } from './history-api.ts';
import { verifyMessages } from './verify-messages.ts';

type Verify = Proofs['verify'];
const entry = (id: string) => ({ id, ok: true, problem: null, repaired: false });
const sums = (checked: number) => ({
  checked,
  damaged: 0,
  repaired: 0,
  bytes: 0,
  unchecked: 0,
  inDatabaseOnly: 0,
});

async function all(verify: Verify): Promise<VerifyMessage[]> {
  const told: VerifyMessage[] = [];
  for await (const message of verifyMessages({ verify }, null)) told.push(message);
  return told;
}

it('tells how many there are, every entry once, and the sums', async () => {
  const told = await all(async (_path, tell) => {
    tell(entry('a'), { total: 3 });
    tell(entry('b'), { total: 3 });
    await new Promise(setImmediate);
    tell(entry('c'), { total: 3 });
    return sums(3);
  });
  expect(told[0]).toEqual({ kind: 'begun', total: 3 });
  const entries = told.flatMap((message) => (message.kind === 'entries' ? message.entries : []));
  expect(entries.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(told.at(-1)).toMatchObject({ kind: 'finished', sums: { checked: 3 } });
});

it('begins and ends also where there is nothing to check', async () => {
  expect((await all(async () => sums(0))).map(({ kind }) => kind)).toEqual(['begun', 'finished']);
});

it('rejects with what went wrong, after what was told before', async () => {
  const messages = verifyMessages(
    {
      verify: async (_path, tell) => {
        tell(entry('a'), { total: 2 });
        throw fail('folder', 'The database cannot be read.');
      },
    },
    null,
  );
  expect((await messages.next()).value).toEqual({ kind: 'begun', total: 2 });
  expect((await messages.next()).value).toMatchObject({ kind: 'entries' });
  const failure = toFailure(await messages.next().catch((error: unknown) => error));
  expect(failure).toMatchObject({ code: 'folder' });
});

it('stops the verification when its reader leaves, and waits until it has stopped', async () => {
  let stopped = false;
  const verify: Verify = (_path, tell, signal) =>
    new Promise((_resolve, reject) => {
      tell(entry('a'), { total: 9 });
      signal?.addEventListener('abort', () => {
        stopped = true;
        reject(fail('interrupted', 'Stopped.'));
      });
    });
  const messages = verifyMessages({ verify }, null);
  await messages.next();
  await messages.return();
  expect(stopped).toBe(true);
});
