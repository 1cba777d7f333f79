import { describe, expect, it } from 'vitest';
import { fieldName, galleryUrls, readField, savedUrls } from './fields.ts';

const node = (properties: Record<string, unknown>, kind: 'image' | 'video' | 'media' | 'gate' = 'image') => ({
  kind,
  properties,
});

describe('the name of a property', () => {
  it('is the first that holds something, in the order of the table', () => {
    expect(fieldName(node({ url: 'b', imageUrl: 'a' }), 'media')).toBe('imageUrl');
    expect(fieldName(node({ imageUrl: '', path: 'x.png' }), 'media')).toBe('path');
    expect(readField(node({ imageUrl: null, url: 'b' }), 'media')).toBe('b');
  });

  it('is one that is there empty rather than a new one', () => {
    expect(fieldName(node({ _candidates: null }), 'gallery')).toBe('_candidates');
  });

  it('is the first choice where none is there', () => {
    expect(fieldName(node({}), 'pick')).toBe('approvedIndex');
    expect(readField(node({}), 'pick')).toBeUndefined();
  });

  it('may come from the settings, behind the known ones', () => {
    const fields = { text: ['caption'] };
    expect(readField(node({ caption: 'c' }), 'text', fields)).toBe('c');
    expect(readField(node({ caption: 'c', value: 'v' }), 'text', fields)).toBe('v');
    expect(fieldName(node({}), 'text', fields)).toBe('text');
  });

  it('is never one that every object inherits', () => {
    expect(readField(node({}), 'text', { text: ['toString', '__proto__'] })).toBeUndefined();
    expect(readField(node({ model: 'm' }), 'model', JSON.parse('{"constructor": ["x"]}'))).toBe('m');
  });

  it('false and 0 are something', () => {
    expect(readField(node({ approvedIndex: 0, pick: 3 }), 'pick')).toBe(0);
  });
});

it('output lies in _savedImages of images and _savedClips of videos', () => {
  const properties = { _savedImages: ['i'], _savedClips: ['c'] };
  expect(savedUrls(node(properties, 'image'))).toEqual(['i']);
  expect(savedUrls(node(properties, 'video'))).toEqual(['c']);
  expect(galleryUrls(node({ images: ['g', null] }, 'gate'))).toEqual(['g', null]);
});
