import { describe, expect, it } from 'vitest';
import css from '../styles.css?raw';

/** The contrast promised by ui.md (WCAG 2.2 AA), computed from the very tokens of styles.css. */
const tokens = new Map<string, { light: string; dark: string }>();
for (const [, name = '', value = ''] of css.matchAll(/^ {2}--([a-z-]+): (.*oklch.*);$/gm)) {
  const pair = /^light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)$/.exec(value);
  tokens.set(name, { light: pair?.[1] ?? value, dark: pair?.[2] ?? value });
}

type Theme = 'light' | 'dark';

/** Relative luminance of an opaque `oklch(L C H)`, by the published OKLab matrices, clipped to sRGB as a screen does. */
function luminance(name: string, theme: Theme): number {
  const text = tokens.get(name)?.[theme] ?? '';
  const [l = Number.NaN, c = Number.NaN, h = Number.NaN] = text
    .replace(/oklch\(|\)/g, '')
    .split(' ')
    .map(Number);
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (channel: number) => Math.min(1, Math.max(0, channel));
  const red = clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: Theme): number {
  const [dim = 0, bright = 0] = [luminance(one, theme), luminance(other, theme)].sort((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}

const surfaces = ['canvas', 'panel', 'raised', 'sunken', 'hover'];
const texts = ['ink', 'muted', 'accent-text', 'good', 'busy', 'attn', 'bad'];

describe.each<Theme>(['light', 'dark'])('the %s theme', (theme) => {
  it.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))(
    'reads %s on %s',
    (text, surface) => {
      expect(contrast(text, surface, theme)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each([
    ['good', 'good-soft'],
    ['busy', 'busy-soft'],
    ['attn', 'attn-soft'],
    ['bad', 'bad-soft'],
    ['ink', 'good-soft'],
    ['ink', 'busy-soft'],
    ['ink', 'attn-soft'],
    ['ink', 'bad-soft'],
    ['ink', 'accent-soft'],
    ['muted', 'accent-soft'],
    ['good', 'accent-soft'],
    ['busy', 'accent-soft'],
    ['attn', 'accent-soft'],
    ['bad', 'accent-soft'],
    ['muted', 'bad-soft'],
    ['muted', 'attn-soft'],
    ['accent-text', 'accent-soft'],
    ['accent-ink', 'accent'],
    ['accent-ink', 'accent-hover'],
  ])('reads %s on %s', (text, surface) => {
    expect(contrast(text, surface, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(surfaces)('shows the edge of a field on %s (3 : 1)', (surface) => {
    expect(contrast('line-strong', surface, theme)).toBeGreaterThanOrEqual(3);
  });
});
