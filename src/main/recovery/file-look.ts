import PQueue from 'p-queue';
import { hashOf } from '../platform/content-hash.ts';
import type { MediaInfo, Pixels } from '../platform/media.ts';
import type { GatherDeps } from './gather-deps.ts';

/** A file as it was found. */
export interface SeenFile {
  file: string;
  size: number;
  sha256: string;
  /** Milliseconds since the epoch. */
  modifiedAt: number;
  /** By its content; null: it was not decoded. */
  kind: MediaInfo['kind'] | null;
  pixels: Pixels | null;
  /** Why it is no whole picture or clip, as the end of a sentence that begins with it. */
  trouble: string | null;
  /** Every byte was looked at, now or when it was kept. */
  proven: boolean;
}

export interface FileLook {
  /**
   * Reads and hashes a file, `whole`: decodes it too, unless it is in the books by its hash (it was decoded when it was
   * kept). Null: there is no such file. Twice is once.
   */
  look(path: string, how: 'whole' | 'head'): Promise<SeenFile | null>;
  /** From now on nothing is decoded any more. */
  hurry(): void;
}

/** A few at a time: each is in memory as a whole, and decoding goes to the threads beside. */
const AT_ONCE = 4;
const LARGEST = 512 * 2 ** 20;

/** Looks at files of this machine, a few at a time. */
export function createFileLook({
  disk,
  db,
  inspect,
  measure,
}: Pick<GatherDeps, 'disk' | 'db' | 'inspect' | 'measure'>): FileLook {
  const queue = new PQueue({ concurrency: AT_ONCE });
  const looked = new Map<string, Promise<SeenFile | null>>();
  let hurried = false;

  async function lookAt(file: string, how: 'whole' | 'head'): Promise<SeenFile | null> {
    const stat = await disk.stat(file);
    if (stat === null) return null;
    const about = { file, size: stat.size, modifiedAt: Math.round(stat.mtimeMs) };
    if (stat.size > LARGEST) {
      const trouble = 'is larger than any picture or clip';
      return { ...about, sha256: '', kind: null, pixels: null, trouble, proven: true };
    }
    const bytes = await disk.read(file);
    if (bytes === null) return null;
    const sha256 = await hashOf(bytes);
    const seen = { ...about, size: bytes.byteLength, sha256, trouble: null };
    const kept = db.objects.bySha(sha256);
    if (kept !== null || how === 'head' || hurried) {
      const kind = kept === null ? null : kept.contentType.startsWith('video/') ? 'video' : 'image';
      return { ...seen, kind, pixels: await measure(bytes), proven: kept !== null };
    }
    try {
      const { kind, width, height } = await inspect(bytes);
      return { ...seen, kind, pixels: { width, height }, proven: true };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { ...seen, kind: null, pixels: null, trouble: error.message, proven: true };
    }
  }

  return {
    look(path, how) {
      const known = looked.get(`whole ${path}`) ?? looked.get(`${how} ${path}`);
      if (known !== undefined) return known;
      const looking = queue.add(() => lookAt(path, how));
      looked.set(`${how} ${path}`, looking);
      return looking;
    },
    hurry: () => {
      hurried = true;
    },
  };
}
