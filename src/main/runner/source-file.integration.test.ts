import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { withFileLock, writeLockOf } from '../platform/lock.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { fixtureText } from '../workflow/fixtures/expected.ts';
import { parseWorkflow, type Workflow } from '../workflow/read.ts';
import { image, testTab } from '../workflow/test-workflow.ts';
import { createSourceFile, type SourceFile, type SourceUpdate } from './source-file.ts';
import { createSourceThread, type SourceThreadData } from './source-thread.ts';
import { createSourceWriter, knownAs, LARGE_BYTES, type SourceWriter } from './source-writer.ts';

/** What a run writes into its workflow file, among people who save it too; on this thread and on one of its own. */

let folder: string;
let path: string;
const threads: Worker[] = [];
const sources: SourceFile[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-source-'));
  path = join(folder, 'XYZG3-V0-2.nbflow');
  writeFileSync(path, fixtureText('valid/XYZG3-V0-2.nbflow'));
});
afterEach(async () => {
  for (const source of sources.splice(0)) await source.close();
  for (const thread of threads.splice(0)) await thread.terminate();
  await rm(folder, { recursive: true, force: true });
});

const startWorker = (data: SourceThreadData): Worker => {
  const thread = new Worker(new URL('source-worker.ts', import.meta.url), { workerData: data });
  threads.push(thread);
  return thread;
};
const ways: [string, (start: Workflow) => SourceWriter][] = [
  ['on this thread', (start) => createSourceWriter(knownAs(start), nodeDisk)],
  ['on a thread of its own', (start) => createSourceThread(start, startWorker)],
];

const locks = () => join(folder, 'locks');
const alone = <T>(file: string, what: string, work: () => Promise<T>) =>
  withFileLock(file, what, work, { folder: locks() });

function open(writer: (start: Workflow) => SourceWriter, clock: Clock = systemClock, lock = alone) {
  const start = parseWorkflow(readFileSync(path, 'utf8'), path);
  const problems: unknown[] = [];
  const changes: Workflow[] = [];
  const source = createSourceFile(start, {
    clock,
    signal: new AbortController().signal,
    writer: writer(start),
    alone: lock,
    onProblem: (error) => problems.push(error),
    onChangedOutside: (now) => changes.push(now),
  });
  sources.push(source);
  return { source, start, problems, changes };
}

const images = (nodeId: number, urls: string[]): NodeEdit => ({ nodeId, properties: { _savedImages: urls } });

/** An update that always fits, and what became of it. */
function update(...edits: NodeEdit[]) {
  const told: string[] = [];
  const asked: SourceUpdate = {
    edits: () => edits,
    written: async () => {
      told.push('written');
    },
    unfit: () => told.push('unfit'),
  };
  return { asked, told };
}

const theirs = (...edits: NodeEdit[]) => writeFileSync(path, editWorkflow(readFileSync(path, 'utf8'), edits));
const propertiesIn = (nodeId: number) =>
  parseWorkflow(readFileSync(path, 'utf8'), path).nodes.get(nodeId)?.properties ?? {};
/** As long as the machine takes. */
const soon = <T>(look: () => T) => expect.poll(look, { timeout: 50_000, interval: 5 });
const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { failure?: { code: string; where?: string } }) => error.failure ?? error,
  );

