import { digest, drawsFor } from './chance.ts';

/** Skies that are pleasant to look at; olive and acid green are not among them. */
const hues = [4, 14, 22, 158, 172, 184, 196, 208, 220, 232, 246, 260, 276, 294, 312, 328, 342, 354];

/** What the last row of hills is made of: words on it are legible in white. */
const lightnesses = [42, 31, 22, 15, 11];

/**
 * The shapes of a picture as SVG, without the `svg` element around them: a calm landscape. The prompt decides the
 * colours, `content` (seed, request, take) the shapes. Pixels.
 */
export function scenery(prompt: string, content: string, width: number, height: number): string {
  const hue = hues[Number.parseInt(digest('hue', prompt).slice(0, 8), 16) % hues.length] ?? 220;
  const draw = drawsFor('scenery', content);
  const between = (low: number, high: number) => low + (high - low) * draw();
  const tint = hue + between(-10, 10);
  const portrait = height > width;

  const sunX = between(0.22, 0.78) * width;
  const sunY = (portrait ? between(0.22, 0.38) : between(0.18, 0.34)) * height;
  const sunR = between(0.075, 0.105) * Math.min(width, height) * (portrait ? 1.3 : 1);
  const horizon = portrait ? 0.46 : 0.42;
  const ridges = lightnesses.map((lightness, index) => {
    const top = (horizon + index * 0.068) * height;
    return `<path d="${ridge(top, width, height, draw)}" fill="${hsl(tint + 14 - index * 8, 30, lightness)}"/>`;
  });
  return `<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
<stop offset="0" stop-color="${hsl(tint - 8, 40, 30)}"/>
<stop offset="0.32" stop-color="${hsl(tint + 16, 42, 54)}"/>
<stop offset="0.58" stop-color="${hsl(tint + 38, 62, 78)}"/>
</linearGradient>
<radialGradient id="glow"><stop offset="0" stop-color="#fff" stop-opacity="0.42"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>
</defs>
<rect width="${width}" height="${height}" fill="url(#sky)"/>
<circle cx="${round(sunX)}" cy="${round(sunY)}" r="${round(sunR * 1.9)}" fill="url(#glow)"/>
<circle cx="${round(sunX)}" cy="${round(sunY)}" r="${round(sunR)}" fill="${hsl(tint + 42, 85, 92)}"/>
${ridges.join('\n')}`;
}

/** A soft line of hills from the left edge to the right one, closed at the bottom. */
function ridge(top: number, width: number, height: number, draw: () => number): string {
  const steps = 4;
  const swing = 0.055 * Math.min(height, width * 1.2);
  const heights = Array.from({ length: steps + 1 }, () => top + (draw() - 0.5) * 2 * swing);
  let path = `M0 ${round(heights[0] ?? top)}`;
  for (let index = 1; index <= steps; index++) {
    const x = (index / steps) * width;
    const middle = x - width / steps / 2;
    const before = heights[index - 1] ?? top;
    const here = heights[index] ?? top;
    path += ` C${round(middle)} ${round(before)} ${round(middle)} ${round(here)} ${round(x)} ${round(here)}`;
  }
  return `${path} V${height} H0Z`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Hue in degrees (any), saturation and lightness in percent, as `#rrggbb`. */
function hsl(hue: number, saturation: number, lightness: number): string {
  const turn = ((hue % 360) + 360) % 360;
  const light = lightness / 100;
  const span = (saturation / 100) * Math.min(light, 1 - light);
  const channel = (offset: number) => {
    const k = (offset + turn / 30) % 12;
    const value = light - span * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
