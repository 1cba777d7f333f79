import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Claim, figure } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject, type Project } from '../project.ts';
import { BareHeadsResult } from '../workers/bare-heads-result.ts';
import { type DiagnoseResult, DiagnoseResult as Result } from '../workers/diagnose-result.ts';
import { RunResult } from '../workers/run-result.ts';

const HEAD_MS = 20;
const URLS = 1_000;
const fixture = fileURLToPath(
  new URL('../../src/main/workflow/fixtures/valid/XYZG3-V0-3.nbflow', import.meta.url),
);
/** Nobody listens there: the diagnosis asks for G-Labs as well. */
const settings = { 'glabs.url': 'http://127.0.0.1:9', 'runner.server': 'http://127.0.0.1:9' };

interface Samples {
  picture: Buffer;
  clip: Buffer;
}

/** A picture and a clip as a run gets them, of their usual size. */
async function makeSamples(scratch: string): Promise<Samples> {
  const simulator = await startSimulator(['--latency', '0']);
  try {
    const project = await bigProject(scratch, 10);
    await work('run-workflow.ts', { ...project, options: { server: simulator.url, pollMs: 50 } }, RunResult);
    const assets = join(project.folder, 'project/Assets');
    const made = await readdir(assets, { recursive: true });
    const first = (ending: string) =>
      readFile(join(assets, made.find((name) => name.endsWith(ending)) ?? ''));
    return { picture: await first('-c1.png'), clip: await first('-c1.mp4') };
  } finally {
    await simulator.end();
  }
}

/** The workflow of 80 generation nodes in five tabs, everything cached under `base`, or nothing. */
async function fanOut(scratch: string, base: string | null): Promise<Project> {
  const folder = await mkdtemp(join(scratch, 'diagnosis-'));
  const workflow = join(folder, 'project/testing/XYZG3-V0-3.nbflow');
  const dataDir = join(folder, 'data');
  await mkdir(dirname(workflow), { recursive: true });
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
  const text = await readFile(fixture, 'utf8');
  const cached =
    base === null
      ? text.replaceAll(/"(_savedImages|_savedClips)": \[[^\]]*\]/g, '"$1": []')
      : text.replaceAll('https://pub-0000.r2.dev/XYZG3', `${base}/XYZG3`);
  await writeFile(workflow, cached);
  return { folder, workflow, dataDir };
}

/** Every candidate, each of another content, and the file in use. What comes after a picture's end is no part of it. */
async function fillAssets({ folder }: Project, { picture, clip }: Samples): Promise<number> {
  let files = 0;
  for (const tab of ['a', 'b', 'c', 'd', 'e']) {
    for (const kind of ['images', 'videos']) {
      const at = join(folder, `project/Assets/XYZG3/generated-${kind}/v0-3/account-${tab}`);
      await mkdir(at, { recursive: true });
      for (let scene = 1; scene <= 8; scene++) {
        for (const name of ['', '-c1', '-c2', '-c3', '-c4']) {
          const bytes = kind === 'images' ? [picture, randomBytes(16)] : [clip, freeBox()];
          const ending = kind === 'images' ? 'png' : 'mp4';
          await writeFile(join(at, `scene0${scene}${name}.${ending}`), Buffer.concat(bytes));
          files += 1;
        }
      }
    }
  }
  return files;
}

/** A box of an MP4 that everybody passes over. */
const freeBox = (): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('free'), randomBytes(16)]);

/** A workflow with 1,000 cached addresses, four to a node. */
async function manyCached(scratch: string, base: string): Promise<Project> {
  const project = await bigProject(scratch, (URLS / 8) * 9, settings);
  const text = await readFile(project.workflow, 'utf8');
  let node = 0;
  const cached = text.replaceAll(/"(_savedImages|_savedClips)": (?:\[\]|null)/g, (_, name: string) => {
    node += 1;
    const ending = name === '_savedImages' ? 'png' : 'mp4';
    const urls = [1, 2, 3, 4].map((candidate) => `${base}/${node}/${candidate}.${ending}`);
    return `"${name}": ${JSON.stringify(urls)}`;
  });
  await writeFile(project.workflow, cached);
  return project;
}

interface Head {
  base: string;
  asked: number;
  most: number;
  end(): void;
}

