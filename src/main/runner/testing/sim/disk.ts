import { basename, dirname, join } from 'node:path';
import { fail } from '../../../../shared/failure.ts';
import type { Disk } from '../../../platform/disk.ts';
import type { SimProcess, World } from './world.ts';

/** A disk in memory that outlives processes. As on the real one, a write is a temporary file and then its name. */
export interface SimDisk {
  readonly files: ReadonlyMap<string, SimFile>;
  /** As a person or another program does, in one go. */
  put(path: string, bytes: Uint8Array | string): void;
  remove(path: string): void;
  /** While it is full nothing is written. */
  setFull(full: boolean): void;
  isFull(): boolean;
  /** Hears of each file that a process has begun to write, and that has not got its name yet. */
  onWriting(listener: (path: string) => void): void;
  /** The disk as a process sees it. */
  of(process: SimProcess): Disk;
}

export interface SimFile {
  bytes: Uint8Array;
  mtimeMs: number;
  ino: number;
}

const SLOWEST_MS = 4;

export function createSimDisk(world: World): SimDisk {
  const files = new Map<string, SimFile>();
  let inodes = 0;
  let full = false;
  const listeners: ((path: string) => void)[] = [];

  const put = (path: string, data: Uint8Array | string) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    files.set(path, { bytes, mtimeMs: world.now(), ino: ++inodes });
  };
  const isFolder = (path: string) => [...files.keys()].some((name) => name.startsWith(`${path}/`));
  const assertSpace = (path: string) => {
    if (!full) return;
    throw fail('store-unreachable', 'The disk is full; the file was left as it was.', {
      where: path,
      cure: 'Free some space and try again.',
      cause: Object.assign(new Error('full'), { code: 'ENOSPC' }),
    });
  };

  const of = (process: SimProcess): Disk => {
    let temporaries = 0;
    const does = <T>(what: string, effect: () => T) =>
      world.step(process, `disk ${what}`, world.dice.below(SLOWEST_MS), effect);
    const temporaryFor = (path: string) => {
      const mark = (++temporaries).toString(16).padStart(12, '0');
      return join(dirname(path), `.${basename(path)}.${process.pid}-${mark}.tmp`);
    };
    /** The first half is on the disk when this resolves; who dies here leaves it. */
    const begin = async (path: string, data: Uint8Array | string): Promise<string> => {
      const temporary = temporaryFor(path);
      await does(`begins ${path}`, () => {
        assertSpace(path);
        put(temporary, Buffer.from(data).subarray(0, data.length / 2));
      });
      for (const listener of listeners) listener(path);
      return temporary;
    };
    const replace = async (path: string, data: Uint8Array | string, still?: () => Promise<void>) => {
      const temporary = await begin(path, data);
      const rename = () => {
        files.delete(temporary);
        put(path, data);
      };
      if (still === undefined) return does(`replaces ${path}`, rename);
      try {
        await does(`syncs ${path}`, () => undefined);
        await still();
      } catch (error) {
        await does(`tidies ${path}`, () => files.delete(temporary));
        throw error;
      }
      // The look and the new name are two calls in a row: nobody saves in between.
      rename();
    };
    const claim = async (temporary: string, path: string, data: Uint8Array | string) => {
      const free = await does(`claims ${path}`, () => {
        if (files.has(path)) return false;
        put(path, data);
        return true;
      });
      if (free) await does(`tidies ${path}`, () => files.delete(temporary));
      return free;
    };
    const contentOf = (path: string): Uint8Array => {
      const file = files.get(path);
      if (file) return file.bytes;
      throw fail('folder', 'The file or its folder is not there.', { where: path });
    };

    return {
      read: (path) => does(`reads ${path}`, () => files.get(path)?.bytes ?? null),
      stat: (path) =>
        does(`looks at ${path}`, () => {
          const file = files.get(path);
          if (file) return { size: file.bytes.byteLength, mtimeMs: file.mtimeMs, ino: file.ino };
          return isFolder(path) ? { size: 0, mtimeMs: 0, ino: 0 } : null;
        }),
      realPath: (path) => does(`finds ${path}`, () => (files.has(path) || isFolder(path) ? path : null)),
      write: replace,
      writeNew: async (folder, name, data) => {
        const temporary = await begin(join(folder, 'new'), data);
        for (let n = 1; ; n++) {
          const path = join(folder, name(n));
          if (await claim(temporary, path, data)) return path;
        }
      },
      copyNew: async (from, to) => {
        const bytes = await does(`reads ${from}`, () => contentOf(from));
        const temporary = await begin(to, bytes);
        if (await claim(temporary, to, bytes)) return true;
        await does(`tidies ${to}`, () => files.delete(temporary));
        return false;
      },
      copyOver: async (from, to) => replace(to, await does(`reads ${from}`, () => contentOf(from))),
      remove: (path) => does(`removes ${path}`, () => void files.delete(path)),
      list: (folder) =>
        does(`lists ${folder}`, () => {
          const below = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
          return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))];
        }),
      assertWritable: (folder) => does(`tries ${folder}`, () => assertSpace(folder)),
    };
  };

  return {
    files,
    put,
    remove: (path) => void files.delete(path),
    setFull: (now) => {
      full = now;
    },
    isFull: () => full,
    onWriting: (listener) => void listeners.push(listener),
    of,
  };
}
