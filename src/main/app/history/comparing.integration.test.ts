import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../../shared/failure.ts';
import { MOST_NODES } from '../../../shared/workflow-diff.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { type Backup, takeBackup } from '../../history/backup.ts';
import { systemClock } from '../../platform/clock.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { openSettings, type SettingsStore } from '../../platform/settings-store.ts';
import { editWorkflow } from '../../workflow/edit.ts';
import { fixturePath } from '../../workflow/fixtures/expected.ts';
import { findPlaces } from '../places.ts';
import { runSummary } from '../test-support.ts';
import { type OpenComparing, openComparing } from './comparing.ts';

/** Comparisons with a real database, real files and the real thread. */

let folder: string;
let file: string;
let db: Database;
let settings: SettingsStore;
let comparing: OpenComparing;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-comparing-'));
  file = join(folder, 'project', 'testing', 'XYZG3-V0-3.nbflow');
  await mkdir(join(folder, 'project', 'testing'), { recursive: true });
  await writeFile(file, await readFile(fixturePath('valid/XYZG3-V0-3.nbflow')));
  db = openDatabase(join(folder, 'flowdeck.db'));
  settings = await openSettings(join(folder, 'settings.json'));
  comparing = openComparing({ db, settings, clock: systemClock, diffWorker: findPlaces().diffWorker });
});
afterEach(async () => {
  await comparing.close();
  settings.close();
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const live = () => ({ of: 'file' as const, path: file });
const edited = async (nodeId: number, properties: Record<string, string>) =>
  Buffer.from(editWorkflow(await readFile(file, 'utf8'), [{ nodeId, properties }]));
const backUp = async (content?: Uint8Array): Promise<Backup> =>
  takeBackup(file, content ?? (await readFile(file)), 'pre-run', { db, disk: nodeDisk, clock: systemClock });
const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof FlowdeckError ? error.failure : error),
  );

/** A run in the books; the backup is what it noted to have begun with. */
async function putRun(
  backup: string | null,
  output: string | null,
  runId: string = randomUUID(),
): Promise<string> {
  const at = Date.now();
  const summary = runSummary({
    ...{ runId, workflow: file, name: 'XYZG3-V0-3', status: 'completed', output },
    ...{ startedAt: new Date(at).toISOString(), finishedAt: new Date(at).toISOString() },
  });
  await db.commits.write(() => {
    db.runs.insert(
      {
        ...{
          id: runId,
          workflow: file,
          name: 'XYZG3-V0-3',
          mode: 'full',
          options: '{}',
          server: '',
          demo: false,
        },
        ...{ pid: process.pid, processStarted: null, startedAt: at, boot: null },
      },
      summary,
    );
    if (backup !== null) db.runs.setBackup(runId, backup);
  });
  return runId;
}

describe('a comparison', () => {
  it('of a file and a backup of it tells both sides and what is different', async () => {
    const backup = await backUp(await edited(7, { variableName: 'other' }));
    const comparison = await comparing.compare({ of: 'entry', id: backup.id }, live());
    expect(comparison).toMatchObject({
      before: { label: 'backup pre-run of XYZG3-V0-3', path: backup.path, sha256: backup.sha256 },
      after: { label: 'XYZG3-V0-3', path: file },
      identical: false,
      diff: { totals: { changed: 1, settings: 1 }, left: 0 },
    });
    expect(comparison.diff.nodes[0]?.settings).toEqual([
      { name: 'variableName', before: '"other"', after: '"pose"' },
    ]);
  });

  it('of the same bytes is told without reading them as a workflow', async () => {
    const noWorkflow = join(folder, 'notes.txt');
    await writeFile(noWorkflow, 'not a workflow');
    const side = { of: 'file' as const, path: noWorkflow };
    expect(await comparing.compare(side, side)).toMatchObject({
      identical: true,
      diff: { nodes: [], left: 0 },
    });
  });

  it('finds a backup in the database when its copy is gone, and says so when neither is sound', async () => {
    const backup = await backUp(await edited(7, { variableName: 'other' }));
    if (backup.path === null) throw new Error('the copy was not written');
    await writeFile(backup.path, 'damaged');
    expect(await comparing.compare({ of: 'entry', id: backup.id }, live())).toMatchObject({
      diff: { totals: { changed: 1 } },
    });
    const other = new Sqlite(join(folder, 'flowdeck.db'));
    other.pragma('foreign_keys = off');
    other.prepare('DELETE FROM blobs WHERE sha256 = ?').run(backup.sha256);
    other.close();
    expect(await failureOf(comparing.compare({ of: 'entry', id: backup.id }, live()))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('damaged or gone'),
    });
  });

  it('says which of the two cannot be read, and compares the next two all the same', async () => {
    const broken = { of: 'file' as const, path: fixturePath('unreadable/wrong-shape.nbflow') };
    expect(await failureOf(comparing.compare(live(), broken))).toMatchObject({
      code: 'workflow-unreadable',
      message: expect.stringMatching(/^The second of the two .*wrong-shape\.nbflow/),
    });
    expect(await failureOf(comparing.compare(broken, live()))).toMatchObject({
      message: expect.stringMatching(/^The first of the two/),
    });
    const other = await backUp(await edited(7, { variableName: 'other' }));
    expect(await comparing.compare(live(), { of: 'entry', id: other.id })).toMatchObject({
      diff: { totals: { changed: 1 } },
    });
  });

  it('of several at once gives each its own answer', async () => {
    const backups: Backup[] = [];
    for (const nodeId of [2, 4, 9])
      backups.push(await backUp(await edited(nodeId, { seed: String(nodeId) })));
    const answers = await Promise.all(
      backups.map(({ id }) => comparing.compare(live(), { of: 'entry', id })),
    );
    expect(answers.map(({ diff }) => diff.nodes.map(({ nodeId }) => nodeId))).toEqual([[2], [4], [9]]);
  });

  it('goes by the names that the settings add', async () => {
    const content = await edited(2, { beschreibung: 'a text' });
    const before = await comparing.diffContents(await readFile(file), content);
    expect(before.totals).toMatchObject({ prompts: 0, settings: 1 });
    await settings.set('workflow.fields', { text: ['beschreibung'] });
    const after = await comparing.diffContents(await readFile(file), content);
    expect(after.totals).toMatchObject({ prompts: 1, settings: 0 });
  });

  it('of the largest workflow tells as many nodes as a window takes, and counts the rest', async () => {
    const node = (id: number, text: string) => ({ id, type: 'Prompt', properties: { mode: 'plain', text } });
    const many = (text: string) =>
      Buffer.from(
        JSON.stringify({
          tabs: [
            { graphData: { nodes: Array.from({ length: 20_000 }, (_, id) => node(id, text)), links: [] } },
          ],
        }),
      );
    const diff = await comparing.diffContents(many('a'), many('b'));
    expect([diff.nodes.length, diff.left, diff.totals.prompts]).toEqual([
      MOST_NODES,
      20_000 - MOST_NODES,
      20_000,
    ]);
  });
});

