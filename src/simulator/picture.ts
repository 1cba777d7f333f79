import sharp from 'sharp';
import { breakLines, type Lettering } from './lettering.ts';
import type { AspectRatio, SmallPicture } from './orders.ts';
import { scenery } from './scenery.ts';

/** Everything a picture shows. Equal briefs make equal bytes, in any process. */
export interface PictureBrief {
  prompt: string;
  model: string;
  aspectRatio: AspectRatio;
  seed: number;
  /** Counts equal requests from 1. */
  take: number;
  /** Hex hash from which shapes are drawn; its first 8 digits are written on the picture. */
  content: string;
  /** Longer side in pixels, null for the usual size. */
  longSide: number | null;
  references: readonly SmallPicture[];
}

const sizes: Readonly<Record<AspectRatio, { width: number; height: number }>> = {
  '1:1': { width: 1024, height: 1024 },
  '3:4': { width: 896, height: 1200 },
  '4:3': { width: 1200, height: 896 },
  '9:16': { width: 768, height: 1376 },
  '16:9': { width: 1376, height: 768 },
};

/** Pixels of a picture of this ratio. */
export const pictureSize = (ratio: AspectRatio) => sizes[ratio];

/** PNG bytes. */
export async function drawPicture(brief: PictureBrief, lettering: Lettering): Promise<Buffer> {
  const { width, height } = sizes[brief.aspectRatio];
  const scale = brief.longSide === null ? 1 : brief.longSide / Math.max(width, height);
  const back = scenery(brief.prompt, brief.content, width, height);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * scale)}" height="${Math.round(height * scale)}" viewBox="0 0 ${width} ${height}">
${back}
${insets(brief.references, width)}
${words(brief, lettering, width, height)}
</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().png({ compressionLevel: 6 }).toBuffer();
}

/** The references that arrived, as a row of small cards at the top right. */
function insets(references: readonly SmallPicture[], width: number): string {
  const shown = references.slice(0, 3);
  const side = 120;
  const gap = 16;
  const margin = 48;
  return shown
    .map((reference, index) => {
      const x = width - margin - (shown.length - index) * side - (shown.length - 1 - index) * gap;
      const href = `data:image/jpeg;base64,${reference.jpeg.toString('base64')}`;
      return `<clipPath id="card${index}"><rect x="${x}" y="${margin}" width="${side}" height="${side}" rx="18"/></clipPath>
<image href="${href}" x="${x}" y="${margin}" width="${side}" height="${side}" preserveAspectRatio="xMidYMid slice" clip-path="url(#card${index})"/>
<rect x="${x}" y="${margin}" width="${side}" height="${side}" rx="18" fill="none" stroke="#fff" stroke-opacity="0.85" stroke-width="4"/>`;
    })
    .join('\n');
}

/** The title in large type, the rest of the prompt below it, and what the picture is made from. */
function words(brief: PictureBrief, lettering: Lettering, width: number, height: number): string {
  const margin = 56;
  const inner = width - 2 * margin;
  const { overline, title, rest } = splitPrompt(
    brief.prompt,
    (text) => lettering.canDraw(text),
    brief.content,
  );
  const heading = fitTitle(lettering, title, inner, height > width ? 4 : 3);
  const body = breakLines(lettering, rest, {
    width: inner,
    size: 27,
    weight: 400,
    maxLines: height > 1000 ? 3 : 2,
  });

  const parts: string[] = [];
  const text = (
    line: string,
    y: number,
    size: number,
    weight: 400 | 600 | 700,
    opacity: number,
    tracking = 0,
  ) =>
    parts.push(
      `<path d="${lettering.outline(line, margin, y, size, weight, tracking)}" fill="#fff" fill-opacity="${opacity}"/>`,
    );

  let y = height - 58;
  text(`seed ${brief.seed}  ·  take ${brief.take}  ·  ${brief.content.slice(0, 8)}`, y, 25, 400, 0.72);
  y -= 36;
  text(`${brief.model}  ·  ${brief.aspectRatio}`, y, 25, 600, 0.92);
  y -= 48;
  parts.push(`<rect x="${margin}" y="${y}" width="72" height="4" rx="2" fill="#fff" fill-opacity="0.85"/>`);
  y -= 30;
  for (const line of [...body.lines].reverse()) {
    text(line, y, 27, 400, 0.86);
    y -= 38;
  }
  if (body.lines.length > 0) y -= 22;
  for (const line of [...heading.lines].reverse()) {
    text(line, y, heading.size, 700, 1);
    y -= heading.size * 1.1;
  }
  if (overline !== null) text(overline, y + heading.size * 0.1 - 8, 27, 600, 0.9, 3);
  parts.push(
    `<path d="${lettering.outline('DEMO IMAGE', margin, 86, 24, 600, 3)}" fill="#fff" fill-opacity="0.8"/>`,
  );
  return parts.join('\n');
}

/** The largest type in which the title has no more than `maxLines` lines. */
function fitTitle(lettering: Lettering, title: readonly string[], width: number, maxLines: number) {
  for (const size of [84, 72, 62]) {
    const { lines, whole } = breakLines(lettering, title, { width, size, weight: 700, maxLines });
    if (whole) return { lines, size };
  }
  return { lines: breakLines(lettering, title, { width, size: 54, weight: 700, maxLines }).lines, size: 54 };
}

/** More letters than any picture has room for; measuring a whole book would take seconds. */
const MAX_READ = 600;
const MAX_WORD = 40;

/**
 * The words worth reading first: the first clause of the prompt, at most eight words, and `Scene 03` above it where the
 * prompt names its scene. A prompt that cannot be written in our letters is shown by its hash.
 */
export function splitPrompt(
  whole: string,
  canDraw: (text: string) => boolean,
  content: string,
): { overline: string | null; title: string[]; rest: string[] } {
  const prompt = whole.slice(0, MAX_READ);
  if (!canDraw(prompt)) return { overline: null, title: ['Prompt', content.slice(0, 8)], rest: [] };
  const scene = /\bscene\s*\d+\b/i.exec(prompt)?.[0].toUpperCase().replace(/\s+/g, ' ') ?? null;
  const plain = prompt.replace(/^\s*scene\s*\d+\s*[:,.—–-]*\s*/i, '').trim();
  const all = (plain === '' ? prompt : plain)
    .split(/\s+/)
    .map((word) => word.slice(0, MAX_WORD))
    .filter((word) => word !== '' && canDraw(word));
  const clause = all.findIndex((word) => /[,.;:!?]$/.test(word));
  const length = Math.min(clause === -1 ? all.length : clause + 1, 8, all.length);
  const title = all
    .slice(0, length)
    .map((word, index) => (index === length - 1 ? word.replace(/[,.;:]+$/, '') : word));
  const first = title[0];
  if (first !== undefined) title[0] = first.slice(0, 1).toUpperCase() + first.slice(1);
  return { overline: scene, title, rest: all.slice(length) };
}
