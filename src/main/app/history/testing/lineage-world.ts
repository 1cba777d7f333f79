import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import { errorCode } from '../../../platform/error-code.ts';
import { image, plain, testWorkflow, video } from '../../../workflow/test-workflow.ts';
import { type Flowdeck, openFlowdeck } from '../../flowdeck.ts';

/** For tests only: one workflow with its versions on a real disk, a Flowdeck, and a clock that can be set. */
export interface LineageWorld {
  flowdeck: Flowdeck;
  group: string;
  testing: string;
  backups: string;
  clock: Clock & { set(by: number): void };
  /** Live files: contents by path. */
  live(): Promise<Map<string, string>>;
  close(): Promise<void>;
}

/** Where it begins: a first version under test, with output in its cache. */
export const FIRST = 'XYZG3-V0-1.nbflow';

export async function openLineageWorld(): Promise<LineageWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-any-state-'));
  const group = join(folder, 'project');
  const testing = join(group, 'testing');
  await mkdir(testing, { recursive: true });
  await writeFile(join(testing, FIRST), firstText());
  let set = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + set, set: (by: number) => (set += by) };
  const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data'), clock });
  const folders = [testing, join(group, 'approved')];
  return {
    flowdeck,
    group,
    testing,
    backups: join(group, 'backups'),
    clock,
    live: async () => {
      const paths = (
        await Promise.all(folders.map(async (of) => (await namesIn(of)).map((n) => join(of, n))))
      ).flat();
      const read = await Promise.all(
        paths.map(async (path) => [path, await readFile(path, 'utf8')] as const),
      );
      return new Map(read);
    },
    close: async () => {
      await flowdeck.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** What the first version begins with. */
export function firstText(): string {
  const cached = { _savedImages: ['https://a.example/1.png', 'https://a.example/2.png'] };
  const nodes = [
    plain(2, 'A fox in the snow.'),
    image(4, { properties: { outputCount: 2, ...cached } }),
    plain(12, 'It runs.'),
    video(9, { properties: { _savedClips: ['https://a.example/1.mp4'] } }),
  ];
  const { text } = testWorkflow(nodes, [
    [2, 4, 'prompt'],
    [12, 9, 'prompt'],
    [4, 9, 'start frame'],
  ]);
  return text.replace('"test"', JSON.stringify(basename(FIRST, '.nbflow')));
}
