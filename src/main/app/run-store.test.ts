import { describe, expect, it } from 'vitest';
import { type SettingKey, type Settings, type StoreSettings, settingSchemas } from '../../shared/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { openStore, type StoreParts } from './run-store.ts';

const stores: Record<string, StoreSettings> = {
  local: { kind: 'local' },
  shared: { kind: 'local', root: '/mnt/ads', publicBaseUrl: 'https://cdn.example' },
  'my-r2': {
    kind: 's3',
    endpoint: 'https://account.r2.example',
    bucket: 'ads',
    region: 'auto',
    publicBaseUrl: 'https://cdn.example/ads',
    accessKeyId: 'AKIDEXAMPLE',
    prefix: 'video',
    pathStyle: true,
  },
  press: {
    kind: 'endpoint',
    url: 'https://press.example/upload',
    fileField: 'file',
    pathField: 'path',
    headers: {},
    urlPointer: '/url',
  },
};
const settings: StoreParts['settings'] = {
  get: <K extends SettingKey>(key: K) =>
    (key === 'storage.stores' ? stores : settingSchemas[key].parse(undefined)) as Settings[K],
};
const open = (name: string, secrets: Record<string, string> = {}) =>
  openStore(name, {
    settings,
    secrets: { get: async (secret) => secrets[secret] ?? null },
    paths: { objects: '/data/objects' },
    clock: systemClock,
  });

describe('the store of a run', () => {
  it.each([
    ['local', 'file:///data/objects/a%20b.png'],
    ['shared', 'https://cdn.example/a%20b.png'],
    ['my-r2', 'https://cdn.example/ads/video/a%20b.png'],
    ['press', null],
  ])('%s is of the kind the settings say, and gives an object the address %s', async (name, url) => {
    const store = await open(name, { 'storage.my-r2.secretAccessKey': 'wJalrXUtnFEMI' });
    expect(store).toMatchObject({ name, kind: stores[name]?.kind });
    expect(store.urlOf('a b.png')).toBe(url);
  });

  it.each(['nothing', 'toString'])('cannot be %s, and it is said what can', async (name) => {
    await expect(open(name)).rejects.toMatchObject({
      failure: {
        code: 'usage',
        where: 'storage.stores',
        cure: expect.stringContaining('local, shared, my-r2'),
      },
    });
  });

  it('is refused without its secret, with the ways to set it', async () => {
    const other = { 'storage.local.secretAccessKey': 'of another store' };
    await expect(open('my-r2', other)).rejects.toMatchObject({
      failure: {
        code: 'store-refused',
        where: 'storage.stores.my-r2',
        cure: expect.stringMatching(
          /set-secret storage\.my-r2\.secretAccessKey .*FLOWDECK_STORAGE_MY_R2_SECRET/,
        ),
      },
    });
  });
});
