import { expect, it } from 'vitest';
import { sharedCall } from './shared-call.ts';

/** A call that ends when it is told to, one after the other. */
function steps() {
  const begun: string[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const work = (key: string) =>
    new Promise<void>((resolve, reject) => {
      begun.push(key);
      ends.push({ resolve, reject });
    });
  return { begun, ends, work };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('whoever comes while a call is under way shares the next one, and never that one', async () => {
  const { begun, ends, work } = steps();
  const call = sharedCall(work);
  const done: string[] = [];
  for (const name of ['first', 'second', 'third']) void call('a').then(() => done.push(name));
  expect(begun).toEqual(['a']);
  ends[0]?.resolve();
  await settle();
  expect(done).toEqual(['first']);
  expect(begun).toEqual(['a', 'a']);
  void call('a').then(() => done.push('fourth'));
  ends[1]?.resolve();
  await settle();
  expect(done).toEqual(['first', 'second', 'third']);
  expect(begun).toEqual(['a', 'a', 'a']);
  ends[2]?.resolve();
  await settle();
  expect(done).toEqual(['first', 'second', 'third', 'fourth']);
});

it('different keys do not wait for each other', () => {
  const { begun, work } = steps();
  const call = sharedCall(work);
  void call('a');
  void call('b');
  expect(begun).toEqual(['a', 'b']);
});

it('a failure is told to those who shared that call only', async () => {
  const { ends, work } = steps();
  const call = sharedCall(work);
  const first = call('a');
  const second = call('a');
  ends[0]?.reject(new Error('disk'));
  await expect(first).rejects.toThrow('disk');
  await settle();
  ends[1]?.resolve();
  await expect(second).resolves.toBeUndefined();
});
