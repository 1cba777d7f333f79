import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimulatorProcess, startProcess } from './test-process.ts';

const browser = ['/usr/bin/chromium', chromium.executablePath()].find((file) => existsSync(file));
const ffprobe = ['/usr/bin/ffprobe', '/usr/local/bin/ffprobe'].find((file) => existsSync(file));

interface Playback {
  canPlay: string;
  size: number[];
  duration: number;
  at: number;
  first: number[];
  last: number[];
}

/** Runs in the page, which is why it is text: plays a clip to its end and looks at its first and last frame. */
const playClip = `async (src) => {
  const video = document.createElement('video');
  video.muted = true;
  const colour = () => {
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0);
    return [...context.getImageData(180, 500, 1, 1).data];
  };
  const once = (name) =>
    new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
    });
  const loaded = once('loadeddata');
  video.src = src;
  await loaded;
  const first = colour();
  const ended = once('ended');
  await video.play();
  await ended;
  return {
    canPlay: video.canPlayType('video/mp4; codecs="avc1.42E01E"'),
    size: [video.videoWidth, video.videoHeight],
    duration: video.duration,
    at: video.currentTime,
    first,
    last: colour(),
  };
}`;

let sim: SimulatorProcess;
let folder: string;
beforeAll(async () => {
  sim = await startProcess(['--seed', '7']);
  folder = await mkdtemp(join(tmpdir(), 'clips-'));
});
afterAll(async () => {
  await sim.stop();
  await rm(folder, { recursive: true });
});

const frame = async (background: string) => {
  const create = { width: 360, height: 640, channels: 3, background } as const;
  return (await sharp({ create }).png().toBuffer()).toString('base64');
};

describe('a clip', () => {
  it.skipIf(ffprobe === undefined)(
    'is two seconds of H.264 in the asked shape (skipped without ffprobe)',
    async () => {
      for (const [aspect_ratio, width, height] of [
        ['9:16', 360, 640],
        ['16:9', 640, 360],
      ] as const) {
        const file = join(folder, 'clip.mp4');
        await writeFile(file, await sim.make('video', { prompt: 'Scene 01: the jar turns', aspect_ratio }));
        const fields = 'stream=codec_name,width,height,nb_read_frames,duration:format_tags=creation_time';
        const args = ['-v', 'error', '-count_frames', '-show_entries', fields, '-of', 'json', file];
        const { stdout } = await promisify(execFile)(ffprobe ?? '', args);
        const { streams, format } = JSON.parse(stdout);
        expect(streams).toEqual([
          { codec_name: 'h264', width, height, duration: '2.000000', nb_read_frames: '48' },
        ]);
        expect(format.tags).toEqual({});
      }
    },
  );

  it('and a picture are the same bytes in another process with the same seed, whatever came before', async () => {
    const requests = [
      ['image', { prompt: 'equal', aspect_ratio: '9:16' }],
      ['image', { prompt: 'equal', aspect_ratio: '9:16' }],
      ['image', { prompt: 'equal', reference_images: [await frame('#0000ff')] }],
      ['video', { prompt: 'equal', mode: 'start_image', reference_images: [await frame('#ff0000')] }],
      ['video', { prompt: 'equal' }],
    ] as const;
    const files = async (process: SimulatorProcess, reversed: boolean) => {
      const made: string[] = [];
      for (const [kind, body] of reversed ? [...requests].reverse() : requests) {
        made.push((await process.make(kind, body)).toString('base64'));
      }
      return made.sort();
    };
    const [one, same, other] = [
      await startProcess(['--seed', '11']),
      await startProcess(['--seed', '11']),
      await startProcess(['--seed', '12']),
    ];
    try {
      const first = await files(one, false);
      expect(new Set(first).size).toBe(requests.length);
      const second = await files(same, true);
      // Compared as booleans: a diff of megabytes helps nobody.
      expect(second.map((file, index) => file === first[index])).toEqual(requests.map(() => true));
      const third = await files(other, false);
      expect(third.some((file) => first.includes(file))).toBe(false);
    } finally {
      await Promise.all([one.stop(), same.stop(), other.stop()]);
    }
  });

  it('leaves the server free to answer while it is encoded', async () => {
    const task = await sim.ended(await sim.submit('video', { prompt: 'busy' }));
    let done = false;
    const clip = fetch(task.results?.[0] ?? '').then(async (answer) => {
      await answer.arrayBuffer();
      done = true;
    });
    let answered = 0;
    while (!done) {
      expect((await sim.get('/api/health')).status).toBe(200);
      answered += 1;
    }
    await clip;
    expect(answered).toBeGreaterThan(5);
  });

  it.skipIf(browser === undefined)(
    'plays in a browser, from its start frame to its end frame (skipped without a browser)',
    async () => {
      const task = await sim.ended(
        await sim.submit('video', {
          prompt: 'from red to blue',
          aspect_ratio: '9:16',
          mode: 'start_end_image',
          reference_images: [await frame('#ff0000'), await frame('#0000ff')],
        }),
      );
      const args = ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'];
      const running = await chromium.launch({ executablePath: browser ?? '', args });
      try {
        const page = await running.newPage();
        // An origin of its own, so that the canvas may be read.
        await page.goto(`${sim.url}/api/health`);
        const seen: Playback = await page.evaluate(`(${playClip})(${JSON.stringify(task.results?.[0])})`);
        expect(seen.canPlay).toBe('probably');
        expect(seen.size).toEqual([360, 640]);
        expect(seen.duration).toBeCloseTo(2);
        expect(seen.at).toBeCloseTo(2);
        const [red = 0, , blue = 255] = seen.first;
        expect([red > 200, blue < 60]).toEqual([true, true]);
        const [lastRed = 255, , lastBlue = 0] = seen.last;
        expect([lastRed < 60, lastBlue > 200]).toEqual([true, true]);
      } finally {
        await running.close();
      }
    },
  );
});
