import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';

/**
 * A real process, killed without warning in the middle of a run, and the run done again: what was paid for is used.
 * (The thorough form of this, hundreds of kills, belongs to the recovery work; this one keeps the promise honest.)
 */

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
let simulator: { url: string; stop: () => void };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-crash-'));
  const child = spawn(
    process.execPath,
    [at('../../simulator/main.ts'), '--port', '0', '--latency', '60', '--tiny', '--exit-with-parent'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const line: Buffer = await new Promise((resolve) => child.stdout.once('data', resolve));
  simulator = { url: JSON.parse(line.toString()).url, stop: () => child.kill('SIGKILL') };
});
afterAll(async () => {
  simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command; with `killAfter`, kills it at that many lines of output. Gives the last line. */
async function run(workflow: string, dataDir: string, killAfter: number | null) {
  const child = spawn(
    process.execPath,
    [
      at('./main.ts'),
      'run',
      '--quiet',
      workflow,
      '--json',
      '--data-dir',
      dataDir,
      '--server',
      simulator.url,
      '--poll-ms',
      '30',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    if (killAfter !== null && text.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, last: JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}') };
}

const SubmitCounts = z.object({ submits: z.object({ image: z.number(), video: z.number() }) });

const submits = async (): Promise<number> => {
  const answer = await fetch(`${simulator.url}/sim/state`);
  const { submits } = SubmitCounts.parse(await answer.json());
  return submits.image + submits.video;
};

it.each([12, 40, 75, 130])('killed after %i lines of a run, pays for nothing twice', async (killAfter) => {
  const project = join(folder, `p${killAfter}`);
  await mkdir(project, { recursive: true });
  await cp(at('../../../resources/sample-project/'), join(project, 'sample'), { recursive: true });
  const sample = join(project, 'sample/projects/may/xyz-wellness/testing/XYZG3-V0-1.nbflow');
  const dataDir = join(project, 'data');
  const before = await submits();
  const killed = await run(sample, dataDir, killAfter);
  expect(killed.code).toBeNull();
  const { code, last } = await run(sample, dataDir, null);
  expect(code).toBe(0);
  expect(last).toMatchObject({ type: 'run.finished', status: 'completed', counts: { lost: 0 } });
  const nodes = generationNodes(parseWorkflow(await readFile(sample, 'utf8'), sample));
  expect(nodes.map((node) => node.saved.length)).toEqual([4, 4, 4, 4, 4, 4]);
  expect((await submits()) - before).toBe(24);
});
