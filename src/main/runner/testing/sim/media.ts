import type { GenerationKind } from '../../../../shared/domain.ts';
import type { MediaInfo } from '../../../platform/media.ts';

/** Pictures and clips of the simulation: a few bytes that say what they are, and that show whether they are whole. */

const END = ' END';
const LEAST = 120;

/** The bytes of a picture or clip; `mark` makes them its own. */
export const makeMedia = (kind: GenerationKind, mark: string): Uint8Array =>
  Buffer.from(`SIM ${kind} ${mark} `.padEnd(LEAST, '.') + END);

export function isWholeMedia(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1');
  return /^SIM (image|video) /.test(text) && text.endsWith(END);
}

/** As inspectMedia (platform/media.ts) does with real ones. */
export async function inspectSimMedia(bytes: Uint8Array): Promise<MediaInfo> {
  const text = Buffer.from(bytes).toString('latin1');
  const kind = /^SIM (image|video) /.exec(text)?.[1];
  if (kind === undefined) throw new Error('is not a PNG, JPEG, WebP or MP4 (it is something else)');
  if (!text.endsWith(END)) throw new Error('is cut off: the end is missing');
  return kind === 'image'
    ? { kind, ext: 'png', contentType: 'image/png', width: 90, height: 160, durationS: null }
    : { kind: 'video', ext: 'mp4', contentType: 'video/mp4', width: 90, height: 160, durationS: 8 };
}
