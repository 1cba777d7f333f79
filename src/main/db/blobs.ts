import { hashOf } from '../platform/content-hash.ts';
import type { Connection } from './connection.ts';
import { isWorthIt, packDelta, packWhole, packWholeNow, takesDelta, unpack } from './packing.ts';

/** A content made ready for the database, beside whatever else goes on: that of a large workflow takes a while. */
export interface PackedContent {
  sha256: string;
  size: number;
  /** Null: the database has it, and it is sound. */
  zstd: Uint8Array | null;
  /** Hash of the content it is packed against; null: it stands alone. */
  base: string | null;
  /** What the database has of it is damaged: this takes its place. */
  mends: boolean;
  /** Needed once more where another process has removed what this counts on. */
  content: Uint8Array;
}

/** One that stands alone. */
export type WholeContent = PackedContent & { zstd: Uint8Array; base: null };

interface Blob {
  size: number;
  zstd: Buffer;
  base: string | null;
}

/**
 * Contents by their hash, each kept once: whole, or as what differs from one that is whole. Never as what differs from
 * a difference: one damaged link would cost a row of others.
 */
export function createBlobs(db: Connection) {
  const insert = db.prepare(
    'INSERT INTO blobs (sha256, size, zstd, base) VALUES (@sha256, @size, @zstd, @base)',
  );
  const has = db.prepare('SELECT 1 FROM blobs WHERE sha256 = ?').pluck();
  const stands = db.prepare('SELECT 1 FROM blobs WHERE sha256 = ? AND base IS NULL').pluck();
  const one = db.prepare('SELECT size, zstd, base FROM blobs WHERE sha256 = ?');
  const replace = db.prepare(
    `INSERT INTO blobs (sha256, size, zstd) VALUES (@sha256, @size, @zstd)
     ON CONFLICT (sha256) DO UPDATE SET size = excluded.size, zstd = excluded.zstd, base = NULL`,
  );
  // Of a blob only its length is asked, which SQLite knows without reading it.
  const weigh = db.prepare(
    `SELECT length(zstd) AS bytes, (SELECT total(length(zstd)) FROM blobs WHERE base = @base) AS deltas
     FROM blobs WHERE sha256 = @base`,
  );
  const weighAll = db
    .prepare(
      `WITH asked AS (SELECT value AS sha256 FROM json_each(?))
       SELECT total(length(zstd)) FROM blobs WHERE sha256 IN (
         SELECT sha256 FROM asked UNION SELECT base FROM blobs WHERE sha256 IN (SELECT sha256 FROM asked))`,
    )
    .pluck();
  const baseOf = db.prepare('SELECT base FROM blobs WHERE sha256 = ?').pluck();
  const drop = db.prepare(
    `DELETE FROM blobs WHERE sha256 = @sha256
       AND NOT EXISTS (SELECT 1 FROM backups WHERE sha256 = @sha256)
       AND NOT EXISTS (SELECT 1 FROM blobs WHERE base = @sha256)`,
  );

  const read = (sha256: string) => one.get(sha256) as Blob | undefined;
  const exists = (sha256: string): boolean => has.get(sha256) !== undefined;

  async function unpacked(sha256: string): Promise<Uint8Array | null> {
    const blob = read(sha256);
    if (blob === undefined) return null;
    if (blob.base === null) return unpack(blob.zstd, blob.size, null);
    const base = await standing(blob.base);
    return base === null ? null : unpack(blob.zstd, blob.size, base);
  }

  /** A content that stands alone; null: it is damaged, not there, or does not. */
  async function standing(sha256: string): Promise<Uint8Array | null> {
    const blob = read(sha256);
    return blob === undefined || blob.base !== null ? null : unpack(blob.zstd, blob.size, null);
  }

  /** The last base, proven: backups of one file follow each other, and to unpack it takes half of the time of one. */
  let lastBase: { sha256: string; content: Uint8Array } | null = null;

  /** Null: it cannot serve. A difference to a content that is not what it is called would be lost when that is mended. */
  async function asBase(sha256: string | null): Promise<Uint8Array | null> {
    if (sha256 === null) return null;
    if (lastBase?.sha256 === sha256) return lastBase.content;
    const content = await standing(sha256);
    if (content === null || !takesDelta(content) || (await hashOf(content)) !== sha256) return null;
    lastBase = { sha256, content };
    return content;
  }

  return {
    /**
     * Makes a content ready. `base`: hash of a content that it may resemble. What the database has already is read
     * again: where it is damaged, this one takes its place.
     */
    async pack(content: Uint8Array, base: string | null): Promise<PackedContent> {
      const mayDiffer = takesDelta(content) ? base : null;
      const [sha256, before] = await Promise.all([hashOf(content), asBase(mayDiffer)]);
      const packed = { sha256, size: content.byteLength, base: null, mends: false, content };
      if (exists(sha256)) {
        const kept = await unpacked(sha256);
        if (kept !== null && Buffer.compare(kept, content) === 0) return { ...packed, zstd: null };
        return { ...packed, zstd: await packWhole(content), mends: true };
      }
      if (before !== null) {
        const zstd = await packDelta(content, before);
        const weight = weigh.get({ base }) as { bytes: number; deltas: number } | undefined;
        if (weight !== undefined && isWorthIt(zstd.byteLength, weight)) return { ...packed, zstd, base };
      }
      return { ...packed, zstd: await packWhole(content) };
    },
    /** Inside `Commits.write`. */
    put({ sha256, size, zstd, base, mends, content }: PackedContent): void {
      if (exists(sha256)) {
        if (mends && zstd !== null) replace.run({ sha256, size, zstd });
        return;
      }
      // Thinned by another process since it was made ready: rare, so it may hold this one up.
      const gone = zstd === null || (base !== null && stands.get(base) === undefined);
      insert.run(
        gone ? { sha256, size, zstd: packWholeNow(content), base: null } : { sha256, size, zstd, base },
      );
    },
    unpacked,
    /** In place of what is damaged or gone, whole. Inside `Commits.write`. */
    mend: ({ sha256, size, zstd }: WholeContent): void => {
      replace.run({ sha256, size, zstd });
    },
    /** Bytes that these take up, those they are packed against included; each counts once. */
    bytesOf: (sha256s: readonly string[]) => Number(weighAll.get(JSON.stringify(sha256s))),
    /** Removes those of these that no backup has, and their bases, unless others need them. Inside `Commits.write`. */
    dropUnused(sha256s: Iterable<string>): void {
      const whole = new Set<string>();
      for (const sha256 of sha256s) {
        const base = baseOf.get(sha256) as string | null | undefined;
        if (typeof base === 'string') drop.run({ sha256 });
        whole.add(base ?? sha256);
      }
      for (const sha256 of whole) drop.run({ sha256 });
    },
  };
}
