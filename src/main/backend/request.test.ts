import { describe, expect, test } from 'vitest';
import { BackendError, type GenerationRequest, type ReferenceImage } from './backend.ts';
import { maxBodyBytes, wireRequest } from './request.ts';

const reference = (name: string, bytes = 200): ReferenceImage => ({
  name,
  bytes: new Uint8Array(bytes).fill(7),
  mediaType: 'image/png',
});
const request = (more: Partial<GenerationRequest> = {}): GenerationRequest => ({
  kind: 'image',
  prompt: 'A cat, "quoted" – 猫',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  references: [],
  ...more,
});
const bodyOf = (sent: GenerationRequest): unknown => JSON.parse(wireRequest(sent).body.toString('utf8'));

function rejection(sent: GenerationRequest): BackendError {
  try {
    wireRequest(sent);
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a generation on the wire', () => {
  test('an image names model and ratio, carries its references in order, and has no count', () => {
    const [a, b] = [reference('avatar.png'), reference('room.png', 300)];
    const { path } = wireRequest(request());
    expect(path).toBe('/api/image/generate');
    expect(bodyOf(request({ references: [a, b] }))).toEqual({
      prompt: 'A cat, "quoted" – 猫',
      model: 'nano_banana_2',
      aspect_ratio: '9:16',
      reference_images: [
        { data: Buffer.from(a.bytes).toString('base64'), name: 'avatar.png' },
        { data: Buffer.from(b.bytes).toString('base64'), name: 'room.png' },
      ],
    });
  });

  test.each([
    [0, 'text_to_video'],
    [1, 'start_image'],
    [2, 'start_end_image'],
  ])('a video with %i frames is %s', (frames, mode) => {
    const references = Array.from({ length: frames }, (_, n) => reference(`frame-${n}.png`));
    const sent = request({ kind: 'video', model: 'veo_31_fast', references });
    expect(wireRequest(sent).path).toBe('/api/video/generate');
    expect(bodyOf(sent)).toMatchObject({
      mode,
      model: 'veo_31_fast',
      aspect_ratio: '9:16',
      resolution: ['720p'],
    });
    expect(bodyOf(sent)).not.toHaveProperty('negative_prompt');
  });

  test('a view into a larger buffer sends its own bytes only', () => {
    const bytes = new Uint8Array(1000).fill(1).subarray(100, 300).fill(9);
    const sent = request({ references: [{ name: 'a.png', bytes, mediaType: 'image/png' }] });
    expect(bodyOf(sent)).toMatchObject({
      reference_images: [{ data: Buffer.alloc(200, 9).toString('base64') }],
    });
  });
});

describe('what the server would refuse or leave out is refused here, as a reference', () => {
  test.each([
    [
      'more than 10 for an image',
      request({ references: Array.from({ length: 11 }, () => reference('a.png')) }),
    ],
    ['a third frame', request({ kind: 'video', references: [1, 2, 3].map((n) => reference(`${n}.png`)) })],
    ['one too small to be a picture', request({ references: [reference('a.png', 99)] })],
    ['one over the limit', request({ references: [reference('a.png', maxBodyBytes)] })],
    [
      'several over the limit together',
      request({ references: Array.from({ length: 4 }, () => reference('a.png', 10 * 1024 * 1024)) }),
    ],
  ])('%s', (_what, sent) => {
    const error = rejection(sent);
    expect([error.class, error.kind, error.arrived]).toEqual(['reference', 'rejected', 'no']);
    expect(error.message).toMatch(/\.$/);
  });

  test('what just fits goes out', () => {
    const bytes = Math.floor(((maxBodyBytes - 1000) / 4) * 3);
    expect(wireRequest(request({ references: [reference('a.png', bytes)] })).body.length).toBeLessThanOrEqual(
      maxBodyBytes,
    );
  });

  test('a prompt alone can be too large', () => {
    expect(rejection(request({ prompt: 'x'.repeat(maxBodyBytes) })).message).toContain('50 MB');
  });
});