describe('bytes that are compared', () => {
  it('stay the caller’s', async () => {
    const [before, after] = [await readFile(file), await edited(7, { variableName: 'other' })];
    const copies = [Buffer.from(before), Buffer.from(after)];
    await comparing.diffContents(before, after);
    expect([before, after]).toEqual(copies);
  });

  it('may be one and the same, and may lie in memory they share', async () => {
    const bytes = await readFile(file);
    expect((await comparing.diffContents(bytes, bytes)).nodes).toEqual([]);
    const shared = Buffer.concat([bytes, await edited(7, { variableName: 'other' })]);
    const parts = [shared.subarray(0, bytes.length), shared.subarray(bytes.length)] as const;
    expect((await comparing.diffContents(...parts)).totals.changed).toBe(1);
  });
});

describe('a run', () => {
  it('has what it began with, by the copy it noted, by its id, or as the backup taken since', async () => {
    const content = await edited(7, { variableName: 'other' });
    const backup = await backUp(content);
    for (const noted of [backup.path, backup.id]) {
      const runId = await putRun(noted, null);
      expect(await comparing.compare({ of: 'run', runId, side: 'input' }, live())).toMatchObject({
        before: { label: 'input of the run of XYZG3-V0-3', path: backup.path, sha256: backup.sha256 },
      });
    }
    const runId = await putRun(null, null);
    const taken = await backUp(await edited(7, { variableName: 'third' }));
    expect(await comparing.compare({ of: 'run', runId, side: 'input' }, live())).toMatchObject({
      before: { sha256: taken.sha256 },
    });
  });

  it('whose backup was thinned says so', async () => {
    const backup = await backUp();
    const runId = await putRun(backup.path, null);
    await db.commits.write(() => db.backups.remove([backup.id]));
    expect(await failureOf(comparing.compare({ of: 'run', runId, side: 'input' }, live()))).toMatchObject({
      code: 'not-found',
      message: 'What the run of XYZG3-V0-3 began with is not kept any more.',
    });
  });

  it('that wrote no file says so, and one that did is also found by the id of its line', async () => {
    const none = await putRun(null, null);
    expect(
      await failureOf(comparing.compare({ of: 'run', runId: none, side: 'output' }, live())),
    ).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('wrote no file'),
    });
    const output = join(folder, 'XYZG3-V0-3-generated.nbflow');
    await writeFile(output, await edited(7, { variableName: 'other' }));
    const runId = await putRun(null, output);
    for (const ref of [
      { of: 'run' as const, runId, side: 'output' as const },
      { of: 'entry' as const, id: runId },
      { of: 'entry' as const, id: runId.slice(0, 8) },
    ]) {
      expect(await comparing.compare(live(), ref)).toMatchObject({
        after: { label: 'output of the run of XYZG3-V0-3', path: output },
        diff: { totals: { changed: 1 } },
      });
    }
  });

  it('is meant by the beginning of its id, unless another begins so too', async () => {
    const first = await putRun(null, null, 'abcdef12-0000-4000-8000-000000000001');
    await putRun(null, null, 'abcdef12-0000-4000-8000-000000000002');
    const input = (runId: string) => comparing.compare({ of: 'run', runId, side: 'output' }, live());
    expect(await failureOf(input('ABCDEF12-0000-4000-8000-000000000001'))).toMatchObject({
      message: expect.stringContaining('wrote no file'),
      where: `run ${first}`,
    });
    expect(await failureOf(input('abcdef12'))).toMatchObject({ code: 'usage' });
  });

  it('that nobody knows is not found', async () => {
    expect(
      await failureOf(comparing.compare({ of: 'run', runId: 'nobody', side: 'input' }, live())),
    ).toMatchObject({ code: 'not-found' });
  });
});
