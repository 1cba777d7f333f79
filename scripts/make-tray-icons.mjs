import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { root, say } from './setup/basics.mjs';

// node scripts/make-tray-icons.mjs: the icons of resources/tray. Five shapes that are told apart without their colour;
// for macOS the same in black, which the system colours itself (`…Template.png`), each also at twice the size.

const SIZE = 16;

/**
 * The marks of the window (ui.md), drawn on 16 × 16; `ink` is their colour.
 * @type {Record<string, {colour: string, draw(ink: string): string}>}
 */
const shapes = {
  ok: { colour: '#3fa66b', draw: (ink) => `<circle cx="8" cy="8" r="6" fill="${ink}"/>` },
  busy: {
    colour: '#4f8fe0',
    draw: (ink) =>
      `<circle cx="8" cy="8" r="5.25" fill="none" stroke="${ink}" stroke-width="1.5"/><path d="M8 2.75a5.25 5.25 0 0 1 0 10.5z" fill="${ink}"/>`,
  },
  'needs-you': { colour: '#d79a1e', draw: (ink) => `<path d="M8 1l7 7-7 7-7-7z" fill="${ink}"/>` },
  trouble: {
    colour: '#dc5a50',
    draw: (ink) =>
      `<path d="M3.2 3.2l9.6 9.6M12.8 3.2l-9.6 9.6" stroke="${ink}" stroke-width="2.6" stroke-linecap="round"/>`,
  },
  off: {
    colour: '#8b8f98',
    draw: (ink) => `<circle cx="8" cy="8" r="5.25" fill="none" stroke="${ink}" stroke-width="1.5"/>`,
  },
};

const folder = join(root, 'resources', 'tray');
mkdirSync(folder, { recursive: true });
for (const [name, { colour, draw }] of Object.entries(shapes)) {
  for (const [ending, ink] of Object.entries({ '': colour, Template: '#000000' })) {
    for (const scale of [1, 2]) {
      const side = SIZE * scale;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 16 16">${draw(ink)}</svg>`;
      const file = join(folder, `${name}${ending}${scale === 1 ? '' : '@2x'}.png`);
      writeFileSync(file, await sharp(Buffer.from(svg)).png({ compressionLevel: 9 }).toBuffer());
    }
  }
}
say(`The icons are in ${folder}.`);
