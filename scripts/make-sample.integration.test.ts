import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Flowdeck, openFlowdeck } from '../src/main/app/flowdeck.ts';
import { generationNodes } from '../src/main/workflow/generation.ts';
import { parseWorkflow } from '../src/main/workflow/read.ts';
import { looksTheSame, pictureFiles, workflowFiles } from './make-sample.mjs';

const sample = join(import.meta.dirname, '..', 'resources', 'sample-project');
const words = (text: string) => text.split(/\s+/).filter(Boolean).length;

describe('the sample project', () => {
  let folder: string;
  let flowdeck: Flowdeck;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowdeck-sample-'));
    flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: folder });
  });
  afterAll(async () => {
    await flowdeck.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('holds the files that are made, a README, and nothing else', async () => {
    const files = (await readdir(sample, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const made = [...Object.keys(workflowFiles()), ...Object.keys(await pictureFiles()), 'README.md'];
    expect(files.sort()).toEqual(made.map((path) => join(sample, path)).sort());
  });

  it('has each workflow byte for byte as the script writes it', async () => {
    for (const [path, text] of Object.entries(workflowFiles())) {
      expect(await readFile(join(sample, path), 'utf8'), path).toBe(text);
    }
  });

  it('has each picture as the script draws it', async () => {
    for (const [path, jpeg] of Object.entries(await pictureFiles())) {
      expect(await looksTheSame(await readFile(join(sample, path)), jpeg), path).toBe(true);
    }
  });

  it('tells one picture from another', async () => {
    const [first, second] = Object.values(await pictureFiles());
    expect(await looksTheSame(first ?? Buffer.alloc(0), second ?? Buffer.alloc(0))).toBe(false);
  });

  for (const [name, tabs, nodes, generations] of [
    ['testing/XYZG3-V0-1.nbflow', 1, 6, 24],
    ['testing/XYZS2-V0-1.nbflow', 1, 16, 64],
    ['approved/XYZS1-V1.nbflow', 5, 80, 320],
  ] as const) {
    describe(name, () => {
      const file = join(sample, 'projects', 'may', 'xyz-wellness', name);

      it('has nothing the sanity check complains of', async () => {
        expect(await flowdeck.runner.check(file)).toEqual([]);
      });

      it(`asks for ${generations} generations in ${nodes} nodes`, async () => {
        const plan = await flowdeck.runner.plan(file, { mode: 'full', gates: 'auto', qa: 'off' });
        expect(plan.totals).toMatchObject({ nodes, generations, cached: 0 });
        expect(new Set(plan.nodes.map(({ tab }) => tab)).size).toBe(tabs);
      });

      it('needs no network: its pictures lie beside it', async () => {
        const all = generationNodes(parseWorkflow(await readFile(file, 'utf8'), file));
        const references = all.flatMap(({ inputs }) =>
          inputs.flatMap(({ source }) => (source.kind === 'media' ? [source.value] : [])),
        );
        expect(references.length).toBeGreaterThanOrEqual(nodes / 2);
        for (const value of new Set(references)) {
          const bytes = await readFile(join(file, '..', value));
          expect(bytes.subarray(0, 2).toString('hex'), value).toBe('ffd8');
        }
      });

      it('keeps to the rules for prompts: 30 to 80 words, no hyphens, 20 to 24 words to say', async () => {
        const all = generationNodes(parseWorkflow(await readFile(file, 'utf8'), file));
        for (const prompt of all.flatMap(({ prompts }) => prompts)) {
          expect(words(prompt), prompt).toBeGreaterThanOrEqual(30);
          expect(words(prompt), prompt).toBeLessThanOrEqual(80);
          expect(prompt).not.toContain('-');
        }
        const said = all
          .flatMap(({ prompts }) => prompts)
          .flatMap((prompt) => /"(.+)"/.exec(prompt)?.[1] ?? []);
        expect(said).toHaveLength(nodes / 2);
        for (const line of said) {
          expect(words(line), line).toBeGreaterThanOrEqual(20);
          expect(words(line), line).toBeLessThanOrEqual(24);
        }
      });
    });
  }
});
