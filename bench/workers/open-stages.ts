import { readFile } from 'node:fs/promises';
import { checkWorkflow } from '../../src/main/workflow/check.ts';
import { generationNodes } from '../../src/main/workflow/generation.ts';
import { decodeWorkflow, parseWorkflow } from '../../src/main/workflow/read.ts';
import { type OpenStages, StagesInput } from './stages-result.ts';

// The steps of opening a workflow, each once, cold, in processor time of the thread that does it.

const { workflow: path } = StagesInput.parse(JSON.parse(process.argv[2] ?? ''));
const stages: OpenStages['stages'] = [];

function stage<T>(what: string, work: () => T): T {
  const before = process.threadCpuUsage();
  const value = work();
  const { user, system } = process.threadCpuUsage(before);
  stages.push({ what, ms: (user + system) / 1000 });
  return value;
}

const bytes = await readFile(path);
const text = stage('decode', () => decodeWorkflow(bytes, path));
const workflow = stage('read it as a workflow (how deep, parse, shape)', () => parseWorkflow(text, path));
stage('check', () => checkWorkflow(workflow));
stage('generation nodes with their prompts, for the plan', () => generationNodes(workflow));
process.stdout.write(`${JSON.stringify({ stages } satisfies OpenStages)}\n`);
