import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../shared/history.ts';
import { nodeFolders } from '../platform/folders.ts';
import { localDay, takeBackup } from './backup.ts';
import { bump } from './bump.ts';
import { adoptCopy } from './foreign-adopt.ts';
import { lineageOf } from './lineage.ts';
import { listLines } from './list.ts';
import { listFacts } from './list-facts.ts';
import { type Desk, openDesk } from './test-support.ts';

let desk: Desk;
let workflow: string;
let now: number;
const text = (name: string): string => JSON.stringify({ name, version: 2, tabs: [] });

beforeEach(async () => {
  desk = await openDesk();
  workflow = join(desk.testing, 'XYZG3-V0-1.nbflow');
  now = Date.now();
  await writeFile(workflow, text('XYZG3-V0-1'));
});
afterEach(() => desk.close());

async function list(): Promise<{ entries: HistoryEntry[]; problems: string[] }> {
  const lineage = lineageOf(workflow);
  const facts = await listFacts(lineage, { db: desk.deps.db, folders: nodeFolders, now: () => Date.now() });
  const annotations = desk.deps.db.annotations.all();
  const input = { lineage, facts, annotations, kept: new Map(), runsNow: new Map() };
  const entries = await Promise.all(listLines(input, nodeFolders).map((line) => line.entry(1)));
  return { entries: entries.filter((entry) => entry !== null), problems: facts.problems };
}
const told = ({ kind, version, reason, name }: HistoryEntry) => `${kind} ${version ?? name} ${reason}`;
const backUp = (reason: string, at = now) =>
  takeBackup(workflow, Buffer.from(reason), reason, {
    ...desk.deps,
    clock: { ...desk.deps.clock, now: () => at },
  });
const putCopy = async (name: string, content = 'theirs') => {
  await mkdir(desk.backups, { recursive: true });
  await writeFile(join(desk.backups, name), content);
  return join(desk.backups, name);
};

