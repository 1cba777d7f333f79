import { zstdCompressSync } from 'node:zlib';
import type { RunOptions } from '../../../../shared/domain.ts';
import { fail } from '../../../../shared/failure.ts';
import { type SettingKey, type Settings, settingSchemas } from '../../../../shared/settings.ts';
import { sha256 } from '../../../platform/media.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import type { RunnerDeps } from '../../runner-deps.ts';
import { createSourceWriter, knownAs } from '../../source-writer.ts';
import { createSimBackend, type SimBackend } from './backend.ts';
import type { Dice } from './dice.ts';
import { createSimDisk, type SimDisk } from './disk.ts';
import { createFaults, type Faults } from './faults.ts';
import { createSimLocks, type SimLocks } from './locks.ts';
import { inspectSimMedia, makeMedia } from './media.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { databaseOf } from './process-database.ts';
import { makeShape, type Shape } from './shape.ts';
import { createSimStore, type SimStore } from './store.ts';
import type { SimProcess, World } from './world.ts';

/** All that outlives a process of Flowdeck: the disk, the database, the backend, the store, and the workflow in it. */
export interface Site {
  world: World;
  dice: Dice;
  faults: Faults;
  disk: SimDisk;
  locks: SimLocks;
  backend: SimBackend;
  store: SimStore;
  database: MemoryDatabase;
  /** Path of the workflow. */
  workflow: string;
  shape: Shape;
  /** Addresses that stood in the file before the first run. */
  given: ReadonlySet<string>;
  /** What a process of Flowdeck sees of it. */
  of(process: SimProcess): RunnerDeps;
}

const PROJECT = '/project';
const STORE = 'main';

export function createSite(world: World, dice: Dice, database: MemoryDatabase): Site {
  const faults = createFaults(dice.fork());
  const disk = createSimDisk(world);
  const locks = createSimLocks(world);
  const backend = createSimBackend(world, dice.fork(), faults);
  const kind: ObjectStore['kind'] = dice.pick(['local', 's3', 's3', 'endpoint']);
  const store = createSimStore(kind, STORE, { world, disk, faults });
  const here = createSimStore('local', 'here', { world, disk, faults });
  const given = new Set<string>();
  const shape = makeShape(dice.fork(), (nodeId, candidate) => {
    const url = store.put(
      `SIM1/V0-1/other-tool-${nodeId}-${candidate}.png`,
      makeMedia('image', `given ${nodeId} ${candidate}`),
    );
    given.add(url);
    return url;
  });
  const workflow = `${PROJECT}/testing/SIM1-V0-1.nbflow`;
  disk.put(workflow, shape.text);
  if (shape.reference !== null) disk.put(`${PROJECT}/${shape.reference}`, makeMedia('image', 'avatar'));

  const settings = new Map<SettingKey, unknown>();
  const setting = <K extends SettingKey>(key: K): Settings[K] => {
    if (!settings.has(key))
      settings.set(key, key === 'storage.default' ? STORE : settingSchemas[key].parse(undefined));
    return settings.get(key) as Settings[K];
  };

  let runs = 0;
  const of = (process: SimProcess): RunnerDeps => {
    const db = databaseOf(process, database.db, world, disk.isFull);
    const processDisk = disk.of(process);
    const { lock, alone } = locks.of(process);
    const web = (url: string, { method, signal }: RequestInit): Promise<Response> =>
      world.step(
        process,
        `web ${method ?? 'GET'} ${url}`,
        world.dice.between(1, 120),
        () => {
          if (faults.happens('webFails')) {
            if (world.dice.chance(0.5)) throw new TypeError('fetch failed');
            return new Response(null, { status: 503 });
          }
          const bytes = store.at(url);
          if (bytes === null) return new Response(null, { status: 404 });
          return new Response(method === 'HEAD' ? null : new Uint8Array(bytes));
        },
        { signal: signal ?? undefined },
      );
    return {
      db,
      disk: processDisk,
      clock: world.clockOf(process),
      random: () => world.dice.next(),
      fetch: (input, init) => web(String(input), init ?? {}),
      setting,
      server: async ({ server }: RunOptions) => server ?? backend.server,
      openBackend: async () => backend.of(process),
      watchBackend: () => ({ listen: () => () => undefined, mended: async () => false }),
      openStore: async () => store.of(process),
      tryStore: (tried, signal) =>
        world.step(
          process,
          `tries ${tried.name}`,
          world.dice.between(1, 120),
          () => {
            if (faults.happens('storeAway'))
              throw fail('store-unreachable', `The store "${tried.name}" does not answer.`, {
                cure: 'Wait.',
              });
          },
          { signal },
        ),
      here: here.of(process),
      backup: async (path, content, reason) => {
        const base = `SIM1-V0-1.nbflow.bak-2026-03-01-${reason}`;
        const copy = await processDisk.writeNew(
          `${PROJECT}/backups`,
          (n) => (n === 1 ? base : `${base}-${n}`),
          content,
        );
        const packed = {
          ...{ sha256: sha256(content), size: content.byteLength, zstd: zstdCompressSync(content) },
          ...{ base: null, mends: false, content },
        };
        const at = world.clockOf(process).now();
        const row = { id: copy, workflow: path, path: copy, reason, origin: 'automatic' as const, at };
        await db.commits.write(() => db.backups.put(row, packed));
        return { id: copy, path: copy, problem: null };
      },
      lock,
      alone,
      openSource: (start) => createSourceWriter(knownAs(start), processDisk),
      watch: () => () => undefined,
      inspect: inspectSimMedia,
      fit: async (bytes) => ({ bytes, ext: 'png', mediaType: 'image/png' }),
      hash: async (bytes) => sha256(bytes),
      pack: async (record) => zstdCompressSync(JSON.stringify(record)),
      online: () => true,
      media: () => null,
      self: { pid: process.pid, started: null, boot: 'this start' },
      isAlive: async (pid) => world.isAlive(pid),
      newId: () => `run-${++runs}`,
    };
  };
  return { world, dice, faults, disk, locks, backend, store, database, workflow, shape, given, of };
}
