import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createEditThread, type EditThread } from './edit-thread.ts';

const threads: EditThread[] = [];
const started: Worker[] = [];
afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.close())));

function create(limitMs?: number, entry = 'edit-worker.ts'): EditThread {
  started.length = 0;
  const start = () => {
    const worker = new Worker(new URL(entry, import.meta.url));
    started.push(worker);
    return worker;
  };
  const thread = createEditThread(start, systemClock, limitMs);
  threads.push(thread);
  return thread;
}
const pattern = (text: string) => ({ kind: 'text-file' as const, pattern: text });

it('edits one text after the other in one thread, prepared or not', async () => {
  const thread = create();
  thread.prepare();
  const edits = await Promise.all(
    ['a', 'b', 'c'].map((value) => thread.edit('u=old', pattern('u=(.*)'), value)),
  );
  expect(edits).toEqual([{ text: 'u=a' }, { text: 'u=b' }, { text: 'u=c' }]);
  expect(await thread.edit('u=a', pattern('u=(.*)'), 'a')).toEqual({ text: 'u=a' });
  expect(await thread.edit('u=a', pattern('v'), 'a')).toMatchObject({ problem: {} });
  expect(started).toHaveLength(1);
});

it('ends a pattern that never ends, and the next text has another thread', async () => {
  const thread = create(200);
  const never = thread.edit(`${'a'.repeat(60)}!`, pattern('^(a+)+$'), 'x');
  const next = thread.edit('u=old', pattern('u=(.*)'), 'a');
  await expect(never).rejects.toMatchObject({ failure: { code: 'usage' } });
  expect(await next).toEqual({ text: 'u=a' });
  expect(started).toHaveLength(2);
});

it('that cannot start says so at every edit', async () => {
  const thread = create(200, 'no-such-worker.ts');
  thread.prepare();
  await expect(thread.edit('u=old', pattern('u=(.*)'), 'a')).rejects.toThrow(/Cannot find module/);
  await expect(thread.edit('u=old', pattern('u=(.*)'), 'a')).rejects.toThrow(/Cannot find module/);
});
