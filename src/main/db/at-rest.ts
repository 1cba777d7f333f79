import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { errorCode } from '../platform/error-code.ts';
import { fileFailure } from '../platform/file-failure.ts';

/** A database that nobody has open, by its bytes: SQLite could not look without writing beside it. */
export interface AtRest {
  /** Its schema's version, the newest committed one; null: the file has no header of a database. */
  version: number | null;
  /** What is wrong with the header, or null. */
  fault: string | null;
  /** Who had it open last did not close it: its log of writes is still there. */
  leftOpen: boolean;
  /** Nothing is in it yet. */
  empty: boolean;
}

/**
 * Looks at the database and its log without changing a byte, a time or a file. Only while nobody has it open: on POSIX
 * systems closing the file here would drop the locks that this process has on it (in-use.ts tells). Throws `folder` or
 * `store-unreachable` for what cannot be read.
 */
export function lookAtRest(file: string): AtRest {
  try {
    return look(file);
  } catch (error) {
    throw fileFailure(error, file) ?? error;
  }
}

function look(file: string): AtRest {
  const size = sizeOf(file);
  const leftOpen = sizeOf(`${file}-wal`) > 0;
  if (size === 0) {
    // SQLite would take this for a new database and delete the log, in which everything may be.
    const fault = leftOpen ? 'the file is empty, its log is not' : null;
    return { version: fault === null ? 0 : null, fault, leftOpen, empty: fault === null };
  }
  const header = withFile(file, (read) => read(0, HEADER_BYTES));
  const fault = headerFault(header);
  if (fault !== null) return { version: null, fault, leftOpen, empty: false };
  const version = header.readUInt32BE(VERSION_AT);
  // To work through a whole log takes a while; it is worth it only if the log may know another version.
  const doubted = leftOpen && withFile(`${file}-wal`, (read) => mentionsOther(version, read));
  const newest = (doubted ? pageOneOfLog(file)?.readUInt32BE(VERSION_AT) : null) ?? 0;
  return {
    version: Math.max(version, newest),
    // Who wrote pages from the log into the file and died may not have come to the last ones; the log has them.
    fault: leftOpen || size >= sizeByHeader(header) ? null : 'its end is missing',
    leftOpen,
    empty: false,
  };
}

/** The newest page 1 that was committed to the log of a database that nobody has open; null: it has none. */
export const pageOneOfLog = (file: string): Buffer | null =>
  sizeOf(`${file}-wal`) > 0 ? withFile(`${file}-wal`, newestPageOne) : null;

const HEADER_BYTES = 100;
const VERSION_AT = 60;
/** SQLite's own choice, which nothing of ours changes. */
const PAGE_BYTES = 4096;

/** What is wrong with the first 100 bytes of a database of ours (SQLite's file format, §1.3), or null. Pure. */
export function headerFault(header: Buffer): string | null {
  if (header.length < HEADER_BYTES) return 'the file is shorter than the header of a database';
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 'it does not begin as a database';
  const pageSize = header.readUInt16BE(16);
  const isPower = pageSize === 1 || (pageSize >= 512 && (pageSize & (pageSize - 1)) === 0);
  const known =
    isPower &&
    [1, 2].includes(header.readUInt8(18)) &&
    [1, 2].includes(header.readUInt8(19)) &&
    header.readUInt8(20) === 0 &&
    header.readUIntBE(21, 3) === 0x40_20_20 &&
    header.readUInt32BE(44) <= 4 &&
    header.readUInt32BE(56) <= 1;
  return known ? null : 'its header is damaged';
}

/** Bytes of the whole database, by its header; 0 where that does not say. Pure. */
export function sizeByHeader(header: Buffer): number {
  const counted = header.readUInt32BE(24) === header.readUInt32BE(92);
  const page = header.readUInt16BE(16);
  return counted ? header.readUInt32BE(28) * (page === 1 ? 65_536 : page) : 0;
}

/** A header as every database of ours has it, with what is left of this one in the fields that differ. Pure. */
export function standardHeader(header: Buffer): Buffer {
  const made = Buffer.alloc(HEADER_BYTES);
  header.copy(made, 0, 0, HEADER_BYTES);
  made.write('SQLite format 3\0', 0, 'latin1');
  made.writeUInt16BE(PAGE_BYTES, 16);
  made.set([2, 2, 0, 0x40, 0x20, 0x20], 18);
  made.writeUInt32BE(4, 44);
  made.writeUInt32BE(1, 56);
  return made;
}

/**
 * The newest page 1 that was committed to a log of writes (SQLite's file format, §4), or null if it has none. What
 * comes after a torn or older frame does not count, as for SQLite. Pure but for `read`.
 */
export function newestPageOne(read: (at: number, bytes: number) => Buffer): Buffer | null {
  const header = read(0, 32);
  if (header.length < 32) return null;
  const magic = header.readUInt32BE(0);
  if (magic !== 0x377f_0682 && magic !== 0x377f_0683) return null;
  const sum = createSum(magic === 0x377f_0682);
  sum(header.subarray(0, 24));
  if (!sum.is(header, 24)) return null;
  const pageBytes = header.readUInt32BE(8);
  let written: Buffer | null = null;
  let committed: Buffer | null = null;
  for (let at = 32; ; at += 24 + pageBytes) {
    const frame = read(at, 24 + pageBytes);
    const whole = frame.length === 24 + pageBytes && frame.compare(header, 16, 24, 8, 16) === 0;
    if (!whole) return committed;
    sum(frame.subarray(0, 8));
    sum(frame.subarray(24));
    if (!sum.is(frame, 16)) return committed;
    if (frame.readUInt32BE(0) === 1) written = frame.subarray(24);
    if (frame.readUInt32BE(4) !== 0) committed = written;
  }
}

/** Whether any page 1 in a log, committed or not, tells another version of the schema. Pure but for `read`. */
export function mentionsOther(version: number, read: (at: number, bytes: number) => Buffer): boolean {
  const header = read(0, 32);
  if (header.length < 32) return false;
  const pageBytes = header.readUInt32BE(8);
  for (let at = 32; ; at += 24 + pageBytes) {
    const frame = read(at, 24 + VERSION_AT + 4);
    if (frame.length < 24 + VERSION_AT + 4 || frame.compare(header, 16, 24, 8, 16) !== 0) return false;
    if (frame.readUInt32BE(0) === 1 && frame.readUInt32BE(24 + VERSION_AT) !== version) return true;
  }
}

/** The running checksum of a log, over words of either order. */
function createSum(littleEndian: boolean) {
  let [a, b] = [0, 0];
  const add = (bytes: Buffer) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i + 8 <= bytes.length; i += 8) {
      a = (a + view.getUint32(i, littleEndian) + b) >>> 0;
      b = (b + view.getUint32(i + 4, littleEndian) + a) >>> 0;
    }
  };
  /** Whether the sum so far is the one that stands there. */
  add.is = (bytes: Buffer, at: number) => bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
  return add;
}

function withFile<T>(file: string, work: (read: (at: number, bytes: number) => Buffer) => T): T {
  const handle = openSync(file, 'r');
  try {
    return work((at, bytes) => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(handle, buffer, 0, bytes, at));
    });
  } finally {
    closeSync(handle);
  }
}

/** Bytes; 0 for a file that is not there. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
