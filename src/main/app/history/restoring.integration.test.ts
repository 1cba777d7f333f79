import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editWorkflow, type NodeEdit, setWorkflowName } from '../../workflow/edit.ts';
import { FIRST, type LineageWorld, openLineageWorld } from './testing/lineage-world.ts';

let world: LineageWorld;
let file: string;
let entry: string;
beforeEach(async () => {
  world = await openLineageWorld();
  file = join(world.testing, FIRST);
  entry = (await world.flowdeck.editing.wipe(file, {})).backup?.id ?? '';
});
afterEach(() => world.close());

const look = (path = file, of = entry) => world.flowdeck.history.preview(path, of);
const save = async (...edits: NodeEdit[]) =>
  writeFile(file, editWorkflow(await readFile(file, 'utf8'), edits));
const NOTHING_DIFFERS = { promptsDiffer: 0, referencesDiffer: 0, nodesAdded: 0, nodesRemoved: 0 };

describe('a look at what a restore would do', () => {
  it('changes nothing, and says what it is and how the file is now', async () => {
    const before = [await world.live(), world.flowdeck.db.backups.below(world.group)];
    const preview = await look();
    expect(preview).toMatchObject({
      ...{ backupId: entry, name: 'XYZG3-V0-1', version: 'V0-1', identical: false, renamedTo: null },
      ...{ ...NOTHING_DIFFERS, cachedNodes: 2, wipeSuggested: false, problem: null, unreadable: null },
    });
    expect(Date.parse(preview.at)).not.toBeNaN();
    expect([await world.live(), world.flowdeck.db.backups.below(world.group)]).toEqual(before);
    // What was seen is what a restore may rely on.
    const { history } = world.flowdeck;
    await history.restore(file, { entry, seen: preview.live?.sha256 ?? null });
    expect(await look()).toMatchObject({ identical: true, live: { sha256: expect.any(String) } });
    await expect(history.restore(file, { entry, seen: preview.live?.sha256 ?? null })).rejects.toMatchObject({
      failure: { code: 'locked' },
    });
  });

  it('suggests to wipe the cache when a prompt is another now', async () => {
    await save({ nodeId: 2, properties: { text: 'A hare.' } });
    expect(await look()).toMatchObject({ ...NOTHING_DIFFERS, promptsDiffer: 1, wipeSuggested: true });
  });

  it('does not where there is no cached output to wipe', async () => {
    const wiped = await world.flowdeck.history.restore(file, { entry });
    await save({ nodeId: 2, properties: { text: 'A hare.' } });
    expect(await look(file, wiped.undoBackupId ?? '')).toMatchObject({
      ...{ promptsDiffer: 1, cachedNodes: 0, wipeSuggested: false },
    });
  });

  it('of a large file comes from a thread, and is the same', async () => {
    const small = await look();
    await world.flowdeck.history.restore(file, { entry });
    await save({ nodeId: 9, properties: { note: 'x'.repeat(400_000) } });
    const { backup } = await world.flowdeck.editing.wipe(file, {});
    const large = await look(file, backup?.id);
    const { backupId: _id, at: _at, live: _live, ...facts } = large;
    expect(small).toMatchObject(facts);
    // It is wiped there, too.
    const { wiped } = await world.flowdeck.history.restore(file, {
      entry: backup?.id ?? '',
      wipeCache: true,
    });
    expect(wiped).toMatchObject({ images: 1, videos: 1, tabs: 1 });
    expect(await readFile(file, 'utf8')).not.toContain('a.example');
  });

  it('of a large file that is none says why, as one of a small one does', async () => {
    for (const length of [10, 400_000]) {
      await rm(file);
      await writeFile(file, `{"tabs": "${'x'.repeat(length)}`);
      const copy = join(world.backups, `${FIRST}.bak-2026-01-01-broken-${length}`);
      await mkdir(world.backups, { recursive: true });
      await writeFile(copy, `{"tabs": ["${'x'.repeat(length)}`);
      expect(await look(file, copy)).toMatchObject({
        backupId: copy,
        problem: null,
        unreadable: expect.stringMatching(/^The backup /),
      });
      await expect(
        world.flowdeck.history.restore(file, { entry: copy, wipeCache: true }),
      ).rejects.toMatchObject({ failure: { code: 'workflow-unreadable' } });
    }
  });

  it('of another version says the name it will have', async () => {
    const text = await readFile(file, 'utf8');
    const other = join(world.testing, 'XYZG3-V0-7.nbflow');
    await writeFile(other, setWorkflowName(text, 'XYZG3-V0-7'));
    expect(await look(other)).toMatchObject({ name: 'XYZG3-V0-1', version: 'V0-1', renamedTo: 'XYZG3-V0-7' });
  });

  it('of a workflow that is gone compares nothing', async () => {
    await rm(file);
    expect(await look()).toMatchObject({
      live: null,
      ...NOTHING_DIFFERS,
      cachedNodes: 2,
      wipeSuggested: false,
    });
  });

  it('says of a damaged backup that it cannot be put back', async () => {
    await rm(world.backups, { recursive: true });
    const db = new BetterSqlite(world.flowdeck.paths.database);
    db.exec("UPDATE blobs SET zstd = x'28b52ffd00'");
    db.close();
    const preview = await look();
    expect(preview.problem).toContain('damaged');
    await expect(world.flowdeck.history.restore(file, { entry })).rejects.toMatchObject({
      failure: { code: 'workflow-unreadable' },
    });
  });
});
