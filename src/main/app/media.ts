import { access } from 'node:fs/promises';
import path, { join } from 'node:path';
import { MEDIA_PATH } from '../../shared/wire.ts';
import type { ObjectsTable } from '../db/objects.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { fileResponse, plain } from './file-response.ts';

/** Pictures and clips of runs, by the opaque ids of RunView: `{sha256}.{ext}`. */
export interface Media {
  /** Answers a GET or HEAD of `/media/{id}`, with `?w=` (pixels) for a small picture. */
  respond(request: Request): Promise<Response>;
}

export interface MediaParts {
  /** What each content is and where it lies; the only way from an id to a file. */
  objects: () => Pick<ObjectsTable, 'bySha'>;
  /** Folder of small pictures; may be emptied at any time. */
  thumbnails: string;
  /** Writes a small picture of `file` to `outFile` atomically, at most `width` pixels wide. */
  makeThumbnail(file: string, outFile: string, width: number): Promise<unknown>;
}

const idPattern = /^([0-9a-f]{64})\.(png|jpg|webp|mp4)$/;
const contentTypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
};

/** The id of a stored file; null for what a window does not show. Pure. */
export function mediaId(sha256: string, file: string): string | null {
  const ext = path.extname(file).slice(1).toLowerCase().replace('jpeg', 'jpg');
  const id = `${sha256}.${ext}`;
  return idPattern.test(id) ? id : null;
}

/** Widths that are made; others are rounded up to one of these, so that the cache stays small. */
const widths = [160, 320, 640, 1280];

/** What is named by its content never changes. */
const forEver = 'private, max-age=31536000, immutable';

export function createMedia(parts: MediaParts): Media {
  const thumbnail = createThumbnails(parts);
  return {
    async respond(request) {
      const url = new URL(request.url);
      const id = decodeId(url.pathname.slice(MEDIA_PATH.length));
      const [, sha256 = '', ext = ''] = idPattern.exec(id) ?? [];
      const object = sha256 === '' ? null : parts.objects().bySha(sha256);
      if (object === null) return plain(404, 'There is no such picture or clip.');
      const contentType = contentTypes[ext] ?? 'application/octet-stream';
      const width = readWidth(url.searchParams.get('w'));
      if (width === null || ext === 'mp4') {
        return fileResponse(request, {
          file: object.file,
          contentType,
          cacheControl: forEver,
          etag: `"${sha256}"`,
        });
      }
      const small = await thumbnail(object.file, sha256, width);
      // A picture that cannot be made small is still better shown large than not at all, but not kept as the small one.
      if (small === null)
        return fileResponse(request, { file: object.file, contentType, cacheControl: 'no-store' });
      return fileResponse(request, {
        file: small,
        contentType: 'image/webp',
        cacheControl: forEver,
        etag: `"${sha256}-${width}"`,
      });
    },
  };
}

function decodeId(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return ''; // Not an escape of anything, so not an id either.
  }
}

function readWidth(text: string | null): number | null {
  const asked = Number(text);
  if (text === null || !Number.isFinite(asked) || asked <= 0) return null;
  return widths.find((width) => width >= asked) ?? null;
}

/** Makes each small picture once, however many pages ask for it; sharp itself limits how many at a time. Gives its file, or null. */
function createThumbnails({ thumbnails, makeThumbnail }: MediaParts) {
  const making = new Map<string, Promise<string | null>>();
  let folder: Promise<unknown> | null = null;

  return (file: string, sha256: string, width: number): Promise<string | null> => {
    const outFile = join(thumbnails, `${sha256}-${width}.webp`);
    const under = making.get(outFile);
    if (under) return under;
    folder ??= makeFolder(thumbnails);
    const made = folder
      .then(() => exists(outFile))
      .then((there) => (there ? undefined : makeThumbnail(file, outFile, width)))
      .then(
        () => outFile,
        () => null,
      )
      .finally(() => making.delete(outFile));
    making.set(outFile, made);
    return made;
  };
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
