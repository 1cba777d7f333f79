import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';

let folder: string;
let dataDir: string;
const opened: Flowdeck[] = [];
const open = async () => {
  const flowdeck = await openFlowdeck({ face: 'cli', env: {}, dataDir });
  opened.push(flowdeck);
  return flowdeck;
};
const put = async (file: string, content: string) => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return createHash('sha256').update(content).digest('hex');
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-find-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const flowdeck of opened.splice(0)) await flowdeck.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a Flowdeck whose database is damaged', () => {
  it('starts, tells it once, and shows the pictures that lie in its stores', async () => {
    const flowdeck = await open();
    await flowdeck.settings.set('storage.stores', {
      local: { kind: 'local' },
      served: { kind: 'local', publicBaseUrl: 'https://pictures.example/' },
      elsewhere: { kind: 'local', root: join(folder, 'elsewhere') },
      // Its key is not on this machine.
      bucket: {
        kind: 's3',
        endpoint: 'http://127.0.0.1:9',
        bucket: 'b',
        publicBaseUrl: 'https://b.example',
        accessKeyId: 'k',
      },
    });
    await flowdeck.close();
    const here = join(dataDir, 'objects/XYZG3/V0-1/a b.png');
    const sha = await put(here, 'a picture');
    const other = join(folder, 'elsewhere/clip.mp4');
    const otherSha = await put(other, 'a clip');
    await put(join(dataDir, 'objects/.half.png'), 'being written');
    await put(join(dataDir, 'objects/letter.txt'), 'a letter');
    await writeFile(join(dataDir, 'flowdeck.db'), 'no database, but a text of some length');

    const mended = await open();
    const { objects } = mended.db;
    const picture = { sha256: sha, ext: 'png', contentType: 'image/png', size: 9, file: here };
    expect(objects.byUrl(pathToFileURL(here).href)).toEqual(picture);
    expect(objects.byUrl('https://pictures.example/XYZG3/V0-1/a%20b.png')).toEqual(picture);
    expect(objects.byUrl(pathToFileURL(other).href)).toMatchObject({ sha256: otherSha, file: other });
    const told = mended.warnings().filter((warning) => warning.includes('database'));
    expect(told).toEqual([expect.stringContaining('found again on this machine: 2.')]);
    expect((await (await mended.client()).app.info()).warnings).toEqual(mended.warnings());
    const response = await mended.media.respond(new Request(`http://x/media/${sha}.png`));
    expect(await response.text()).toBe('a picture');
    await mended.close();

    expect((await open()).warnings()).toEqual([]);
  });
});
