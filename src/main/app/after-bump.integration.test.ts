import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';

let folder: string;
let workflow: string;
let registry: string;
let flowdeck: Flowdeck;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-after-bump-'));
  workflow = join(folder, 'projects', 'may', 'xyz', 'testing', 'XYZG3-V0-1.nbflow');
  registry = join(folder, 'reference', 'version-registry.json');
  await mkdir(join(workflow, '..'), { recursive: true });
  await mkdir(join(folder, 'reference'));
  await cp(join(import.meta.dirname, '../workflow/fixtures/valid/XYZG3-V0-1.nbflow'), workflow);
  flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
});
afterEach(async () => {
  await flowdeck.close();
  await rm(folder, { recursive: true, force: true });
});

const edit = async () => {
  const [source] = await flowdeck.editing.prompts(workflow, 4);
  if (source === undefined) throw new Error('the fixture has no prompt');
  const { nodeId, row, text } = source;
  return flowdeck.editing.editPrompts(workflow, [{ nodeId, row, text: `${text} Softly lit.` }]);
};
const entry = async () => JSON.parse(await readFile(registry, 'utf8')).workflows.xyz.XYZG3;
const isThere = async (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('the version that an edited prompt makes', () => {
  it('goes into the registry and the tracker of a registered workflow', async () => {
    await writeFile(
      registry,
      '{"workflows": {"xyz": {"XYZG3": {"current_version": "V0-1", "test_account": "A"}}}}',
    );
    const { to, problems } = await edit();
    expect([to, problems]).toEqual(['V0-2', []]);
    expect(await entry()).toMatchObject({
      current_version: 'V0-2',
      test_account: 'A',
      history: [{ version: 'V0-2', notes: expect.stringMatching(/^V0-2: prompt edited in ./) }],
    });
    const row = await readFile(join(folder, 'tracker', 'Testing Workflows.csv'), 'utf8');
    expect(row).toContain('\r\nXYZG3,xyz,growth,V0-2,testing,');
  });

  it('is in no books where the workflow is not registered', async () => {
    await writeFile(registry, '{"workflows": {"xyz": {}}}');
    expect((await edit()).problems).toEqual([]);
    expect(await readFile(registry, 'utf8')).toBe('{"workflows": {"xyz": {}}}');
    expect(await isThere(join(folder, 'tracker'))).toBe(false);
  });

  it('is made also where the registry cannot be read, and that is told', async () => {
    await writeFile(registry, '{"workflows": ');
    const { path, problems } = await edit();
    expect(await isThere(path)).toBe(true);
    expect(problems).toEqual([
      'The version registry was not written: version-registry.json is not JSON: it ends too early. ' +
        'Mend it. It was left as it is.',
    ]);
  });

  it('is made also where the tracker cannot be written, and that is told', async () => {
    await writeFile(registry, '{"workflows": {"xyz": {"XYZG3": {}}}}');
    await writeFile(join(folder, 'tracker'), 'a file in place of the folder');
    const { path, problems } = await edit();
    expect(await isThere(path)).toBe(true);
    expect((await entry()).current_version).toBe('V0-2');
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^Testing Workflows\.csv: /);
  });
});

