import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Font, parse } from 'opentype.js/dist/opentype.mjs';

/**
 * Text as outlines. A machine may have no fonts at all, and two machines never have the same ones:
 * the letters come from a package, so a picture is legible and equal everywhere.
 */
export type Weight = 400 | 600 | 700;

/** Each file of the family holds one script; Latin covers nearly everything. */
const scripts = ['latin', 'latin-ext', 'vietnamese', 'cyrillic', 'greek'] as const;

export interface Lettering {
  /** Width in pixels. Letters that no font has count nothing. */
  width(text: string, size: number, weight: Weight): number;
  /** Path data of one line with its baseline starting at (x, y); `tracking` is extra space per letter in pixels. */
  outline(text: string, x: number, y: number, size: number, weight: Weight, tracking?: number): string;
  /** Whether anything of the text can be drawn. */
  canDraw(text: string): boolean;
}

export function createLettering(): Lettering {
  const require = createRequire(import.meta.url);
  const fonts = new Map<string, Font>();

  function fontOf(script: (typeof scripts)[number], weight: Weight): Font {
    const file = `@fontsource/inter/files/inter-${script}-${weight}-normal.woff`;
    let font = fonts.get(file);
    if (font === undefined) {
      const bytes = readFileSync(require.resolve(file));
      font = parse(new Uint8Array(bytes).buffer);
      fonts.set(file, font);
    }
    return font;
  }

  function fontFor(character: string, weight: Weight): Font | null {
    for (const script of scripts) {
      const font = fontOf(script, weight);
      if (font.charToGlyphIndex(character) !== 0) return font;
    }
    return null;
  }

  function* placed(text: string, size: number, weight: Weight, tracking: number) {
    let x = 0;
    for (const character of text.normalize('NFC')) {
      const font = fontFor(character, weight);
      if (font === null) continue;
      const glyph = font.charToGlyph(character);
      yield { glyph, x };
      x += (glyph.advanceWidth / font.unitsPerEm) * size + tracking;
    }
    yield { glyph: null, x };
  }

  return {
    width(text, size, weight) {
      let end = 0;
      for (const { x } of placed(text, size, weight, 0)) end = x;
      return end;
    },
    outline(text, x, y, size, weight, tracking = 0) {
      let data = '';
      for (const each of placed(text, size, weight, tracking)) {
        data += each.glyph?.getPath(x + each.x, y, size).toPathData(1) ?? '';
      }
      return data;
    },
    canDraw: (text) => [...text].some((letter) => letter.trim() !== '' && fontFor(letter, 400) !== null),
  };
}

/** Breaks words into lines no wider than `width`; what does not fit in `maxLines` ends in an ellipsis. */
export function breakLines(
  lettering: Pick<Lettering, 'width'>,
  words: readonly string[],
  options: { width: number; size: number; weight: Weight; maxLines: number },
): { lines: string[]; whole: boolean } {
  const { width, size, weight, maxLines } = options;
  const fits = (text: string) => lettering.width(text, size, weight) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (!fits(line) && line.length > 1) line = line.slice(0, -1);
    if (lines.length === maxLines) break;
  }
  if (lines.length < maxLines && line !== '') lines.push(line);
  const whole = lines.join(' ') === words.join(' ');
  const last = lines.pop();
  if (last === undefined) return { lines, whole };
  if (whole) return { lines: [...lines, last], whole };
  let cut = last.replace(/[\s,.;:]+$/, '');
  while (cut.length > 1 && !fits(`${cut}…`)) cut = cut.slice(0, -1).trimEnd();
  return { lines: [...lines, `${cut}…`], whole };
}
