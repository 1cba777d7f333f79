import { cp, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunOptions } from '../../../shared/domain.ts';
import { type SettingKey, type Settings, settingSchemas } from '../../../shared/settings.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { backupFolder } from '../../history/backup.ts';
import { systemClock } from '../../platform/clock.ts';
import { hashOf } from '../../platform/content-hash.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { inspectMedia, measureMedia } from '../../platform/media.ts';
import { resolveOptions } from '../../runner/options.ts';
import { placesFor } from '../../runner/places.ts';
import { planOpened } from '../../runner/prepare.ts';
import { createLocalStore } from '../../storage/local-store.ts';
import { fixturePath } from '../../workflow/fixtures/expected.ts';
import type { Evidence } from '../evidence.ts';
import { gatherEvidence } from '../gather.ts';
import type { GatherDeps } from '../gather-deps.ts';

/** For tests only: a project folder of its own, a real database, a store, and a server for the addresses of fixtures. */
export interface GatherBench {
  /** Of the project. */
  folder: string;
  workflow: string;
  db: Database;
  /** Root of the store. */
  objects: string;
  deps: GatherDeps;
  gather(change?: Partial<GatherDeps>): Promise<Evidence>;
  close(): Promise<void>;
}

const setting = <K extends SettingKey>(key: K): Settings[K] =>
  settingSchemas[key].parse(undefined) as Settings[K];

/** On a machine that is busy with other tests everything takes its time. */
const patient = {
  addressMs: 60_000,
  addressesMs: 60_000,
  storeMs: 60_000,
  servicesMs: 60_000,
  filesMs: 60_000,
  decodeMs: 60_000,
  backupsMs: 60_000,
};

/** The addresses of fixtures are never meant to answer: `answer` stands for that server. */
export async function openGatherBench(
  fixture: string,
  answer: RequestListener = (_, response) => response.end(),
): Promise<GatherBench> {
  const top = await realpath(await mkdtemp(join(tmpdir(), 'flowdeck-gather-')));
  const folder = join(top, 'project');
  await cp(
    fixturePath(fixture),
    fixture.endsWith('.nbflow') ? join(folder, 'testing', 'XYZG3-V0-2.nbflow') : folder,
    {
      recursive: true,
    },
  );
  const [name = ''] = await readdir(join(folder, 'testing'));
  await mkdir(join(top, 'data'));
  const db = openDatabase(join(top, 'data', 'flowdeck.db'));
  const objects = join(top, 'data', 'objects');
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const deps: GatherDeps = {
    db,
    disk: nodeDisk,
    clock: systemClock,
    fetch: (url, options) => fetch(String(url).replace('https://pub-0000.r2.dev/', base), options),
    fields: {},
    plan: async (opened, gone) => {
      const options = resolveOptions(RunOptions.parse({}), setting);
      const planned = await planOpened(
        opened,
        options,
        { db, disk: nodeDisk, setting, hash: hashOf },
        async (urls) => new Set(urls.filter((url) => gone.has(url))),
      );
      return {
        nodes: planned.plan.nodes.map(({ node, reason, trusted, needs, references }) => ({
          ...{ node, reason, trusted, needs, references },
          priceUSD: planned.facts.priceOf(node),
        })),
        places: placesFor(planned.projectFolder, opened.workflow, planned.nodes),
      };
    },
    runs: async () => [],
    record: async () => null,
    openStore: async () => createLocalStore({ name: 'local', root: objects }),
    backend: async () => ({ state: 'up', address: 'http://127.0.0.1:8765', message: null, cure: null }),
    tunnel: async () => ({ state: 'unused', address: null, message: null, cure: null }),
    backupFolder,
    inspect: inspectMedia,
    measure: measureMedia,
    limits: patient,
  };
  const workflow = join(folder, 'testing', name);
  return {
    folder,
    workflow,
    db,
    objects,
    deps,
    gather: (change = {}) => gatherEvidence(workflow, { ...deps, ...change }, new AbortController().signal),
    close: async () => {
      db.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(top, { recursive: true, force: true });
    },
  };
}
