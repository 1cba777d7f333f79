import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Body, Reference, SmallPicture, TaskType } from './orders.ts';

/** Decoded data below this many bytes is skipped without a word (glabs-api.md A6). */
export const MIN_REFERENCE_BYTES = 100;

const MAX_PATH_BYTES = 50 * 1024 * 1024;

/** How many reference pictures a request may carry; the rest is ignored. */
function limitFor(type: TaskType, model: string): number {
  if (type === 'video') return model === 'omni_flash' ? 7 : 3;
  return type === 'image' ? 10 : 5;
}

export interface ReadReferences {
  references: Reference[];
  /** Sent, but too short to be a picture or of no known form. */
  skipped: number;
  /** Text of the task's failure when a named file is not there (glabs-api.md A6). */
  problem: string | null;
}

/**
 * Reads `reference_images` as G-Labs does: bare or data-URI base64, `{data, name}` or `{path, name}`. A bare string is
 * always base64, even when it looks like a URL. Files by path are read only when `allowPaths`.
 */
export async function readReferences(
  body: Body,
  type: TaskType,
  model: string,
  options: { allowPaths: boolean; shrink: (bytes: Buffer, sha256: string) => Promise<SmallPicture | null> },
): Promise<ReadReferences> {
  const given: unknown[] = Array.isArray(body.reference_images) ? body.reference_images : [];
  const result: ReadReferences = { references: [], skipped: 0, problem: null };
  for (const entry of given.slice(0, limitFor(type, model))) {
    const path = textOf(entry, 'path');
    let bytes: Buffer | null;
    if (path !== null) {
      bytes = options.allowPaths ? await fileAt(path) : null;
      if (bytes === null) {
        result.problem ??= `reference path not found: ${path}`;
        continue;
      }
    } else {
      const data = typeof entry === 'string' ? entry : textOf(entry, 'data');
      bytes = data === null ? null : fromBase64(data);
    }
    if (bytes === null || bytes.length < MIN_REFERENCE_BYTES) {
      result.skipped += 1;
      continue;
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const name = textOf(entry, 'name') ?? textOf(entry, 'filename') ?? '';
    result.references.push({ name, sha256, small: options.shrink(bytes, sha256) });
  }
  return result;
}

function textOf(entry: unknown, key: string): string | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const value: unknown = Reflect.get(entry, key);
  return typeof value === 'string' ? value : null;
}

function fromBase64(text: string): Buffer {
  const comma = text.startsWith('data:') ? text.indexOf(',') : -1;
  return Buffer.from(comma === -1 ? text : text.slice(comma + 1), 'base64');
}

/** Null when there is no such file, or none that could be a picture. */
async function fileAt(path: string): Promise<Buffer | null> {
  if (!isAbsolute(path)) return null;
  try {
    const bytes = await readFile(path);
    return bytes.length > MAX_PATH_BYTES ? null : bytes;
  } catch (error) {
    // Missing, a folder, no right to read: for G-Labs all the same.
    if (error instanceof Error) return null;
    throw error;
  }
}
