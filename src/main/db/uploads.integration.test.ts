import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { isSent, type Upload } from './uploads.ts';

let folder: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-uploads-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const uploadOf = (more: Partial<Upload> = {}): Omit<Upload, 'problem'> => ({
  store: 'r2',
  key: 'XYZG3/V0-1/scene03-c1-0123456789ab.png',
  sha256: 'a'.repeat(64),
  file: '/objects/a.png',
  contentType: 'image/png',
  size: 3,
  url: 'https://cdn.example/a.png',
  localUrl: null,
  workflow: '/w/XYZG3-V0-1.nbflow',
  addedAt: 5,
  ...more,
});
const atEndpoint = uploadOf({ store: 'press', url: null, localUrl: 'file:///objects/a.png' });

describe('the uploads', () => {
  it('are listed oldest first, of one workflow or of all', async () => {
    const rows = [
      uploadOf({ key: 'b', addedAt: 2 }),
      uploadOf({ key: 'a', addedAt: 3, workflow: '/w/other.nbflow' }),
      uploadOf({ key: 'c', addedAt: 1 }),
    ];
    await db.commits.write(() => rows.forEach(db.uploads.add));
    expect(db.uploads.list().map(({ key }) => key)).toEqual(['c', 'b', 'a']);
    expect(db.uploads.list('/w/other.nbflow')).toEqual([{ ...rows[1], problem: null }]);
    expect(db.uploads.list('/w/nothing.nbflow')).toEqual([]);
  });

  it('go when they are sent, and keep what went wrong until then', async () => {
    const { store, key } = uploadOf();
    await db.commits.write(() => db.uploads.add(uploadOf()));
    await db.commits.write(() => db.uploads.note(store, key, 'It does not answer.'));
    expect(db.uploads.list()).toMatchObject([{ problem: 'It does not answer.' }]);
    await db.commits.write(() => db.uploads.sent(store, key, 'https://cdn.example/a.png'));
    expect(db.uploads.list()).toEqual([]);
  });

  it('whose address only the store knew stay until it is placed', async () => {
    const { store, key, workflow } = atEndpoint;
    await db.commits.write(() => db.uploads.add(atEndpoint));
    expect(db.uploads.list().map(isSent)).toEqual([false]);
    await db.commits.write(() => db.uploads.placed(store, key, workflow));
    expect(db.uploads.list()).toHaveLength(1);
    await db.commits.write(() => db.uploads.sent(store, key, 'https://press.example/7.png'));
    const row = { url: 'https://press.example/7.png', localUrl: 'file:///objects/a.png' };
    expect(db.uploads.list()).toMatchObject([row]);
    expect(db.uploads.list().map(isSent)).toEqual([true]);
    await db.commits.write(() => db.uploads.placed(store, key, workflow));
    expect(db.uploads.list()).toEqual([]);
  });

  it('of one object for two workflows wait for each of them', async () => {
    const other = uploadOf({ ...atEndpoint, workflow: '/w/other.nbflow' });
    const { store, key } = other;
    await db.commits.write(() => [atEndpoint, other].forEach(db.uploads.add));
    await db.commits.write(() => db.uploads.sent(store, key, 'https://press.example/a.png'));
    await db.commits.write(() => db.uploads.placed(store, key, atEndpoint.workflow));
    expect(db.uploads.list()).toEqual([{ ...other, url: 'https://press.example/a.png', problem: null }]);
  });

  it('that come twice are one, with an address that was known already', async () => {
    const { store, key } = atEndpoint;
    await db.commits.write(() => db.uploads.add(atEndpoint));
    await db.commits.write(() => db.uploads.sent(store, key, 'https://press.example/7.png'));
    await db.commits.write(() => db.uploads.add({ ...atEndpoint, file: '/objects/b.png' }));
    expect(db.uploads.list()).toMatchObject([
      { file: '/objects/b.png', url: 'https://press.example/7.png', localUrl: atEndpoint.localUrl },
    ]);
  });

  it('of a write that fails are not there', async () => {
    const work = db.commits.write(() => {
      db.uploads.add(uploadOf());
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(db.uploads.list()).toEqual([]);
  });
});
