import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { digest } from './chance.ts';
import { createLettering } from './lettering.ts';
import { drawPicture, type PictureBrief, pictureSize, splitPrompt } from './picture.ts';

const lettering = createLettering();
const brief = (over: Partial<PictureBrief> = {}): PictureBrief => ({
  prompt: 'Wide vertical shot, camera on a low shelf across the room, the person lowers a phone.',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  seed: 7,
  take: 1,
  content: digest('one'),
  longSide: null,
  references: [],
  ...over,
});
const draw = (over: Partial<PictureBrief> = {}) => drawPicture(brief(over), lettering);

describe('a picture', () => {
  it.each([
    ['9:16', 768, 1376],
    ['16:9', 1376, 768],
    ['1:1', 1024, 1024],
    ['3:4', 896, 1200],
    ['4:3', 1200, 896],
  ] as const)('of %s is a PNG of %i × %i pixels below 150 kB', async (aspectRatio, width, height) => {
    const bytes = await draw({ aspectRatio });
    const png = PNG.sync.read(bytes);
    expect([png.width, png.height]).toEqual([width, height]);
    expect(pictureSize(aspectRatio)).toEqual({ width, height });
    expect(bytes.length).toBeLessThan(150_000);
  });

  it('is the same for the same brief and another for another take', async () => {
    const first = await draw();
    expect((await draw()).equals(first)).toBe(true);
    expect((await draw({ take: 2, content: digest('two') })).equals(first)).toBe(false);
  });

  it('has words on it and colours from its prompt', async () => {
    const white = async (over: Partial<PictureBrief>) => {
      const png = PNG.sync.read(await draw(over));
      let count = 0;
      for (let at = Math.floor(png.height * 0.6) * png.width * 4; at < png.data.length; at += 4) {
        if ((png.data[at] ?? 0) > 240 && (png.data[at + 1] ?? 0) > 240 && (png.data[at + 2] ?? 0) > 240)
          count++;
      }
      return count;
    };
    expect(await white({})).toBeGreaterThan(5000);
    const sky = async (prompt: string) => [...PNG.sync.read(await draw({ prompt })).data.subarray(0, 3)];
    const skies = await Promise.all(['one', 'two', 'three', 'four', 'five'].map(sky));
    expect(new Set(skies.map(String)).size).toBeGreaterThan(1);
  });

  it('shows the references it was made with', async () => {
    const create = { width: 200, height: 300, channels: 3, background: '#00ff00' } as const;
    const jpeg = await sharp({ create }).jpeg().toBuffer();
    const png = PNG.sync.read(await draw({ references: [{ jpeg, width: 200, height: 300 }] }));
    const at = (100 * png.width + png.width - 100) * 4;
    const [red = 0, green = 0, blue = 0] = png.data.subarray(at, at + 3);
    expect(green).toBeGreaterThan(230);
    expect(red + blue).toBeLessThan(60);
  });

  it('can be had larger', async () => {
    const { width, height } = await sharp(await draw({ longSide: 2048 })).metadata();
    expect(height).toBe(2048);
    expect(width).toBe(Math.round((768 / 1376) * 2048));
  });

  it('can be drawn for any prompt', async () => {
    for (const prompt of [
      'x',
      '映画',
      '<svg>&"\'',
      'word '.repeat(5000),
      `${'w'.repeat(4000)} x`,
      '😀',
      '\u0000\u0007',
    ]) {
      expect((await draw({ prompt })).length).toBeGreaterThan(1000);
    }
  });
});

describe('words of a prompt', () => {
  const split = (prompt: string) =>
    splitPrompt(prompt, (text) => lettering.canDraw(text), 'abcdef0123456789');

  it('are the first clause in large type, and the rest', () => {
    expect(split('wide vertical shot, camera on a shelf')).toEqual({
      overline: null,
      title: ['Wide', 'vertical', 'shot'],
      rest: ['camera', 'on', 'a', 'shelf'],
    });
  });

  it('name the scene above', () => {
    expect(split('Scene 03: the jar. Close up')).toEqual({
      overline: 'SCENE 03',
      title: ['The', 'jar'],
      rest: ['Close', 'up'],
    });
  });

  it('are a hash where no letter can be drawn', () => {
    expect(split('映画')).toEqual({ overline: null, title: ['Prompt', 'abcdef01'], rest: [] });
  });
});
