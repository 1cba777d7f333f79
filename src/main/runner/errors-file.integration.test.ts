import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../shared/domain.ts';
import { nodeDisk } from '../platform/disk.ts';
import { type ErrorEntry, noteDangling, updateErrorsFile } from './errors-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-errors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (workflow: string, nodeId = 4): ErrorEntry => ({
  nodeId,
  tab: 'Account A',
  title: 'Scene 01',
  type: 'timeout',
  code: 0,
  attempts: 1,
  message: 'No result.',
  prompt: 'a jar',
  row: 1,
  workflow,
  runId: 'r1',
  at: '2026-11-20T00:00:00.000Z',
});
const read = async () => JSON.parse(await readFile(join(folder, 'errors.json'), 'utf8'));

describe('errors.json', () => {
  it('has the entries of each workflow, and goes when the last is mended', async () => {
    expect(await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk)).toBe(join(folder, 'errors.json'));
    await updateErrorsFile(folder, '/b', [entry('/b')], nodeDisk);
    expect((await read()).map((e: ErrorEntry) => e.workflow)).toEqual(['/a', '/b']);
    expect(await updateErrorsFile(folder, '/a', [], nodeDisk)).toBeNull();
    expect((await read()).map((e: ErrorEntry) => e.workflow)).toEqual(['/b']);
    await updateErrorsFile(folder, '/b', [], nodeDisk);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not touched by a clean run when there is none', async () => {
    expect(await updateErrorsFile(join(folder, 'Generations'), '/a', [], nodeDisk)).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('of another tool keeps its entries', async () => {
    await writeFile(
      join(folder, 'errors.json'),
      JSON.stringify([{ nodeId: 1, extra: { of: 'theirs' } }, { note: 'theirs' }]),
    );
    await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk);
    expect((await read())[0]).toEqual({ nodeId: 1, extra: { of: 'theirs' } });
  });

  it('that cannot be read is set aside, not lost', async () => {
    await writeFile(join(folder, 'errors.json'), '{"half":');
    await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk);
    expect((await readdir(folder)).sort()).toEqual(['errors.json', 'errors.json.unreadable-1']);
    expect(await readFile(join(folder, 'errors.json.unreadable-1'), 'utf8')).toBe('{"half":');
  });

  it('of a person’s own making, that holds other JSON, is set aside too', async () => {
    for (const [n, text] of ['{"a":1}', '[1]', 'null', '"x"'].entries()) {
      await writeFile(join(folder, 'errors.json'), text);
      await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk);
      expect(await readFile(join(folder, `errors.json.unreadable-${n + 1}`), 'utf8')).toBe(text);
      expect(await read()).toHaveLength(1);
    }
  });
});

describe('dangling links that refuse a run', () => {
  const finding = (more: Partial<Finding> = {}): Finding => ({
    code: 'dangling-link',
    rule: 8,
    severity: 'error',
    tab: 'Account A',
    nodeId: 9,
    title: 'Scene 02',
    where: 'tabs[0].graphData.links[3]',
    message: 'Link 512 comes from node 77, which is not in this tab.',
    cure: 'Remove the link.',
    fixable: true,
    ...more,
  });
  const at = '2026-11-20T00:00:00.000Z';
  const note = (findings: Finding[]) => noteDangling(folder, '/a', findings, at, nodeDisk);

  it('each have an entry with all the keys, also one between two nodes that are not there', async () => {
    const lost = finding({ nodeId: null, title: null, tab: null });
    expect(await note([finding(), lost, finding({ code: 'cycle' })])).toBe(join(folder, 'errors.json'));
    expect(await read()).toEqual([
      {
        nodeId: 9,
        tab: 'Account A',
        title: 'Scene 02',
        type: 'dangling link',
        code: 0,
        attempts: 0,
        message: 'Link 512 comes from node 77, which is not in this tab. (tabs[0].graphData.links[3])',
        prompt: '',
        row: 0,
        workflow: '/a',
        runId: null,
        at,
      },
      expect.objectContaining({ nodeId: null, tab: '', title: '' }),
    ]);
  });

  it('take the place of those told before, and of nothing else', async () => {
    await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk);
    await updateErrorsFile(folder, '/b', [{ ...entry('/b'), type: 'dangling link' }], nodeDisk);
    await note([finding(), finding({ nodeId: 10 })]);
    await note([finding({ nodeId: 11 })]);
    expect((await read()).map((e: ErrorEntry) => [e.workflow, e.type, e.nodeId])).toEqual([
      ['/a', 'timeout', 4],
      ['/b', 'dangling link', 4],
      ['/a', 'dangling link', 11],
    ]);
  });

  it('are gone from the file with the next run that is let in, also at nodes it does not try', async () => {
    await note([finding()]);
    expect(await updateErrorsFile(folder, '/a', [], nodeDisk, new Set([9]))).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('are none: nothing is written', async () => {
    expect(await note([finding({ code: 'cycle' })])).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });
});
