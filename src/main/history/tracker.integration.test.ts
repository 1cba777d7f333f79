import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail } from '../../shared/failure.ts';
import { registerVersion } from './registry.ts';
import { type Desk, openDesk } from './test-support.ts';
import { trackerFolder, writeTracker } from './tracker.ts';

let desk: Desk;
let manager: string;
let project: string;
let workflow: string;

beforeEach(async () => {
  desk = await openDesk();
  manager = dirname(desk.testing);
  project = join(manager, 'projects', 'may', 'xyz-wellness');
  workflow = join(project, 'testing', 'XYZG3-V0-2.nbflow');
  await mkdir(join(project, 'testing'), { recursive: true });
  await writeFile(workflow, '{}');
});

afterEach(() => desk.close());

const at = (day: string) => {
  const clock = { ...desk.deps.clock, now: () => new Date(`${day}T12:00:00`).getTime() };
  return { ...desk.deps, clock };
};
const registry = async (content: unknown) => {
  await mkdir(join(manager, 'reference'), { recursive: true });
  await writeFile(join(manager, 'reference', 'version-registry.json'), JSON.stringify(content, null, 2));
};
const registered = (own: object) =>
  registry({
    workflows: {
      'xyz-wellness': {
        XYZG3: { current_version: 'V0-2', last_updated: '2026-05-12', fanned_out_to_accounts: ['A'], ...own },
        XYZS1: { current_version: 'V1', history: [{ version: 'V1', date: '2026-04-01', notes: 'shipped' }] },
      },
    },
  });
const HEADER = 'Workflow,Brand,Type,Current Version,Status,Fan-out,Last Updated,Link,Notes\r\n';
const files = () => desk.files(join(manager, 'tracker'));

