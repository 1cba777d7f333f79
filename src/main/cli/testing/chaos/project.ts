import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const fixtures = fileURLToPath(new URL('../../../workflow/fixtures/', import.meta.url));
/** Of the made workflow: those of a scene, and the one reference for all. */
const NODES_OF_SCENE = 9;

/** A project with a workflow of so many scenes, four pictures and four clips each, its reference on this machine. */
export async function makeProject(folder: string, scenes: number): Promise<string> {
  const workflow = join(folder, 'testing', 'XYZC1-V0-1.nbflow');
  await mkdir(join(folder, 'testing'), { recursive: true });
  await mkdir(join(folder, 'refs'));
  await copyFile(join(fixtures, 'refs/avatar-a.png'), join(folder, 'refs/avatar.png'));
  const nodes = String(scenes * NODES_OF_SCENE + 1);
  await promisify(execFile)(process.execPath, [
    join(fixtures, 'make.mjs'),
    '--big',
    nodes,
    '--out',
    workflow,
  ]);
  const text = await readFile(workflow, 'utf8');
  await writeFile(workflow, text.replaceAll(/https:\/\/pub-0000\.r2\.dev\/[^"]*/g, 'refs/avatar.png'));
  return workflow;
}