describe('the history of a workflow', () => {
  it('has its versions, live and superseded, and their backups', async () => {
    await backUp('pre-run', now - 1000);
    const { path } = await bump(workflow, {}, desk.deps);
    const { entries, problems } = await list();
    expect(entries.map(told)).toEqual([
      'version V0-2 bump',
      'version V0-1 superseded',
      'backup V0-1 pre-run',
    ]);
    expect(entries[0]).toMatchObject({ id: path, live: true, backup: null });
    expect(entries[1]).toMatchObject({
      live: false,
      backup: { origin: 'version', known: true, onDisk: true },
    });
    expect(problems).toEqual([]);
  });

  it('has nothing of other workflows in the same folders', async () => {
    await writeFile(join(desk.testing, 'XYZG4-V0-1.nbflow'), text('XYZG4-V0-1'));
    await writeFile(join(desk.testing, 'XYZG3-V0-1-generated.nbflow'), text('XYZG3-V0-1'));
    await takeBackup(join(desk.testing, 'XYZG4-V0-1.nbflow'), Buffer.from('x'), 'manual', desk.deps);
    await putCopy('XYZG4-V0-3.nbflow');
    await putCopy('notes.txt');
    expect((await list()).entries.map(told)).toEqual(['version V0-1 live']);
  });

  it('keeps the order in which backups were taken when the clock was set back', async () => {
    await backUp('first', now - 1000);
    await backUp('second', now + 86_400_000);
    await backUp('third', now - 86_400_000);
    const backups = (await list()).entries.filter(({ kind }) => kind === 'backup');
    expect(backups.map(({ reason }) => reason)).toEqual(['third', 'second', 'first']);
    expect(backups[0]?.at).toBe(new Date(now - 86_400_000).toISOString());
  });

  it('says of a copy whose name was given again that it is the newer one’s', async () => {
    await backUp('same', now - 2000);
    await rm(desk.backups, { recursive: true });
    await backUp('same', now - 1000);
    const backups = (await list()).entries.filter(({ kind }) => kind === 'backup');
    expect(backups.map(({ backup, path }) => [backup?.onDisk, path !== null])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('has a copy of today at the time of its file, not before all that came after it', async () => {
    const copy = await putCopy(`XYZG3-V0-1.nbflow.bak-${localDay(now)}-theirs`);
    await utimes(copy, new Date(now - 2000), new Date(now - 2000));
    await backUp('ours', now - 1000);
    const backups = (await list()).entries.filter(({ kind }) => kind === 'backup');
    expect(backups.map(({ reason }) => reason)).toEqual(['ours', 'theirs']);
  });

  it('stays whole when backups/ is deleted: what is in the database alone is told', async () => {
    await backUp('pre-run');
    await rm(desk.backups, { recursive: true });
    const backup = (await list()).entries.find(({ kind }) => kind === 'backup');
    expect(backup).toMatchObject({ path: null, hasContent: true, backup: { onDisk: false } });
  });

  it('tells a file that stands where backups/ should be, and lists what the database has', async () => {
    await backUp('pre-run');
    await rm(desk.backups, { recursive: true });
    await writeFile(desk.backups, 'no folder');
    const { entries, problems } = await list();
    expect(entries.map(told)).toContain('backup V0-1 pre-run');
    expect(problems).toEqual([expect.stringContaining(desk.backups)]);
  });

  it('tells two files that claim one version', async () => {
    await mkdir(join(desk.testing, '../approved'));
    await writeFile(join(desk.testing, '../approved/XYZG3-V0-1.nbflow'), text('XYZG3-V0-1'));
    const { entries, problems } = await list();
    expect(entries.filter(({ live }) => live)).toHaveLength(2);
    expect(problems).toEqual([expect.stringMatching(/^V0-1 is claimed by 2 files: .*testing.*approved/)]);
  });

  it('has the file of a workflow without a version, whose name is all there is', async () => {
    workflow = join(desk.testing, 'My ad.nbflow');
    await writeFile(workflow, text('My ad'));
    await backUp('manual');
    expect((await list()).entries.map(told).toSorted()).toEqual([
      'backup My ad manual',
      'version My ad live',
    ]);
  });
});

describe("somebody else's copies", () => {
  it('are listed under the day and the reason of their names, or under the whole of these', async () => {
    await putCopy('XYZG3-V0-1.nbflow.bak-2026-01-05-pre-fanout');
    await putCopy('XYZG3-V0-4.nbflow');
    await putCopy('XYZG3-V0-1-broken');
    await mkdir(join(desk.backups, 'XYZG3-V0-9.nbflow'));
    const others = (await list()).entries.filter(({ backup }) => backup?.known === false);
    expect(others.map(told).toSorted()).toEqual([
      ...['backup V0-1 pre-fanout', 'backup XYZG3-V0-1-broken found', 'version V0-4 found'],
    ]);
    const dated = others.find(({ reason }) => reason === 'pre-fanout');
    expect(dated).toMatchObject({
      size: 6,
      sha256: null,
      workflow,
      backup: { kept: 'foreign', onDisk: true },
    });
    expect(new Date(dated?.at ?? '').toLocaleDateString('sv-SE')).toBe('2026-01-05');
  });

  it('may be links, and are not listed where these lead nowhere', async () => {
    await putCopy('elsewhere');
    await symlink(
      join(desk.backups, 'elsewhere'),
      join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-01-05-link'),
    );
    await symlink(join(desk.backups, 'nowhere'), join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-01-05-dead'));
    expect((await list()).entries.map(told)).toEqual(['version V0-1 live', 'backup V0-1 link']);
  });

  it('are listed once, at the same place, when they are adopted', async () => {
    await backUp('pre-run', now - 1000);
    const copy = await putCopy('XYZG3-V0-1.nbflow.bak-2026-01-05-pre-fanout');
    const before = (await list()).entries.map(told);
    const id = await adoptCopy(copy, { ...desk.deps, folders: nodeFolders });
    const { entries } = await list();
    expect(entries.map(told)).toEqual(before);
    expect(entries.at(-1)).toMatchObject({ id, path: copy, backup: { origin: 'found', known: true } });
  });
});
