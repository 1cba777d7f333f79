import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '../platform/disk.ts';
import { type ErrorEntry, updateErrorsFile } from './errors-file.ts';

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
    await writeFile(join(folder, 'errors.json'), JSON.stringify([{ nodeId: 1, extra: { of: 'theirs' } }]));
    await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk);
    expect((await read())[0]).toEqual({ nodeId: 1, extra: { of: 'theirs' } });
  });

  it('that cannot be read is set aside, not lost', async () => {
    await writeFile(join(folder, 'errors.json'), '{"half":');
    await updateErrorsFile(folder, '/a', [entry('/a')], nodeDisk);
    expect((await readdir(folder)).sort()).toEqual(['errors.json', 'errors.json.unreadable-1']);
    expect(await readFile(join(folder, 'errors.json.unreadable-1'), 'utf8')).toBe('{"half":');
  });
});
