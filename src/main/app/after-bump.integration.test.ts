import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
