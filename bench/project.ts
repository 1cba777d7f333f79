import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './processes.ts';

/**
 * A workflow in a project folder, and a data folder, all below one folder in `scratch`. It stays there until the whole
 * round is over: to delete thousands of files makes some file systems slow for the next minute (ext4 looks at every
 * inode that was freed lately), and that would be measured.
 */
export interface Project {
  folder: string;
  workflow: string;
  dataDir: string;
}

const fixtures = join(root, 'src/main/workflow/fixtures');

/**
 * A made workflow of about so many nodes (9 to a scene), nothing cached, its reference pictures on this disk. With
 * `bytes` it is filled up to about that size, as previews do that an editor keeps in the nodes.
 */
export async function bigProject(
  scratch: string,
  nodes: number,
  settings: Record<string, unknown> = {},
  bytes = 0,
): Promise<Project> {
  const folder = await mkdtemp(join(scratch, 'project-'));
  const dataDir = join(folder, 'data');
  const workflow = join(folder, 'project/testing/XYZB1-V0-1.nbflow');
  await mkdir(join(folder, 'project/testing'), { recursive: true });
  await mkdir(join(folder, 'project/refs'));
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
  await copyFile(join(fixtures, 'refs/avatar-a.png'), join(folder, 'project/refs/avatar.png'));
  const maker = join(fixtures, 'make.mjs');
  await promisify(execFile)(process.execPath, [maker, '--big', String(nodes), '--out', workflow]);
  const text = await readFile(workflow, 'utf8');
  const local = text.replaceAll(/https:\/\/pub-0000\.r2\.dev\/[^"]*/g, 'refs/avatar.png');
  const places = local.split('"properties": {\n');
  const fill = Math.floor((bytes - local.length) / (places.length - 1));
  const preview = fill > 0 ? `"preview": "data:image/jpeg;base64,${'Qk1'.repeat(fill / 3)}",\n` : '';
  await writeFile(workflow, places.join(`"properties": {\n${preview}`));
  return { folder, workflow, dataDir };
}
