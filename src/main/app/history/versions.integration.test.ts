import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../../shared/failure.ts';
import { takeBackup } from '../../history/backup.ts';
import { systemClock } from '../../platform/clock.ts';
import { hashOf } from '../../platform/content-hash.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { fixtureText } from '../../workflow/fixtures/expected.ts';
import { type Flowdeck, openFlowdeck } from '../flowdeck.ts';

let folder: string;
let workflow: string;
let flowdeck: Flowdeck;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-versions-'));
  workflow = join(folder, 'testing', 'XYZG3-V0-1.nbflow');
  await mkdir(join(workflow, '..'));
  flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
});
afterEach(async () => {
  await flowdeck.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a file that is too large to be read where a window waits', () => {
  const PADDING = `\n${' '.repeat(300_000)}\n`;

  it('gets its next version all the same, with nothing but its name changed', async () => {
    const text = fixtureText('valid/XYZG3-V0-1.nbflow') + PADDING;
    await writeFile(workflow, text);
    const { path, movedTo } = await flowdeck.history.bump(workflow, '');
    expect(await readFile(path, 'utf8')).toBe(text.replace('"name": "XYZG3-V0-1"', '"name": "XYZG3-V0-2"'));
    expect(await readFile(movedTo, 'utf8')).toBe(text);
    expect(await flowdeck.history.undoVersion(path)).toMatchObject({ path: workflow });
    expect(await readFile(workflow, 'utf8')).toBe(text);
  });

  it('is refused when it is no workflow, and nothing is changed', async () => {
    await writeFile(workflow, `{"name": ${PADDING}`);
    const refused = await flowdeck.history.bump(workflow, '').catch(toFailure);
    expect(refused).toMatchObject({ code: 'workflow-unreadable', where: expect.stringContaining(workflow) });
    expect((await readdir(folder)).sort()).toEqual(['data', 'testing']);
    expect(await readdir(join(workflow, '..'))).toEqual(['XYZG3-V0-1.nbflow']);
  });
});

describe('whether a bump is due', () => {
  const text = fixtureText('valid/XYZG3-V0-1.nbflow');
  const advice = async () => flowdeck.history.advice(workflow);
  /** As a run leaves it: what it began with is in a backup. */
  const ran = async () => {
    const deps = { db: flowdeck.db, disk: nodeDisk, clock: systemClock };
    await takeBackup(workflow, await readFile(workflow), 'pre-run', deps);
  };

  it('is told for what a person changed since the last run, until it runs again', async () => {
    await writeFile(workflow, text);
    expect(await advice()).toMatchObject({ suggested: false, from: 'V0-1', to: 'V0-2', graduated: 'V1' });
    await ran();
    await writeFile(workflow, text.replace('"aspectRatio": "9:16"', '"aspectRatio": "16:9"'));
    expect(await advice()).toMatchObject({ suggested: true, reasons: [expect.stringContaining('setting')] });
    await ran();
    expect(await advice()).toMatchObject({ suggested: false, reasons: [] });
  });

  it('is not told of a version that was made and not run', async () => {
    await writeFile(workflow, text);
    await ran();
    await flowdeck.editing.wipe(workflow, {});
    const { path } = await flowdeck.history.bump(workflow, '');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"9:16"', '"16:9"'));
    expect(await flowdeck.history.advice(path)).toMatchObject({ suggested: false, from: 'V0-2' });
  });

  it('is not told after going back, but for what is changed then', async () => {
    await writeFile(workflow, text);
    await ran();
    const other = text.replace('"9:16"', '"16:9"');
    await writeFile(workflow, other);
    expect(await advice()).toMatchObject({ suggested: true });
    const first = await flowdeck.history.backup(workflow, { reason: 'try' });
    await writeFile(workflow, text);
    await flowdeck.history.restore(workflow, { entry: first.id });
    // Other than what ran, and yet what was: a person went back to it.
    expect(await readFile(workflow, 'utf8')).toBe(other);
    expect(await advice()).toMatchObject({ suggested: false });
    await writeFile(workflow, text);
    expect(await advice()).toMatchObject({ suggested: true, reasons: [expect.stringContaining('setting')] });
  });

  it('is not told of a path that the run replaced by the address of the same picture', async () => {
    const avatar = 'https://pub-0000.r2.dev/avatar-sheets/a.jpg';
    await mkdir(join(folder, 'refs'));
    await writeFile(join(folder, 'refs', 'a.png'), 'a picture');
    await writeFile(workflow, text.replaceAll(avatar, '../refs/a.png'));
    await ran();
    const stored = `https://pub-1.r2.dev/refs/${await hashOf(Buffer.from('a picture'))}.png`;
    await writeFile(workflow, text.replaceAll(avatar, stored));
    expect(await advice()).toMatchObject({ suggested: false });
    await writeFile(workflow, text.replaceAll(avatar, 'https://pub-1.r2.dev/avatar-sheets/b.png'));
    expect(await advice()).toMatchObject({
      suggested: true,
      reasons: [expect.stringContaining('reference')],
    });
  });

  it('is null for a name without a version, and refused for a file that is not there', async () => {
    const draft = join(folder, 'testing', 'draft.nbflow');
    await writeFile(draft, text);
    expect(await flowdeck.history.advice(draft)).toBeNull();
    expect(await advice().catch(toFailure)).toMatchObject({ code: 'workflow-missing' });
  });
});
