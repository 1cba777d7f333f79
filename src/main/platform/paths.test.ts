import { describe, expect, it } from 'vitest';
import { dataDirDefault, dataPaths } from './paths.ts';

describe('the data folder when nobody names one', () => {
  it('is the application data folder of the platform', () => {
    expect(dataDirDefault({}, 'linux', '/home/ada')).toBe('/home/ada/.local/share/Flowdeck');
    expect(dataDirDefault({ XDG_DATA_HOME: '/data' }, 'linux', '/home/ada')).toBe('/data/Flowdeck');
    expect(dataDirDefault({}, 'darwin', '/Users/ada')).toBe(
      '/Users/ada/Library/Application Support/Flowdeck',
    );
    expect(dataDirDefault({ LOCALAPPDATA: 'D:\\Local' }, 'win32', 'C:\\Users\\ada')).toBe(
      'D:\\Local\\Flowdeck',
    );
    expect(dataDirDefault({}, 'win32', 'C:\\Users\\ada')).toBe('C:\\Users\\ada\\AppData\\Local\\Flowdeck');
  });

  it('ignores a relative XDG_DATA_HOME, as its specification tells', () => {
    expect(dataDirDefault({ XDG_DATA_HOME: 'data' }, 'linux', '/home/ada')).toBe(
      '/home/ada/.local/share/Flowdeck',
    );
  });

  it('is FLOWDECK_DATA_DIR first of all', () => {
    expect(dataDirDefault({ FLOWDECK_DATA_DIR: '/x/y', XDG_DATA_HOME: '/data' }, 'linux', '/home/ada')).toBe(
      '/x/y',
    );
  });
});

it('keeps everything below the data folder, each thing at a place of its own', () => {
  const paths = Object.values(dataPaths('/data'));
  expect(paths.every((path) => path === '/data' || path.startsWith('/data/'))).toBe(true);
  expect(new Set(paths).size).toBe(paths.length);
});
