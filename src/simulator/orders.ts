/** JPEG bytes of at most 480 × 854 pixels. */
export interface SmallPicture {
  jpeg: Buffer;
  width: number;
  height: number;
}

/** A reference picture that arrived: its content's hash and, once decoded, a small copy for drawing. */
export interface Reference {
  name: string;
  sha256: string;
  /** Null when it does not decode. */
  small: Promise<SmallPicture | null>;
}

/** What a task makes, whatever endpoint it came through. */
export type Kind = 'image' | 'video';

/** `type` of a task on the wire (glabs-api.md A3). */
export type TaskType = 'image' | 'video' | 'grok' | 'vibes' | 'openai' | 'upscale';

export const imageRatios = ['1:1', '3:4', '4:3', '9:16', '16:9'] as const;
export const videoRatios = ['16:9', '9:16'] as const;
export type AspectRatio = (typeof imageRatios)[number];

const imageModels: readonly string[] = ['nano_banana_pro', 'nano_banana_2', 'nano_banana_2_lite'];
const videoModels: readonly string[] = [
  'veo_31_fast',
  'veo_31_lite',
  'veo_31_quality',
  'veo_31_lite_relaxed',
  'omni_flash',
  'omni_vids',
];
const videoModes: readonly string[] = ['text_to_video', 'start_image', 'start_end_image', 'components'];
const videoResolutions: readonly string[] = ['360p', '720p', '1080p', '4K'];
const upscales: readonly string[] = ['2K', '4K'];

/** A generation request as the server understood it: silent replacements of bad values are done. */
export interface Order {
  type: TaskType;
  kind: Kind;
  /** Empty when the request had none: the task then fails (glabs-api.md A7, code 0). */
  prompt: string;
  model: string;
  aspectRatio: AspectRatio;
  /** Videos: which references are frames. Images: `text_to_image`. */
  mode: string;
  references: Reference[];
  /** One file each: the suffix of its name (`''`, `2K`, `1080p`, `2` …). */
  files: string[];
  /** A reference that cannot be read fails the task; null if there is none. */
  referenceProblem: string | null;
}

/** What an answer of HTTP 400 says. */
export type Refusal = { error: string };

export type Body = Readonly<Record<string, unknown>>;

/** A simulator's own bound: what a task keeps in memory has to end somewhere. */
export const MAX_PROMPT_LENGTH = 100_000;

/** Everything of an order but its references, which take reading (`references.ts`). */
export type Draft = Omit<Order, 'references' | 'referenceProblem'>;

/**
 * Reads a submit body (glabs-api.md A4, A5). Unknown models, ratios and modes are silently replaced, as G-Labs does;
 * a video without a model is refused with 400 `MISSING_MODEL`.
 */
export function readDraft(type: TaskType, body: Body, options: { multiFile: boolean }): Draft | Refusal {
  const prompt = typeof body.prompt === 'string' ? body.prompt.trim() : '';
  if (prompt.length > MAX_PROMPT_LENGTH) {
    return { error: `Prompt too long (max ${MAX_PROMPT_LENGTH} characters)` };
  }
  if (type === 'video') return readVideo(prompt, body);

  const kind: Kind =
    (type === 'grok' && body.mode === undefined) || isVideoMode(type, body.mode) ? 'video' : 'image';
  const model = type === 'image' ? oneOf(imageModels, body.model, 'nano_banana_2') : type;
  return {
    type,
    kind,
    prompt,
    model,
    aspectRatio:
      kind === 'video'
        ? oneOf(videoRatios, body.aspect_ratio, '9:16')
        : oneOf(imageRatios, body.aspect_ratio, type === 'image' || type === 'openai' ? '1:1' : '9:16'),
    mode: kind === 'video' ? 'text_to_video' : 'text_to_image',
    files: imageFiles(body, options.multiFile && kind === 'image'),
  };
}

function readVideo(prompt: string, body: Body): Draft | Refusal {
  if (typeof body.model !== 'string' || body.model === '') return { error: 'MISSING_MODEL' };
  const resolutions = listOf(videoResolutions, body.resolution);
  return {
    type: 'video',
    kind: 'video',
    prompt,
    model: oneOf(videoModels, body.model, 'veo_31_fast'),
    aspectRatio: oneOf(videoRatios, body.aspect_ratio, '16:9'),
    mode: oneOf(videoModes, body.mode, 'text_to_video'),
    files: resolutions.length < 2 ? [''] : resolutions,
  };
}

/** Upscaled sizes take the place of the plain picture; several plain files come from old or foreign builds only. */
function imageFiles(body: Body, multiFile: boolean): string[] {
  const sizes = listOf(upscales, body.upscale);
  if (sizes.length > 0) return sizes;
  if (!multiFile) return [''];
  const count = typeof body.count === 'number' && Number.isInteger(body.count) ? body.count : 4;
  return Array.from({ length: Math.max(1, Math.min(8, count)) }, (_, index) =>
    index === 0 ? '' : `${index + 1}`,
  );
}

/** Frames a video starts from and ends on; other modes use no frames (glabs-api.md A5). */
export function framesOf(order: Pick<Order, 'mode' | 'references'>): {
  start: Reference | null;
  end: Reference | null;
} {
  const [first = null, second = null] = order.references;
  if (order.mode === 'start_image') return { start: first, end: null };
  if (order.mode === 'start_end_image') return { start: first, end: second };
  if (order.mode === 'components') return { start: first, end: null };
  return { start: null, end: null };
}

function isVideoMode(type: TaskType, mode: unknown): boolean {
  return (type === 'grok' || type === 'vibes') && (mode === 't2v' || mode === 'i2v');
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((each) => each === value) ?? otherwise;
}

function listOf(known: readonly string[], value: unknown): string[] {
  const asked: unknown[] = Array.isArray(value) ? value : [value];
  return known.filter((each) => asked.includes(each));
}
