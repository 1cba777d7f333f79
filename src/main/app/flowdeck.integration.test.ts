import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';
import { createGlancer, type Glancer } from './glancer.ts';
import { findPlaces } from './places.ts';
import { projectRoots, realRoots, withRoot } from './project-roots.ts';
import { provideSample } from './sample.ts';

const fixtures = join(import.meta.dirname, '../workflow/fixtures');
const sample = join(fixtures, 'valid/XYZG3-V0-1.nbflow');
const options = { mode: 'full', gates: 'auto', qa: 'off' } as const;
let folder: string;
const opened: Flowdeck[] = [];
const open = async (dataDir = join(folder, 'data')) => {
  const flowdeck = await openFlowdeck({ face: 'cli', env: {}, dataDir });
  opened.push(flowdeck);
  return flowdeck;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-app-'));
});
afterEach(async () => {
  for (const flowdeck of opened.splice(0)) await flowdeck.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a Flowdeck', () => {
  let server: Server;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.setHeader('content-type', 'application/json').end('{"status":"ok","server":"G-Labs"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('asks nobody and watches nothing for a command that checks and plans', async () => {
    const flowdeck = await open();
    await flowdeck.settings.set('glabs.url', address());
    await flowdeck.runner.check(sample);
    await flowdeck.runner.plan(sample, options);
    expect(asked).toEqual([]);
    expect(process.getActiveResourcesInfo().filter((name) => /FSEvent|StatWatcher/.test(name))).toEqual([]);
  });

  it('finds a G-Labs that runs as soon as it is asked for its services, and leaves it running', async () => {
    const flowdeck = await open();
    await flowdeck.settings.set('glabs.url', address());
    const { glabs } = await flowdeck.services();
    await expect.poll(() => glabs.view().state).toBe('ready');
    expect(glabs.view()).toMatchObject({ adopted: true, demo: false });
    await flowdeck.close();
    expect((await fetch(address())).status).toBe(200);
  });

  it('closes once, however often it is asked to', async () => {
    const flowdeck = await open();
    await flowdeck.client();
    await Promise.all([flowdeck.close(), flowdeck.close()]);
    await flowdeck.close();
  });

  it('tells of a damaged settings file and goes on with the defaults', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data/settings.json'), '{"runner.concurrency": 5');
    const flowdeck = await open();
    expect(flowdeck.settings.get('runner.concurrency')).toBe(3);
    expect(flowdeck.warnings().join(' ')).toContain('settings');
    expect((await (await flowdeck.client()).app.info()).warnings).toEqual(flowdeck.warnings());
  });

  it('says which data folder it cannot use', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openFlowdeck({ face: 'cli', env: {}, dataDir: join(folder, 'file') })).rejects.toMatchObject(
      {
        failure: { code: 'folder', where: join(folder, 'file') },
      },
    );
  });
});

describe('the sample project', () => {
  const marks = () => {
    const kept = new Map<string, string>();
    return {
      mark: (name: string) => kept.get(name) ?? null,
      setMark: (name: string, value: string) => void kept.set(name, value),
    };
  };

  it('is copied once, and stays deleted', async () => {
    const to = join(folder, 'sample');
    const kept = marks();
    expect(await provideSample(join(fixtures, 'valid'), to, kept)).toBe(true);
    expect(await readdir(to)).toEqual(await readdir(join(fixtures, 'valid')));
    await rm(to, { recursive: true });
    expect(await provideSample(join(fixtures, 'valid'), to, kept)).toBe(false);
  });

  it('is never written over what is there', async () => {
    const to = join(folder, 'sample');
    await mkdir(to);
    await writeFile(join(to, 'XYZG3-V0-1.nbflow'), 'mine');
    expect(await provideSample(join(fixtures, 'valid'), to, marks())).toBe(true);
    expect(await readFile(join(to, 'XYZG3-V0-1.nbflow'), 'utf8')).toBe('mine');
  });

  it('is shown until there are folders of a person’s own', () => {
    expect(projectRoots([], '/sample')).toEqual(['/sample']);
    expect(projectRoots(['/own'], '/sample')).toEqual(['/own']);
    expect(projectRoots([], null)).toEqual([]);
  });
});

describe('project folders', () => {
  it('are added once, and not inside one that is there', async () => {
    const inside = join(folder, 'inside');
    await mkdir(inside);
    const roots = await withRoot([], folder);
    expect(roots).toEqual([folder]);
    expect(await withRoot(roots, folder)).toBe(roots);
    expect(await withRoot(roots, inside)).toBe(roots);
    expect(await withRoot([inside], `${folder}/`)).toEqual([inside, folder]);
  });

  it('must be folders, named whole, and not the whole disk', async () => {
    await expect(withRoot([], sample)).rejects.toMatchObject({ failure: { code: 'folder' } });
    await expect(withRoot([], join(folder, 'nothing'))).rejects.toMatchObject({
      failure: { code: 'folder' },
    });
    await expect(withRoot([], 'projects')).rejects.toMatchObject({ failure: { code: 'usage' } });
    await expect(withRoot([], '/')).rejects.toMatchObject({ failure: { code: 'usage' } });
  });

  it('are known by where they really lie', async () => {
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    const [linked, missing] = await realRoots([join(folder, 'link'), join(folder, 'nothing')]);
    expect(linked).toMatch(/\/real$/);
    expect(missing).toBe(join(folder, 'nothing'));
  });
});

describe('the thread that looks at files', () => {
  const glancers: Glancer[] = [];
  afterEach(async () => {
    for (const glancer of glancers.splice(0)) await glancer.close();
  });
  const glancer = (entry: string) => {
    const made = createGlancer(entry, join(folder, 'data'));
    glancers.push(made);
    return made;
  };

  it('counts what a workflow has, and says why another cannot be read', async () => {
    await cp(fixtures, join(folder, 'p'), { recursive: true });
    const { glance } = glancer(findPlaces().glanceWorker);
    const [good, cut] = await Promise.all([
      glance(join(folder, 'p/valid/XYZG3-V0-1.nbflow')),
      glance(join(folder, 'p/gone.nbflow')),
    ]);
    expect(good).toMatchObject({
      code: 'XYZG3',
      version: 'V0-1',
      tabs: 1,
      scenes: 3,
      unreadable: null,
      errors: 0,
    });
    expect(good.cached + good.stale + good.missing).toBe(good.generationNodes);
    expect(cut).toMatchObject({ generationNodes: 0, unreadable: expect.stringMatching(/./) });
  });

  it('is replaced when it died, and what it was asked is told to have failed', async () => {
    const entry = join(folder, 'dies.mjs');
    await writeFile(
      entry,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ id, file }) => {
         if (file === 'deadly') process.exit(3);
         parentPort.postMessage({ id, glance: { path: file }, error: null });
       });`,
    );
    const { glance } = glancer(entry);
    await expect(glance('deadly')).rejects.toThrow('ended');
    expect(await glance('harmless')).toEqual({ path: 'harmless' });
  });
});
