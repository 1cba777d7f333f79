import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../db/database.ts';
import { pictureIds } from './picture-ids.ts';

let folder: string;
let db: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-pictures-'));
  await mkdir(join(folder, 'project/testing'), { recursive: true });
  await mkdir(join(folder, 'project/refs'), { recursive: true });
  db = openDatabase(join(folder, 'flowdeck.db'));
});
afterEach(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

const workflow = () => join(folder, 'project/testing/XYZG3-V0-1.nbflow');

/** A picture in the database, under an address or none; gives its id in the window. */
async function known(content: string, url: string | null): Promise<string> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const file = join(folder, `${sha256}.png`);
  await writeFile(file, content);
  const object = { sha256, ext: 'png', contentType: 'image/png', size: content.length, file };
  await db.commits.write(() => db.objects.put(object, url));
  return `${sha256}.png`;
}

describe('the picture behind an address', () => {
  it('is found by the address it was stored under, and others have none', async () => {
    const url = 'https://pub-0000.example/XYZG3/scene01-c1.png';
    const id = await known('a', url);
    expect(await pictureIds([`${url}?v=2`, url, 'blob:x', ''], [], db.objects)).toEqual([
      null,
      id,
      null,
      null,
    ]);
  });

  it('is found by what is in a file of a relative path, from the folder of the workflow or of the project', async () => {
    const id = await known('avatar', null);
    await writeFile(join(folder, 'project/refs/avatar.png'), 'avatar');
    const found = await pictureIds(['../refs/avatar.png', 'refs/avatar.png'], [workflow()], db.objects);
    expect(found).toEqual([id, id]);
    expect(await pictureIds(['refs/avatar.png'], [], db.objects)).toEqual([null]);
  });

  it('is not told of a file that the database does not know, or that is no picture by its name', async () => {
    await known('secret', null);
    const picture = join(folder, 'project/refs/never-used.png');
    await writeFile(picture, 'never used');
    await writeFile(join(folder, 'project/refs/key.pem'), 'secret');
    const found = await pictureIds([picture, join(folder, 'project/refs/key.pem'), folder], [], db.objects);
    expect(found).toEqual([null, null, null]);
  });
});
