import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../../shared/failure.ts';
import { applyHistoryChange, type HistoryView } from '../../../shared/history.ts';
import { openDatabase } from '../../db/database.ts';
import { takeBackup } from '../../history/backup.ts';
import { systemClock } from '../../platform/clock.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { type Flowdeck, openFlowdeck } from '../flowdeck.ts';

const TEXT = '{"name":"XYZG3-V0-1","version":2,"tabs":[]}';
let folder: string;
let flowdeck: Flowdeck;
let workflow: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-listing-'));
  await mkdir(join(folder, 'project/testing'), { recursive: true });
  workflow = join(folder, 'project/testing/XYZG3-V0-1.nbflow');
  await writeFile(workflow, TEXT);
  flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
});
afterEach(async () => {
  await flowdeck.close();
  await rm(folder, { recursive: true, force: true });
});

/** One who watches, and folds as the window does. Every change must have the number after the message before. */
async function reader(path = workflow) {
  const messages = (await flowdeck.history.watch(path)).subscribe();
  let view: HistoryView | null = null;
  let seq = -1;
  const sizes: number[] = [];
  return {
    /** Folds until it holds. */
    async until(holds: (view: HistoryView) => boolean): Promise<HistoryView> {
      while (view === null || !holds(view)) {
        const { value: message } = await messages.next();
        if (!message) throw new Error('the topic ended early');
        if (seq !== -1) expect(message.seq).toBe(seq + 1);
        seq = message.seq;
        if (message.kind === 'snapshot') view = message.value;
        else if (view !== null) view = applyHistoryChange(view, message.change);
        sizes.push(message.kind === 'snapshot' ? message.value.entries.length : message.change.placed.length);
      }
      return view;
    },
    sizes,
    leave: () => messages.return(),
  };
}

const backupsIn = ({ entries }: HistoryView) => entries.filter(({ kind }) => kind === 'backup');
const failureOf = async (work: Promise<unknown>) =>
  toFailure(
    await work.then(
      () => 'done',
      (error: unknown) => error,
    ),
  );

describe('who watches a history', () => {
  it('gets it at once, and the hash of the file and the space soon', async () => {
    await flowdeck.history.backup(workflow, {});
    const one = await reader();
    const view = await one.until(({ live, space }) => live?.sha256 !== '' && space.onDisk > 0);
    expect(view.entries.map(({ kind }) => kind)).toEqual(['backup', 'version']);
    expect(view.entries[1]?.sha256).toBe(view.entries[0]?.sha256);
    expect(view.space).toMatchObject({ backups: 1, onDisk: TEXT.length, thinnable: 0 });
    expect(view).toEqual(await flowdeck.history.list(workflow));
    await one.leave();
  });

  it('sees what is done here: a backup, a pin, the next version', async () => {
    const one = await reader();
    const { id } = await flowdeck.history.backup(workflow, { reason: 'Good one!' });
    const taken = await one.until((view) => backupsIn(view).length === 1);
    expect(backupsIn(taken)[0]).toMatchObject({ id, reason: 'good-one', pinned: false });
    await flowdeck.history.annotate(id.slice(0, 8), { pinned: true, note: ' the hook ' });
    const pinned = await one.until((view) => backupsIn(view)[0]?.pinned === true);
    expect(backupsIn(pinned)[0]).toMatchObject({ note: 'the hook', backup: { kept: 'pinned' } });
    const { path } = await flowdeck.history.bump(workflow, 'next');
    const bumped = await one.until(({ live }) => live === null);
    expect(bumped.entries[0]).toMatchObject({ id: path, live: true, note: 'next' });
    await one.leave();
  });

  it('sees what another process does, what is put into backups/, and what becomes of the file', async () => {
    const one = await reader();
    await one.until(({ live }) => live?.sha256 !== '');
    const other = openDatabase(flowdeck.paths.database);
    await takeBackup(workflow, Buffer.from('{}'), 'pre-run', {
      db: other,
      disk: nodeDisk,
      clock: systemClock,
    });
    other.close();
    await one.until((view) => backupsIn(view).length === 1);
    const copy = join(folder, 'project/backups/XYZG3-V0-1.nbflow.bak-2026-01-05-theirs');
    await writeFile(copy, 'theirs');
    const view = await one.until((now) => backupsIn(now).length === 2);
    expect(view.entries.at(-1)).toMatchObject({ id: copy, backup: { known: false } });
    await writeFile(workflow, `${TEXT} `);
    await one.until(({ live }) => live?.size === TEXT.length + 1);
    await rm(workflow);
    await one.until(({ live, entries }) => live === null && entries.every((entry) => !entry.live));
    await one.leave();
  });

  it('gets a long history in pieces, also who comes later', async () => {
    const { db } = flowdeck;
    const content = await db.backups.pack(Buffer.from('{}'), workflow);
    await db.commits.write(() => {
      for (let i = 0; i < 2500; i++) {
        const row = { workflow, path: null, reason: 'pre-run', origin: 'automatic', at: i } as const;
        db.backups.put({ ...row, id: `row-${i}` }, content);
      }
    });
    const one = await reader();
    const whole = await one.until(({ entries, total }) => entries.length === total);
    expect(one.sizes[0]).toBe(200);
    expect(Math.max(...one.sizes)).toBeLessThanOrEqual(1000);
    expect(backupsIn(whole).map(({ id }) => id)).toEqual(
      Array.from({ length: 2500 }, (_, i) => `row-${2499 - i}`),
    );
    const late = await reader();
    expect((await late.until(({ entries }) => entries.length === 2501)).entries).toEqual(whole.entries);
    expect(late.sizes).toEqual([200, 1000, 1000, 301]);
    await Promise.all([one.leave(), late.leave()]);
  });

  it('shares its topic with others, which is gone when the last one leaves', async () => {
    const [one, two] = [await reader(), await reader()];
    const topic = await flowdeck.history.watch(workflow);
    await Promise.all([one.until(() => true), two.until(() => true)]);
    expect(topic.readers()).toBe(2);
    await one.leave();
    await two.leave();
    expect(topic.readers()).toBe(0);
    expect(await flowdeck.history.watch(workflow)).not.toBe(topic);
  });
});

