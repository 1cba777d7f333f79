/**
 * The accounts of the sample: made-up people who differ at a glance, so that a picture tells which tab it is of.
 * @type {Record<'a' | 'b' | 'c' | 'd' | 'e', import('./avatar.mjs').Look>}
 */
export const people = {
  a: {
    skin: '#d9a37c',
    shade: '#bd8159',
    hair: '#3b241a',
    lips: '#b3574f',
    eyes: '#5b3a22',
    wall: '#b9c7c4',
    hairCut: 'bob',
  },
  b: {
    skin: '#8d5a3b',
    shade: '#6f432a',
    hair: '#1d1513',
    lips: '#7c3f36',
    eyes: '#2f1d14',
    wall: '#c9c0ae',
    hairCut: 'crop',
    beard: true,
  },
  c: {
    skin: '#f0cbb0',
    shade: '#d9a888',
    hair: '#a5512a',
    lips: '#c46a62',
    eyes: '#4f6f62',
    wall: '#bfc9d6',
    hairCut: 'long',
    glasses: true,
  },
  d: {
    skin: '#e3b78f',
    shade: '#c59468',
    hair: '#17161a',
    lips: '#b06a58',
    eyes: '#34231a',
    wall: '#c8cdb9',
    hairCut: 'quiff',
  },
  e: {
    skin: '#e6bfa4',
    shade: '#c99c7d',
    hair: '#a3a1a3',
    lips: '#b9635f',
    eyes: '#54708a',
    wall: '#d0bfc2',
    hairCut: 'bun',
  },
};
