import { FlowdeckError } from '../../shared/failure.ts';
import type { ReferenceImage } from '../backend/backend.ts';
import type { Disk } from '../platform/disk.ts';
import { errorCode } from '../platform/error-code.ts';
import type { MediaInfo } from '../platform/media.ts';
import type { Trouble } from './reference-address.ts';

/** A picture that was looked at: it decodes, and G-Labs takes its format. */
export interface Picture {
  bytes: Uint8Array;
  ext: string;
  mediaType: ReferenceImage['mediaType'];
  /** Pixels as shown. */
  width: number;
  height: number;
}

export type Had<T> = ({ ok: true } & T) | ({ ok: false } & Trouble);

/** More than a photograph has: what is bigger is something else, and would fill the memory. */
export const MAX_REFERENCE_BYTES = 40 * 1024 * 1024;
const TOO_BIG = `is over ${MAX_REFERENCE_BYTES / 1024 / 1024} MB`;
export const tooBig: Trouble = { what: TOO_BIG, cure: 'Make it smaller.' };

const mediaTypes = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' } as const;

/** Whether bytes are a picture G-Labs takes, by decoding them: names and headers prove nothing. */
export async function pictureIn(
  bytes: Uint8Array,
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>,
): Promise<Had<{ picture: Picture }>> {
  if (bytes.byteLength === 0)
    return { ok: false, what: 'is empty (0 bytes)', cure: 'Save or upload the picture anew.' };
  try {
    const { ext, width, height } = await inspect(bytes);
    if (ext === 'mp4')
      return { ok: false, what: 'is a clip, not a picture', cure: 'Use a PNG, JPEG or WebP picture.' };
    return { ok: true, picture: { bytes, ext, mediaType: mediaTypes[ext], width, height } };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      ok: false,
      what: `is not a picture that can be sent: it ${error.message}`,
      cure: 'Use a PNG, JPEG or WebP picture.',
    };
  }
}

/** The bytes of a `data:` address, base64 or percent-encoded text. */
export function readEmbedded(value: string): Had<{ bytes: Uint8Array }> {
  const comma = value.indexOf(',');
  if (comma < 0)
    return { ok: false, what: 'is cut off: a data: address has a comma', cure: 'Put the picture in anew.' };
  const text = value.slice(comma + 1);
  if (text.length > 3 * MAX_REFERENCE_BYTES) return { ok: false, ...tooBig };
  const base64 = /;\s*base64\s*$/i.test(value.slice(0, comma));
  const bytes = base64 ? Buffer.from(unescapedText(text).toString('latin1'), 'base64') : unescapedText(text);
  return bytes.byteLength > MAX_REFERENCE_BYTES ? { ok: false, ...tooBig } : { ok: true, bytes };
}

/** `%41%42` as bytes; base64 has such escapes too where it went through a form. */
function unescapedText(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8');
  const plain = text.replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent);
  return Buffer.from(
    plain.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

const unreadable: Record<string, [string, string]> = {
  EACCES: ['may not be read', 'Give yourself the right to read the file.'],
  EPERM: ['may not be read', 'Give yourself the right to read the file.'],
  EISDIR: ['is a folder', 'Name a picture in it.'],
};

/** The first of these files that is there. What is no file (a folder, a pipe, a device) is not read. */
export async function readLocal(
  paths: readonly string[],
  disk: Disk,
): Promise<Had<{ bytes: Uint8Array; path: string }>> {
  try {
    for (const path of paths) {
      const there = await disk.stat(path);
      if (there === null) continue;
      // Pipes and devices say 0 too, and reading them might never end.
      if (there.size === 0)
        return { ok: false, what: `is empty (0 bytes, ${path})`, cure: 'Save the picture anew.' };
      if (there.size > MAX_REFERENCE_BYTES) return { ok: false, ...tooBig };
      const bytes = await disk.read(path);
      if (bytes !== null) return { ok: true, bytes, path };
    }
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    const { where, message, cure } = error.failure;
    const known = unreadable[errorCode(error.cause)];
    if (known) return { ok: false, what: `${known[0]} (${where})`, cure: known[1] };
    return { ok: false, what: `cannot be read: ${message}`, cure: cure ?? 'Look at the file.' };
  }
  return {
    ok: false,
    what: `is not there (looked at ${paths.join(', ')})`,
    cure: 'Put the picture there, or correct the path in its Media node.',
  };
}