describe('a backup by hand', () => {
  it('is taken of what is no workflow too, and its name stays in backups/', async () => {
    await writeFile(workflow, 'cut sho');
    const { path, problem } = await flowdeck.history.backup(workflow, { reason: '../../up', note: 'before' });
    expect([path?.startsWith(join(folder, 'project/backups/XYZG3-V0-1.nbflow.bak-')), problem]).toEqual([
      true,
      null,
    ]);
    expect(path).toMatch(/-up$/);
    expect(await readFile(path ?? '', 'utf8')).toBe('cut sho');
    const [entry] = backupsIn(await flowdeck.history.list(workflow));
    expect(entry).toMatchObject({ reason: 'up', note: 'before', backup: { origin: 'hand', kept: 'named' } });
  });

  it('is refused of what is no file, and of what is no workflow file', async () => {
    await writeFile(join(folder, 'notes.txt'), '');
    for (const path of [join(folder, 'project'), `${workflow}.not`, join(folder, 'notes.txt')]) {
      expect((await failureOf(flowdeck.history.backup(path, {}))).code).toBe('workflow-missing');
    }
  });
});

describe('what people say of an entry', () => {
  it("has somebody else's copy adopted, whose id is another then", async () => {
    await mkdir(join(folder, 'project/backups'));
    const copy = join(folder, 'project/backups/XYZG3-V0-1.nbflow.bak-2026-01-05-theirs');
    await writeFile(copy, 'theirs');
    const { id } = await flowdeck.history.annotate(copy, { note: 'theirs' });
    const [entry] = backupsIn(await flowdeck.history.list(workflow));
    expect(entry).toMatchObject({
      id,
      note: 'theirs',
      pinned: false,
      backup: { known: true, origin: 'found' },
    });
    expect((await flowdeck.history.adopt(workflow, copy)).id).toBe(id);
  });

  it('may be of a live version, and keeps what is not told anew', async () => {
    await flowdeck.history.annotate(workflow, { note: 'the first' });
    await flowdeck.history.annotate(workflow, { pinned: true });
    const [version] = (await flowdeck.history.list(workflow)).entries;
    expect(version).toMatchObject({ id: workflow, note: 'the first', pinned: true });
  });

  it('is refused where there is no such entry, or several begin so', async () => {
    expect((await failureOf(flowdeck.history.annotate('00000000-0000', {}))).code).toBe('not-found');
    expect((await failureOf(flowdeck.history.annotate(join(folder, 'data/settings.json'), {}))).code).toBe(
      'not-found',
    );
    const { db } = flowdeck;
    const content = await db.backups.pack(Buffer.from('{}'), workflow);
    for (const id of ['abcdef01-1', 'abcdef01-2']) {
      db.backups.put({ id, workflow, path: null, reason: 'manual', origin: 'hand', at: 1 }, content);
    }
    expect((await failureOf(flowdeck.history.annotate('abcdef01', { pinned: true }))).code).toBe('usage');
    expect(await flowdeck.history.annotate('abcdef01-2', { pinned: true })).toEqual({ id: 'abcdef01-2' });
  });
});
