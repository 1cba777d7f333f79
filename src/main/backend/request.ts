import { BackendError, type GenerationRequest } from './backend.ts';

/** The server's limit for a whole request (glabs-api.md A3). */
export const maxBodyBytes = 50 * 1024 * 1024;

/** Anything that decodes to fewer bytes is skipped by the server without a word (glabs-api.md A6). */
const minReferenceBytes = 100;

/** Where a generation is sent and what is sent (glabs-api.md A4-A6). */
export interface WireRequest {
  path: string;
  body: Buffer;
}

/**
 * A generation as the wire takes it. Model and aspect ratio are always named, as the server's own defaults are not
 * ours and differ by version; one task makes one file, so there is no count.
 *
 * @throws BackendError of class `reference` for references the server would refuse or, worse, silently leave out
 */
export function wireRequest(request: GenerationRequest): WireRequest {
  const { kind, prompt, model, aspectRatio, references } = request;
  const most = kind === 'image' ? 10 : 2;
  if (references.length > most) {
    const what = kind === 'image' ? 'reference pictures' : 'frames (a start and an end)';
    throw refused(
      `${references.length} references are too many: G-Labs takes ${most} ${what}.`,
      'Use fewer references.',
    );
  }
  for (const { name, bytes } of references) {
    if (bytes.length >= minReferenceBytes) continue;
    throw refused(
      `The reference ${name} is not a picture: it has ${bytes.length} bytes. G-Labs would leave it out silently.`,
      'Use another reference picture.',
    );
  }
  // Counted before it is built: base64 makes four characters of three bytes.
  const encoded = references.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / 3) * 4, 0);
  if (encoded > maxBodyBytes) throw tooLarge(encoded);

  const common = {
    prompt,
    model,
    aspect_ratio: aspectRatio,
    reference_images: references.map(({ name, bytes }) => ({ data: base64(bytes), name })),
  };
  const fields =
    kind === 'image' ? common : { ...common, mode: videoMode(references.length), resolution: ['720p'] };
  const body = Buffer.from(JSON.stringify(fields), 'utf8');
  if (body.length > maxBodyBytes) throw tooLarge(body.length);
  return { path: `/api/${kind}/generate`, body };
}

function videoMode(frames: number): 'text_to_video' | 'start_image' | 'start_end_image' {
  if (frames === 0) return 'text_to_video';
  return frames === 1 ? 'start_image' : 'start_end_image';
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function tooLarge(bytes: number): BackendError {
  const size = (bytes / 1024 / 1024).toFixed(1);
  return refused(
    `The request would be ${size} MB with its references; G-Labs takes 50 MB.`,
    'Use smaller or fewer reference pictures.',
  );
}

function refused(message: string, cure: string): BackendError {
  return new BackendError({ kind: 'rejected', class: 'reference', arrived: 'no', message, cure });
}