describe.each(ways)('a workflow file that is written %s', (_way, writer) => {
  it('changes in what was asked for, and in no other byte', async () => {
    const { source, start, changes } = open(writer);
    const one = update(images(4, ['https://a/1.png']));
    const two = update(images(13, ['https://a/2.png', 'https://a/ü🙂.png']));
    source.put(one.asked);
    source.put(two.asked);
    await source.flush();
    const expected = editWorkflow(start.text, [
      images(4, ['https://a/1.png']),
      images(13, ['https://a/2.png', 'https://a/ü🙂.png']),
    ]);
    expect(await readFile(path, 'utf8')).toBe(expected);
    expect([...one.told, ...two.told]).toEqual(['written', 'written']);
    expect(changes).toEqual([]);
  });

  it('loses a property that is to go', async () => {
    theirs({ nodeId: 4, properties: { _cacheKey: 'v1:x' } });
    const { source } = open(writer);
    source.put(update({ nodeId: 4, properties: { _cacheKey: undefined } }).asked);
    await source.flush();
    expect(propertiesIn(4)).not.toHaveProperty('_cacheKey');
  });

  it('keeps what somebody else saved meanwhile, and the run hears of it once', async () => {
    const { source, changes } = open(writer);
    theirs({ nodeId: 13, properties: { aspectRatio: '1:1' } });
    source.put(update(images(4, ['https://a/1.png'])).asked);
    await source.flush();
    source.put(update(images(4, ['https://a/2.png'])).asked);
    await source.flush();
    expect(propertiesIn(13).aspectRatio).toBe('1:1');
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/2.png']);
    expect(changes.map((now) => now.nodes.get(13)?.properties.aspectRatio)).toEqual(['1:1']);
  });

  it('keeps what somebody saved while our edits were being worked out', async () => {
    const { source, changes } = open(writer);
    const { asked, told } = update(images(4, ['https://a/1.png']));
    let asks = 0;
    source.put({
      ...asked,
      edits: (workflow) => {
        asks++;
        if (asks === 1) theirs({ nodeId: 13, properties: { aspectRatio: '1:1' } });
        return asked.edits(workflow);
      },
    });
    await source.flush();
    expect(asks).toBe(2);
    expect(propertiesIn(13).aspectRatio).toBe('1:1');
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/1.png']);
    expect(changes).toHaveLength(1);
    expect(told).toEqual(['written']);
  });

  it('takes what fits, and tells once of what does not, however often it had to begin again', async () => {
    const { source } = open(writer);
    const fits = update(images(4, ['https://a/1.png']));
    const not = update();
    let asks = 0;
    source.put(fits.asked);
    source.put({
      ...not.asked,
      edits: () => {
        asks++;
        if (asks === 1) theirs({ nodeId: 13, properties: { aspectRatio: '1:1' } });
        return null;
      },
    });
    await source.flush();
    expect(asks).toBe(2);
    expect(fits.told).toEqual(['written']);
    expect(not.told).toEqual(['unfit']);
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/1.png']);
  });

  it('has an output before that counts as written', async () => {
    const { source } = open(writer);
    let found: unknown;
    source.put({
      ...update(images(4, ['https://a/1.png'])).asked,
      written: async () => {
        found = propertiesIn(4)._savedImages;
      },
    });
    await source.flush();
    expect(found).toEqual(['https://a/1.png']);
  });

  it('that was moved away is told; what waits is written when it is back', async () => {
    const { source } = open(writer);
    const { asked, told } = update(images(4, ['https://a/1.png']));
    await rename(path, `${path}.away`);
    source.put(asked);
    expect(await failureOf(source.flush())).toMatchObject({ code: 'workflow-missing', where: path });
    expect(told).toEqual([]);
    await rename(`${path}.away`, path);
    await source.flush();
    expect(told).toEqual(['written']);
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/1.png']);
  });

  it('that somebody left broken stays as they left it, and is written when it is mended', async () => {
    const { source, start } = open(writer);
    const { asked, told } = update(images(4, ['https://a/1.png']));
    const broken = start.text.slice(0, 1000);
    writeFileSync(path, broken);
    source.put(asked);
    expect(await failureOf(source.flush())).toMatchObject({ code: 'workflow-unreadable' });
    expect(await readFile(path, 'utf8')).toBe(broken);
    writeFileSync(path, start.text);
    await source.flush();
    expect(told).toEqual(['written']);
  });

  it('tells of a problem while it gathers, and tries again with the next output', async () => {
    const { source, problems } = open(writer, { ...systemClock, sleep: async () => undefined });
    const first = update(images(4, ['https://a/1.png']));
    await rename(path, `${path}.away`);
    source.put(first.asked);
    await soon(() => problems).toHaveLength(1);
    await rename(`${path}.away`, path);
    source.put(update(images(13, ['https://a/2.png'])).asked);
    await soon(() => first.told).toEqual(['written']);
    expect(propertiesIn(13)._savedImages).toEqual(['https://a/2.png']);
  });

  it('is looked at: a change of somebody else is told, ours and none are not', async () => {
    const { source, changes } = open(writer);
    await source.look();
    source.put(update(images(4, ['https://a/1.png'])).asked);
    await source.flush();
    await source.look();
    expect(changes).toHaveLength(0);
    theirs({ nodeId: 13, properties: { aspectRatio: '1:1' } });
    await source.look();
    await source.look();
    expect(changes).toHaveLength(1);
    expect(changes[0]?.nodes.get(4)?.properties._savedImages).toEqual(['https://a/1.png']);
    expect(changes[0]?.nodes.get(13)?.properties.aspectRatio).toBe('1:1');
  });

  it('brings all nodes and links of a version that somebody else saved', async () => {
    const { source, changes } = open(writer);
    const many = Array.from({ length: 350 }, (_, i) => image(i + 1, { title: `Scene ${i}` }));
    const wires = many.slice(1).map(({ id }): [number, number, string] => [id - 1, id, 'image 1']);
    const tabs = [testTab('A', many, wires), testTab('B', [image(1001)]), testTab('C', [])];
    const text = JSON.stringify({ name: 'theirs', tabs });
    writeFileSync(path, text);
    await source.look();
    const expected = parseWorkflow(text, path);
    expect({ ...changes[0] }).toEqual({
      file: path,
      name: 'theirs',
      baseName: expected.baseName,
      tabs: expected.tabs,
      nodes: expected.nodes,
      fields: {},
    });
    const [first] = changes[0]?.tabs[0]?.nodes ?? [];
    expect(changes[0]?.nodes.get(1)).toBe(first);
  });

  it('never hands out a text, which the next write would make an old one', async () => {
    const { source, changes } = open(writer);
    theirs(images(13, ['https://a/1.png']));
    await source.look();
    expect(() => changes[0]?.text).toThrow('lies with its writer');
  });

  it('is exported as the run knows it, whatever became of it since, and never over an export', async () => {
    const { source } = open(writer);
    source.put(update(images(4, ['https://a/1.png'])).asked);
    await source.flush();
    const ours = await readFile(path, 'utf8');
    writeFileSync(path, 'no workflow at all');
    const place = { generations: join(folder, 'Generations'), code: 'XYZG3', version: 'V0-2' };
    const at = new Date(2026, 0, 2, 3, 4, 5).getTime();
    const exports = [await source.export(place, at), await source.export(place, at)];
    expect(await Promise.all(exports.map((file) => readFile(file, 'utf8')))).toEqual([ours, ours]);
    expect(await readdir(place.generations)).toEqual([
      'XYZG3-V0-2-generated-20260102-030405-2.nbflow',
      'XYZG3-V0-2-generated-20260102-030405.nbflow',
    ]);
  });

  it('waits for another process that changes it in between, and merges', async () => {
    const waits = Promise.withResolvers<void>();
    const { source } = open(writer, systemClock, (file, what, work) => {
      waits.resolve();
      return alone(file, what, work);
    });
    const holds = Promise.withResolvers<void>();
    let held = true;
    const other = alone(writeLockOf(path), 'pick', async () => {
      const text = await readFile(path, 'utf8');
      holds.resolve();
      await waits.promise;
      await writeFile(path, editWorkflow(text, [{ nodeId: 13, properties: { aspectRatio: '1:1' } }]));
      held = false;
    });
    await holds.promise;
    const heldAtOurs: boolean[] = [];
    source.put({
      ...update().asked,
      edits: () => {
        heldAtOurs.push(held);
        waits.resolve();
        return [images(4, ['https://a/1.png'])];
      },
    });
    await Promise.all([source.flush(), other]);
    expect(heldAtOurs).toEqual([false]);
    expect(propertiesIn(13).aspectRatio).toBe('1:1');
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/1.png']);
  });

  it('ends with all that we and others wrote, in whatever order we did', async () => {
    const ids = [4, 13, 22, 31];
    const step = fc.record({
      who: fc.constantFrom('we', 'they', 'flush', 'look'),
      node: fc.constantFrom(...ids),
      value: fc.string(),
    });
    const original = readFileSync(path, 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        writeFileSync(path, original);
        const { source } = open(writer);
        const expected = new Map<string, string>();
        for (const { who, node, value } of steps) {
          if (who === 'flush') await source.flush();
          else if (who === 'look') await source.look();
          else {
            // Each has properties of their own: what both write, the last one decides.
            const name = who === 'we' ? 'ours' : 'theirs';
            expected.set(`${node}.${name}`, value);
            const edit: NodeEdit = { nodeId: node, properties: { [name]: value } };
            if (who === 'we') source.put(update(edit).asked);
            else {
              // Not in the middle of a write of ours: a plain save knows no lock.
              await source.flush();
              theirs(edit);
            }
          }
        }
        await source.flush();
        await source.close();
        for (const [place, value] of expected) {
          const [node, name] = place.split('.');
          expect(propertiesIn(Number(node))[name ?? '']).toBe(value);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('how often', () => {
  /** A clock that only the test moves on; rests end when they are let. */
  function ownClock() {
    let now = 0;
    const rests: { ms: number; end: () => void; ended: boolean }[] = [];
    const clock: Clock = {
      now: () => now,
      monotonic: () => now,
      sinceBoot: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const rest = { ms, end: resolve, ended: false };
          rests.push(rest);
          signal?.addEventListener('abort', () => {
            rest.ended = true;
            reject(signal.reason);
          });
        }),
    };
    return { clock, rests, pass: (ms: number) => (now += ms) };
  }
  const here = (start: Workflow) => createSourceWriter(knownAs(start), nodeDisk);
  /** An update whose write takes `ms` of the test's clock. */
  const slow = (nodeId: number, ms: number, pass: (ms: number) => number): SourceUpdate => ({
    ...update().asked,
    edits: () => {
      pass(ms);
      return [images(nodeId, [`https://a/${nodeId}.png`])];
    },
  });
  const makeLarge = () => theirs({ nodeId: 1, properties: { note: 'x'.repeat(LARGE_BYTES) } });

  it('a small file is written at once, and rests after a slow write', async () => {
    const { clock, rests, pass } = ownClock();
    const { source } = open(here, clock);
    source.put(slow(4, 100, pass));
    await soon(() => propertiesIn(4)._savedImages).toEqual(['https://a/4.png']);
    expect(rests).toEqual([]);
    await source.look();
    source.put(slow(13, 100, pass));
    await soon(() => rests.map(({ ms }) => ms)).toEqual([400]);
  });

  it('a large file gathers for two seconds, or until writing is a twenty-fifth of the time', async () => {
    makeLarge();
    const { clock, rests, pass } = ownClock();
    const { source } = open(here, clock);
    source.put(slow(4, 1000, pass));
    source.put(slow(13, 0, pass));
    await soon(() => rests.map(({ ms }) => ms)).toEqual([2000]);
    expect(propertiesIn(4)._savedImages).toEqual([]);
    rests[0]?.end();
    await soon(() => propertiesIn(13)._savedImages).toEqual(['https://a/13.png']);
    await source.look();
    source.put(slow(22, 0, pass));
    await soon(() => rests.map(({ ms }) => ms)).toEqual([2000, 24_000]);
  });

  it('a flush takes what was gathered, and nothing rests after it', async () => {
    makeLarge();
    const { clock, rests, pass } = ownClock();
    const { source, problems } = open(here, clock);
    source.put(slow(4, 0, pass));
    await soon(() => rests).toHaveLength(1);
    await source.flush();
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/4.png']);
    expect(rests[0]?.ended).toBe(true);
    expect(problems).toEqual([]);
  });
});

describe('a thread of its own', () => {
  const [, ownThread] = ways[1] ?? [];
  const onThread = (start: Workflow): SourceWriter => {
    if (!ownThread) throw new Error('there is no such way');
    return ownThread(start);
  };

  it('knows a content of several pieces as it is, with characters of every width', async () => {
    theirs({ nodeId: 1, properties: { note: `${'a'.repeat(1000)}${'é🙂'.repeat(1_500_000)}` } });
    const { source, start, changes } = open(onThread);
    source.put(update(images(4, ['https://a/1.png'])).asked);
    await source.flush();
    expect(changes).toEqual([]);
    expect(
      (await readFile(path, 'utf8')) === editWorkflow(start.text, [images(4, ['https://a/1.png'])]),
    ).toBe(true);
  });

  it('takes over a content of a few bytes too', async () => {
    writeFileSync(path, JSON.stringify({ tabs: [testTab('A', [image(4)])] }));
    const { source, changes } = open(onThread);
    source.put(update(images(4, ['https://a/1.png'])).asked);
    await source.flush();
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/1.png']);
    expect(changes).toEqual([]);
  });

  it('that dies makes the write fail; the next one reads everything anew and goes on', async () => {
    const { source } = open(onThread);
    source.put(update(images(13, ['https://a/0.png'])).asked);
    await source.flush();
    const { asked, told } = update(images(4, ['https://a/1.png']));
    const [thread] = threads;
    let ended: Promise<unknown> | undefined;
    source.put({
      ...asked,
      edits: (workflow) => {
        ended ??= thread?.terminate();
        return asked.edits(workflow);
      },
    });
    await expect(source.flush()).rejects.toThrow('The thread that writes the workflow file ended.');
    await ended;
    expect(told).toEqual([]);
    await source.flush();
    expect(told).toEqual(['written']);
    expect(propertiesIn(4)._savedImages).toEqual(['https://a/1.png']);
    expect(propertiesIn(13)._savedImages).toEqual(['https://a/0.png']);
    expect(threads).toHaveLength(2);
  });
});