describe('the books of versions that a person asks for', () => {
  const registered = (more = '') =>
    writeFile(
      registry,
      `{"workflows": {"xyz": {"XYZG3": {"current_version": "V0-1", "status": "testing"${more}}}}}`,
    );
  const tab = (name: string) => readFile(join(folder, 'tracker', name), 'utf8');
  const history = async () => (await entry()).history.map(({ notes }: { notes: string }) => notes);

  it('say of a graduation that it is approved, and since when', async () => {
    await registered();
    const { path, problems } = await flowdeck.history.graduate(workflow, 'all scenes clean');
    expect(problems).toEqual([]);
    expect(path).toBe(join(workflow, '../../approved/XYZG3-V1.nbflow'));
    expect(await entry()).toMatchObject({ current_version: 'V1', status: 'approved' });
    expect(await history()).toEqual([
      expect.stringMatching(/^V0-1 → V1 graduated on \d{4}-\d\d-\d\d, all scenes clean$/),
    ]);
    expect(await tab('Approved Workflows.csv')).toContain('\r\nXYZG3,xyz,growth,V1,approved,');
    expect(await tab('Testing Workflows.csv')).not.toContain('XYZG3');
    expect(flowdeck.db.versions.madeLast(path)?.books).toBe('written');
  });

  it('go back with a version that is undone, and say so', async () => {
    await registered();
    const { path } = await flowdeck.history.graduate(workflow, '');
    expect(await flowdeck.history.undoVersion(path)).toEqual({ path: workflow, problems: [] });
    expect(await entry()).toMatchObject({ current_version: 'V0-1', status: 'testing' });
    expect(await history()).toEqual([expect.stringContaining('graduated'), 'V1 was undone, back at V0-1']);
    expect(await tab('Testing Workflows.csv')).toContain('\r\nXYZG3,xyz,growth,V0-1,testing,');
    expect(await tab('Approved Workflows.csv')).not.toContain('XYZG3');
  });

  it('stay as they are when somebody has put another version there since', async () => {
    await registered();
    const { path } = await flowdeck.history.bump(workflow, '');
    await registered(', "note": "set by hand"');
    await flowdeck.history.undoVersion(path);
    expect(await entry()).toEqual({ current_version: 'V0-1', status: 'testing', note: 'set by hand' });
  });

  it('can be undone by the name the file had before', async () => {
    await flowdeck.history.bump(workflow, '');
    expect(await flowdeck.history.undoVersion(workflow)).toMatchObject({ path: workflow });
    expect(await isThere(workflow)).toBe(true);
  });

  it('tell of a workflow that the registry does not know, and leave the registry as it is', async () => {
    await writeFile(registry, '{"workflows": {"xyz": {}}}');
    const { problems } = await flowdeck.history.bump(workflow, '');
    expect(problems).toEqual([expect.stringContaining('XYZG3 has no entry in version-registry.json.')]);
    expect(await readFile(registry, 'utf8')).toBe('{"workflows": {"xyz": {}}}');
    expect(await tab('Testing Workflows.csv')).toContain('\r\nXYZG3,xyz,growth,V0-2,testing,');
  });

  it('are the tracker alone where there is no registry', async () => {
    await rm(join(folder, 'reference'), { recursive: true });
    const { path, problems } = await flowdeck.history.bump(workflow, 'new hook');
    expect(problems).toEqual([]);
    const tracker = join(workflow, '../../tracker');
    expect(await readFile(join(tracker, 'Testing Workflows.csv'), 'utf8')).toContain('V0-2');
    expect(await readFile(join(tracker, 'Version History.csv'), 'utf8')).toContain('new hook');
    expect(flowdeck.db.versions.madeLast(path)?.books).toBe('written');
  });

  it('are not begun beside a file that lies in no project', async () => {
    await rm(join(folder, 'reference'), { recursive: true });
    const loose = join(folder, 'loose', 'XYZG3-V0-1.nbflow');
    await mkdir(join(loose, '..'));
    await cp(workflow, loose);
    const { path } = await flowdeck.history.bump(loose, '');
    expect((await readdir(join(loose, '..'))).sort()).toEqual(['XYZG3-V0-2.nbflow', 'backups']);
    expect(flowdeck.db.versions.madeLast(path)?.books).toBe('none');
  });

  it('are written later where a process died before it came to them, in order and once', async () => {
    await registered();
    const { path } = await flowdeck.editing.bump(workflow, { note: () => 'made by one that died' });
    expect(flowdeck.db.versions.madeLast(path)?.books).toBeNull();
    await flowdeck.history.catchUp();
    await flowdeck.history.catchUp();
    expect(await history()).toEqual(['made by one that died']);
    const again = await flowdeck.editing.bump(path, {});
    await flowdeck.history.bump(again.path, 'made by one that lives');
    expect(await history()).toEqual(['made by one that died', 'V0-2 → V0-3', 'made by one that lives']);
    expect((await entry()).current_version).toBe('V0-4');
  });

  it('are not set back by a version whose books come late', async () => {
    await registered();
    const { path } = await flowdeck.history.bump(workflow, 'second');
    await flowdeck.history.bump(path, 'third');
    const late = flowdeck.db.versions.madeLast(path);
    const { db } = flowdeck;
    // As if a process had died between the books and the note of them.
    await db.commits.write(() => db.versions.insert({ ...(late ?? fail()), id: 'late', books: null }));
    await flowdeck.history.catchUp();
    expect((await entry()).current_version).toBe('V0-3');
    expect(await history()).toEqual(['second', 'third']);
  });
});

const fail = (): never => {
  throw new Error('no version was made');
};
