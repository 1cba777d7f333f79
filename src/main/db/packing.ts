import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib';
import { errorCode } from '../platform/error-code.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Nearly as small as the default of zstd, in two thirds of the time. With a checksum a flipped bit does not unpack. */
const WHOLE = { [constants.ZSTD_c_compressionLevel]: 2, [constants.ZSTD_c_checksumFlag]: 1 };

/** Bytes of a content for which a difference pays: below it saves next to nothing. */
const SMALLEST = 32 * 2 ** 10;
/** zstd looks for matches in the last 16 MB of a dictionary only; and every byte of it is copied on the main thread. */
const LARGEST = 2 ** 24 - 2 ** 10;

/** Bytes that are unpacked at most: more than anybody can open. */
const MOST = 2 ** 30;

/** By this a dictionary that was trained begins, which zstd would then want to be whole. */
const TRAINED = Buffer.from([0x37, 0xa4, 0x30, 0xec]);

/** Whether a content may be packed as what differs from another, or another against it. Pure. */
export const takesDelta = (content: Uint8Array): boolean =>
  content.byteLength >= SMALLEST &&
  content.byteLength <= LARGEST &&
  TRAINED.compare(content, 0, TRAINED.length) !== 0;

/** Compressed by itself, beside whatever else goes on. */
export const packWhole = (content: Uint8Array): Promise<Uint8Array> =>
  compress(content, { params: WHOLE, ...roomFor(content) });

/** The same at once: for what cannot wait. */
export const packWholeNow = (content: Uint8Array): Uint8Array => zstdCompressSync(content, { params: WHOLE });

/**
 * What differs from `base`, beside whatever else goes on: a few hundred bytes for a changed prompt in 5 MB. Both must
 * be such that `takesDelta`.
 */
export function packDelta(content: Uint8Array, base: Uint8Array): Promise<Uint8Array> {
  const both = Math.ceil(Math.log2(content.byteLength + base.byteLength));
  // zstd takes in no more of a dictionary than eight times its table, and a larger table costs time only.
  const table = Math.max(12, Math.ceil(Math.log2(base.byteLength)) - 3);
  return compress(content, {
    dictionary: base,
    ...roomFor(content),
    params: {
      [constants.ZSTD_c_compressionLevel]: 1,
      [constants.ZSTD_c_strategy]: constants.ZSTD_fast,
      [constants.ZSTD_c_windowLog]: both,
      [constants.ZSTD_c_hashLog]: table,
      [constants.ZSTD_c_chainLog]: table,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
}

/**
 * The content of `size` bytes again; `base`: what it was packed against. Null: damage. A base that was damaged and yet
 * unpacked would give something else: the hash of the result tells.
 */
export async function unpack(
  zstd: Uint8Array,
  size: number,
  base: Uint8Array | null,
): Promise<Uint8Array | null> {
  // The number lies beside the content, and may be what is damaged.
  if (size < 0 || size > MOST) return null;
  // One piece as large as the content: in many small ones it takes three times as long.
  const room = { chunkSize: Math.max(64, size + 1), maxOutputLength: Math.max(1, size) };
  try {
    return await decompress(zstd, { ...room, ...(base === null ? {} : { dictionary: base }) });
  } catch (error) {
    if (/^Z(STD)?_|^ERR_BUFFER_TOO_LARGE$/.test(errorCode(error))) return null;
    throw error;
  }
}

/**
 * Whether a difference of so many bytes is kept, or the content whole, as the base of what follows. Each backup of a
 * file that changes little by little differs more from the base; once all differences together take up as much as the
 * base itself, a new base costs less. So a history takes up twice its bases at most. Pure.
 */
export const isWorthIt = (delta: number, base: { bytes: number; deltas: number }): boolean =>
  delta <= base.bytes / 2 && delta + base.deltas <= base.bytes;

const roomFor = (content: Uint8Array) => ({
  pledgedSrcSize: content.byteLength,
  chunkSize: Math.min(Math.max(content.byteLength >> 1, 2 ** 12), 2 ** 22),
});
