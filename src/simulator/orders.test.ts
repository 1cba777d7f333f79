import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Body, type Draft, framesOf, MAX_PROMPT_LENGTH, readDraft, type TaskType } from './orders.ts';

const one = { multiFile: false };

function draft(type: TaskType, body: Body, options = one): Draft {
  const read = readDraft(type, body, options);
  if ('error' in read) throw new Error(read.error);
  return read;
}

describe('a submit body', () => {
  it('gets the documented defaults for an image', () => {
    expect(draft('image', { prompt: 'x' })).toEqual({
      type: 'image',
      kind: 'image',
      prompt: 'x',
      model: 'nano_banana_2',
      aspectRatio: '1:1',
      mode: 'text_to_image',
      files: [''],
    });
  });

  it('has bad values replaced without a word', () => {
    expect(draft('image', { prompt: 'x', model: 'imagen9', aspect_ratio: '2:1' })).toMatchObject({
      model: 'nano_banana_2',
      aspectRatio: '1:1',
    });
    expect(
      draft('video', { prompt: 'x', model: 'veo_3_1_fast', aspect_ratio: '1:1', mode: 'dance' }),
    ).toMatchObject({
      model: 'veo_31_fast',
      aspectRatio: '16:9',
      mode: 'text_to_video',
    });
  });

  it('keeps what is known', () => {
    expect(
      draft('video', { prompt: 'x', model: 'veo_31_lite', aspect_ratio: '9:16', mode: 'start_end_image' }),
    ).toMatchObject({ model: 'veo_31_lite', aspectRatio: '9:16', mode: 'start_end_image', kind: 'video' });
  });

  it('is refused for a video without a model', () => {
    expect(readDraft('video', { prompt: 'x' }, one)).toEqual({ error: 'MISSING_MODEL' });
  });

  it('may lack a prompt, or have one that is no text: the task fails later', () => {
    expect(draft('image', {}).prompt).toBe('');
    expect(draft('image', { prompt: 7 }).prompt).toBe('');
    expect(draft('image', { prompt: '  ' }).prompt).toBe('');
  });

  it('is refused when the prompt would fill the memory', () => {
    expect(readDraft('image', { prompt: 'x'.repeat(MAX_PROMPT_LENGTH + 1) }, one)).toHaveProperty('error');
    expect(readDraft('image', { prompt: 'x'.repeat(MAX_PROMPT_LENGTH) }, one)).not.toHaveProperty('error');
  });

  it('asks for one file each resolution, and for the upscales instead of the plain picture', () => {
    expect(draft('image', { prompt: 'x', upscale: ['4K', '2K', '9K'] }).files).toEqual(['2K', '4K']);
    expect(draft('video', { prompt: 'x', model: 'omni_flash', resolution: ['1080p', '720p'] }).files).toEqual(
      ['720p', '1080p'],
    );
    expect(draft('video', { prompt: 'x', model: 'omni_flash', resolution: '1080p' }).files).toEqual(['']);
  });

  it('gives several files only in builds that do', () => {
    expect(draft('image', { prompt: 'x', count: 3 }).files).toEqual(['']);
    expect(draft('image', { prompt: 'x' }, { multiFile: true }).files).toEqual(['', '2', '3', '4']);
    expect(draft('image', { prompt: 'x', count: 99 }, { multiFile: true }).files).toHaveLength(8);
    expect(draft('video', { prompt: 'x', model: 'omni_flash' }, { multiFile: true }).files).toEqual(['']);
  });

  it('makes images or videos at the other endpoints as their mode says', () => {
    expect(draft('grok', { prompt: 'x' }).kind).toBe('video');
    expect(draft('grok', { prompt: 'x', mode: 't2i' }).kind).toBe('image');
    expect(draft('vibes', { prompt: 'x' }).kind).toBe('image');
    expect(draft('vibes', { prompt: 'x', mode: 'i2v' }).kind).toBe('video');
    expect(draft('openai', { prompt: 'x' }).kind).toBe('image');
  });

  it('is never too strange to be read', () => {
    const types = fc.constantFrom<TaskType>('image', 'video', 'grok', 'vibes', 'openai', 'upscale');
    const bodies = fc.dictionary(
      fc.constantFrom('prompt', 'model', 'aspect_ratio', 'mode', 'resolution', 'upscale', 'count', 'x'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(types, bodies, fc.boolean(), (type, body, multiFile) => {
        const read = readDraft(type, body, { multiFile });
        if (!('error' in read)) expect(read.files.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('frames of a video', () => {
  const reference = (name: string) => ({ name, sha256: name, small: Promise.resolve(null) });
  const references = [reference('a'), reference('b')];
  const names = (mode: string) => {
    const { start, end } = framesOf({ mode, references });
    return [start?.name ?? null, end?.name ?? null];
  };

  it('are taken from the references only as the mode says', () => {
    expect(names('text_to_video')).toEqual([null, null]);
    expect(names('start_image')).toEqual(['a', null]);
    expect(names('start_end_image')).toEqual(['a', 'b']);
    expect(names('components')).toEqual(['a', null]);
    expect(framesOf({ mode: 'start_image', references: [] })).toEqual({ start: null, end: null });
  });
});