describe('the tracker of a registry', () => {
  it('is made with all its workflows, beside reference/', async () => {
    await registered({ history: [{ version: 'V0-2', date: '2026-05-12', notes: 'a "b", c' }] });
    const folder = join(manager, 'tracker');
    expect(await trackerFolder(workflow, desk.deps.disk)).toBe(folder);
    const names = ['Testing Workflows.csv', 'Approved Workflows.csv', 'Version History.csv'];
    const written = await writeTracker({ workflow }, desk.deps);
    expect(written).toEqual({ folder, files: names.map((name) => join(folder, name)), problems: [] });
    expect(await files()).toEqual({
      'Approved Workflows.csv': `${HEADER}XYZS1,xyz-wellness,sales,V1,approved,,,,shipped\r\n`,
      'Testing Workflows.csv': `${HEADER}XYZG3,xyz-wellness,growth,V0-2,testing,A,2026-05-12,,"a ""b"", c"\r\n`,
      'Version History.csv':
        'Workflow,Brand,Version,Date,Notes\r\nXYZS1,xyz-wellness,V1,2026-04-01,shipped\r\n' +
        'XYZG3,xyz-wellness,V0-2,2026-05-12,"a ""b"", c"\r\n',
    });
  });

  it('follows the registry, and takes the row along when the workflow is approved', async () => {
    await registered({});
    await writeTracker({ workflow }, desk.deps);
    const testing = join(manager, 'tracker', 'Testing Workflows.csv');
    const text = await readFile(testing, 'utf8');
    await writeFile(testing, text.replace('Notes\r', 'Notes,Owner\r').replace(/,\r\n$/, ',,Ann\r\n'));
    await registerVersion({ workflow, version: 'V1', note: 'graduated', date: '2026-06-01' }, desk.deps);
    const first = await writeTracker({ workflow }, desk.deps);
    expect(first.problems).toEqual([]);
    const after = await files();
    expect(after['Testing Workflows.csv']).toBe(HEADER.replace('Notes', 'Notes,Owner'));
    expect(after['Approved Workflows.csv']).toBe(
      `${HEADER.replace('Notes', 'Notes,Owner')}XYZS1,xyz-wellness,sales,V1,approved,,,,shipped,\r\n` +
        'XYZG3,xyz-wellness,growth,V1,approved,A,2026-06-01,,graduated,Ann\r\n',
    );
    expect(after['Version History.csv']).toContain('XYZG3,xyz-wellness,V1,2026-06-01,graduated\r\n');
    await writeTracker({ workflow }, desk.deps);
    expect(await files()).toEqual(after);
  });

  it('comes right after a death between the two tabs', async () => {
    await registered({});
    await writeTracker({ workflow }, desk.deps);
    await registerVersion({ workflow, version: 'V1', note: 'graduated' }, desk.deps);
    const dies = desk.on({
      write: async (path, data) => {
        if (path.endsWith('Testing Workflows.csv')) throw new Error('the process dies here');
        await desk.deps.disk.write(path, data);
      },
    });
    await expect(writeTracker({ workflow }, dies)).rejects.toThrow('dies here');
    const between = await files();
    expect(between['Approved Workflows.csv']).toContain('XYZG3');
    expect(between['Testing Workflows.csv']).toContain('XYZG3');
    await writeTracker({ workflow }, desk.deps);
    const after = await files();
    expect(after['Testing Workflows.csv']).toBe(HEADER);
    expect(after['Version History.csv']).toContain('graduated');
  });

  it('tells of a file that another program holds, and writes the others', async () => {
    await registered({});
    const held = desk.on({
      write: async (path, data) => {
        if (!path.endsWith('Testing Workflows.csv')) return desk.deps.disk.write(path, data);
        throw fail('folder', 'Another program holds the file.', { where: path, cure: 'Close it.' });
      },
    });
    const { files: written, problems } = await writeTracker({ workflow }, held);
    expect(problems).toEqual(['Testing Workflows.csv: Another program holds the file. Close it.']);
    expect(written).toHaveLength(2);
  });

  it('keeps a row in its old tab when the new one cannot be written', async () => {
    await registered({});
    await writeTracker({ workflow }, desk.deps);
    await registerVersion({ workflow, version: 'V1', note: 'graduated' }, desk.deps);
    const approved = join(manager, 'tracker', 'Approved Workflows.csv');
    await writeFile(approved, 'not,"a table');
    const { problems } = await writeTracker({ workflow }, desk.deps);
    expect(problems).toEqual([expect.stringMatching(/^Approved Workflows\.csv is no CSV file\. Mend it/)]);
    expect(await readFile(approved, 'utf8')).toBe('not,"a table');
    expect((await files())['Testing Workflows.csv']).toContain('XYZG3,xyz-wellness,growth,V0-2');
  });

  it('tells of a row in the wrong tab that says more, and leaves it', async () => {
    await registered({});
    await mkdir(join(manager, 'tracker'));
    const text = 'Workflow,Owner\nXYZG3,Ann\nXYZG3,Bob\n';
    await writeFile(join(manager, 'tracker', 'Approved Workflows.csv'), text);
    const { problems } = await writeTracker({ workflow }, desk.deps);
    expect(problems).toEqual([
      'Approved Workflows.csv still has a row of XYZG3 that says more than the one in Testing Workflows.csv. ' +
        'Copy what you need of it there, then remove it.',
    ]);
    expect((await files())['Approved Workflows.csv']).toBe(text);
    expect((await files())['Testing Workflows.csv']).toContain(',Ann\r\n');
  });

  it('is left alone where the registry cannot be read', async () => {
    await mkdir(join(manager, 'reference'));
    await writeFile(join(manager, 'reference', 'version-registry.json'), '{');
    await expect(writeTracker({ workflow }, desk.deps)).rejects.toThrow('is not JSON');
    expect(await files()).toEqual({});
  });

  it('loses no row when several write at once', async () => {
    const codes = ['XYZG1', 'XYZG2', 'XYZG3', 'XYZG4'];
    const entries = codes.map((code) => [code, { current_version: 'V0-1', history: [] }]);
    await registry({ workflows: { 'xyz-wellness': Object.fromEntries(entries) } });
    await mkdir(join(manager, 'tracker'));
    await writeFile(join(manager, 'tracker', 'Testing Workflows.csv'), 'Workflow,Status\n');
    const write = (code: string) =>
      writeTracker({ workflow: join(project, 'testing', `${code}-V0-1.nbflow`) }, desk.deps);
    await Promise.all(codes.map(write));
    const rows = (await files())['Testing Workflows.csv']?.split('\n').slice(1, -1).sort();
    expect(rows).toEqual(codes.map((code) => `${code},testing`));
  });
});

describe('the tracker without a registry', () => {
  it('stands in the project folder and tells what the names tell', async () => {
    await mkdir(join(project, 'Assets'));
    await mkdir(join(project, 'backups'));
    await writeFile(join(project, 'backups', 'XYZG3-V0-1.nbflow.bak-2026-05-02-pre-run'), '');
    await writeFile(join(project, 'backups', 'XYZG3-V0-1.nbflow.bak-2026-05-03-pre-run'), '');
    await writeFile(join(project, 'backups', 'XYZG4-V0-9.nbflow'), '');
    const { folder, problems } = await writeTracker({ workflow, note: 'recovered' }, at('2026-05-12'));
    expect(folder).toBe(join(project, 'tracker'));
    expect(problems).toEqual([]);
    const written = await desk.files(folder);
    expect(written['Testing Workflows.csv']).toBe(
      `${HEADER}XYZG3,xyz-wellness,growth,V0-2,testing,,2026-05-12,,recovered\r\n`,
    );
    expect(written['Version History.csv']).toBe(
      'Workflow,Brand,Version,Date,Notes\r\nXYZG3,xyz-wellness,V0-1,2026-05-02,\r\n' +
        'XYZG3,xyz-wellness,V0-2,2026-05-12,recovered\r\n',
    );
  });

  it('keeps the notes it has when none is given', async () => {
    await writeTracker({ workflow, note: 'recovered' }, at('2026-05-12'));
    const { folder } = await writeTracker({ workflow }, at('2026-05-13'));
    expect((await desk.files(folder))['Testing Workflows.csv']).toContain('2026-05-13,,recovered');
  });
});