/** A store that answers each question after 20 ms. */
async function startHead(): Promise<Head> {
  let open = 0;
  const head = { base: '', asked: 0, most: 0, end: () => server.close() };
  const server = createServer(async (_, response) => {
    head.asked += 1;
    head.most = Math.max(head.most, ++open);
    await setTimeout(HEAD_MS);
    open -= 1;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  head.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return head;
}

/** How long a person waits for "what happened, what do we have, what is to be done". */
export const diagnosisClaim: Claim = {
  name: 'diagnosis',
  async measure({ runs, scratch, say }) {
    say('a picture and a clip of their usual size');
    const samples = await makeSamples(scratch);
    const head = await startHead();
    try {
      const cached = await fanOut(scratch, head.base);
      const files = await fillAssets(cached, samples);
      const onlyFiles = await fanOut(scratch, null);
      await fillAssets(onlyFiles, samples);
      const many = await manyCached(scratch, head.base);
      const looks = {
        cached: [] as DiagnoseResult[],
        onlyFiles: [] as DiagnoseResult[],
        many: [] as DiagnoseResult[],
      };
      const bare: BareHeadsResult[] = [];
      for (let run = 1; run <= runs; run++) {
        say(`run ${run} of ${runs}`);
        bare.push(await work('bare-heads.ts', { base: head.base, count: URLS }, BareHeadsResult));
        looks.cached.push(await work('diagnose.ts', cached, Result));
        looks.onlyFiles.push(await work('diagnose.ts', onlyFiles, Result));
        looks.many.push(await work('diagnose.ts', many, Result));
      }
      const all = [...looks.cached, ...looks.onlyFiles, ...looks.many];
      const times = (results: DiagnoseResult[]) => results.map(({ ms }) => ms);
      return {
        name: 'diagnosis',
        title: 'Diagnosis of an interrupted run',
        how: `80 generation nodes with 320 candidates, ${files} files in Assets (pictures of ${mb(samples.picture)} MB, clips of ${mb(samples.clip)} MB), a store that answers after ${HEAD_MS} ms, G-Labs down; each time a process of its own, nothing warm, nothing in the books. Then ${URLS.toLocaleString('en')} addresses and no files: eight at a time cannot be faster than ${(URLS / 8) * HEAD_MS} ms.`,
        figures: [
          figure('80 nodes, all cached and all in Assets', 'ms', times(looks.cached), 3000),
          figure('80 nodes, nothing cached and all in Assets', 'ms', times(looks.onlyFiles), 3000),
          figure(`${URLS.toLocaleString('en')} addresses`, 'ms', times(looks.many)),
          figure(
            `${URLS.toLocaleString('en')} addresses: time against a loop that only asks`,
            '×',
            looks.many.map(({ ms }, i) => ms / (bare[i]?.ms ?? Number.NaN)),
            1.5,
          ),
          figure('questions at once, at most', '', [head.most], 8),
          figure(
            'processor time of 80 nodes, all cached and all in Assets',
            'ms',
            looks.cached.map(({ cpuMs }) => cpuMs),
          ),
          figure(
            'the loop that only asks',
            'ms',
            bare.map(({ ms }) => ms),
          ),
          figure(
            'longest hold of the main thread',
            'ms',
            all.map(({ heldMs }) => heldMs),
          ),
          figure(
            'peak memory',
            'MB',
            all.map(({ peakMB }) => peakMB),
          ),
        ],
        tables: [
          {
            title: 'What was seen, in the last round',
            columns: [
              'look',
              'verdict',
              'nodes',
              'cached',
              'files',
              'processor time, ms',
              'not seen in time',
            ],
            rows: Object.entries(looks).map(([name, results]) => {
              const last = results.at(-1);
              return [
                name,
                last?.verdict ?? '',
                last?.nodes ?? 0,
                last?.cached ?? 0,
                last?.local ?? 0,
                Math.round(last?.cpuMs ?? 0),
                last?.unseen.join('; ') ?? '',
              ];
            }),
          },
        ],
        notes: [
          'Files that are read and not decoded in their time are offered all the same: a run looks at each anew before it takes it.',
        ],
      };
    } finally {
      head.end();
    }
  },
};

const mb = (bytes: Buffer): string => (bytes.byteLength / 2 ** 20).toFixed(1);
