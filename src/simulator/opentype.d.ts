// The few parts we use of opentype.js 2, which ships no types.
declare module 'opentype.js/dist/opentype.mjs' {
  export interface Path {
    toPathData(decimals?: number): string;
  }
  export interface Glyph {
    index: number;
    advanceWidth: number;
    getPath(x: number, y: number, size: number): Path;
  }
  export interface Font {
    unitsPerEm: number;
    charToGlyphIndex(character: string): number;
    charToGlyph(character: string): Glyph;
  }
  export function parse(buffer: ArrayBuffer): Font;
}
