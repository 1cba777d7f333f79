import { expect, it } from 'vitest';
import { createPromptLocks } from './prompt-locks.ts';

it('lets one at a time through with a prompt, in order, also past a failure, and others beside it', async () => {
  const locks = createPromptLocks();
  const log: string[] = [];
  const gates = ['first', 'second', 'other'].map((name) => ({ name, ...Promise.withResolvers<void>() }));
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await gates.find((gate) => gate.name === name)?.promise;
    log.push(`${name} ends`);
    if (name === 'first') throw new Error('no answer');
  };
  const first = locks.hold('jar', work('first'));
  const second = locks.hold('jar', work('second'));
  const other = locks.hold('spoon', work('other'));
  // The second may go on as soon as it likes: it must wait for the first all the same.
  for (const name of ['second', 'other']) gates.find((gate) => gate.name === name)?.resolve();
  await other;
  expect(log).toEqual(['first begins', 'other begins', 'other ends']);
  gates.find((gate) => gate.name === 'first')?.resolve();
  await expect(first).rejects.toThrow('no answer');
  await second;
  expect(log.slice(3)).toEqual(['first ends', 'second begins', 'second ends']);
});
