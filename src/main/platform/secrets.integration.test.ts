import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keyring } from './keyring.ts';
import { dataPaths } from './paths.ts';
import { openSecrets, secretVariable } from './secrets.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'flowdeck-secrets-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const name = 'glabs.apiKey';
const value = 'hV3kPq-9_zTr41LmWx';

/** A keychain in memory that can be told to fail or to hang. */
function memoryKeyring() {
  const kept = new Map<string, string>();
  const state: { mood: 'well' | 'fails' | 'hangs' } = { mood: 'well' };
  const act = async <T>(work: () => T): Promise<T> => {
    if (state.mood === 'fails') throw new Error('locked');
    if (state.mood === 'hangs') await new Promise(() => undefined);
    return work();
  };
  const keyring: Keyring = {
    get: (account) => act(() => kept.get(account) ?? null),
    set: (account, secret) => act(() => void kept.set(account, secret)),
    delete: (account) => act(() => void kept.delete(account)),
  };
  return { keyring, kept, state };
}

describe('without a keychain', () => {
  const open = (env = {}) => openSecrets({ dataDir, env, keyring: null });

  it('a secret is kept in an encrypted file for its owner only, and says so', async () => {
    const secrets = await open();
    await secrets.set(name, `  ${value}\n`);
    expect(secrets.inFile).toBe(true);
    for (const file of await readdir(dataDir)) {
      expect((await stat(path.join(dataDir, file))).mode & 0o777).toBe(0o600);
      expect(await readFile(path.join(dataDir, file), 'latin1')).not.toContain(value);
    }
    const later = await open();
    expect(await later.get(name)).toBe(value);
    expect(await later.source(name)).toBe('file');
    expect(later.seen()).toEqual([value]);
    await later.delete(name);
    expect(await (await open()).has(name)).toBe(false);
  });

  it('the environment wins, and an empty variable does not count', async () => {
    await (await open()).set(name, value);
    const secrets = await open({ GLABS_API_KEY: 'from-env' });
    expect(await secrets.get(name)).toBe('from-env');
    expect(await secrets.source(name)).toBe('environment');
    expect(await (await open({ GLABS_API_KEY: '' })).get(name)).toBe(value);
  });

  it('a file that was opened to others is closed again', async () => {
    await (await open()).set(name, value);
    const { secrets: file } = dataPaths(dataDir);
    await chmod(file, 0o644);
    await (await open()).get(name);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each(['secrets', 'secretsKey'] as const)(
    'damage of the file %s is a warning, not an end, and can be mended',
    async (which) => {
      await (await open()).set(name, value);
      await writeFile(dataPaths(dataDir)[which], 'garbage');
      const secrets = await open();
      expect(await secrets.get(name)).toBeNull();
      expect(secrets.warnings).toEqual([expect.stringMatching(/Set the secrets again/)]);
      await secrets.set(name, 'new-key');
      expect(await secrets.get(name)).toBe('new-key');
    },
  );

  it('several set at once are all kept', async () => {
    const names = ['glabs.apiKey', 'review.apiKey', 'tunnel.token', 'storage.r2.secretAccessKey'];
    await Promise.all(names.map(async (each) => (await open()).set(each, `value-of-${each}`)));
    const secrets = await open();
    for (const each of names) expect(await secrets.get(each)).toBe(`value-of-${each}`);
  });

  it('the system of this machine is asked and its absence is no error', async () => {
    const secrets = await openSecrets({ dataDir, env: {} });
    await secrets.set(name, value);
    expect(await secrets.get(name)).toBe(value);
    await secrets.delete(name);
  });
});

describe('with a keychain', () => {
  it('nothing is written to the disk, and each data folder has its own', async () => {
    const { keyring } = memoryKeyring();
    const secrets = await openSecrets({ dataDir, env: {}, keyring });
    await secrets.set(name, value);
    expect(secrets.inFile).toBe(false);
    expect(await readdir(dataDir)).toEqual([]);
    expect(await secrets.source(name)).toBe('keychain');
    const other = await openSecrets({ dataDir: `${dataDir}-other`, env: {}, keyring });
    expect(await other.has(name)).toBe(false);
  });

  it.each(['fails', 'hangs'] as const)(
    'one that %s at the start is left aside for the file',
    async (mood) => {
      const { keyring, state } = memoryKeyring();
      state.mood = mood;
      const secrets = await openSecrets({ dataDir, env: {}, keyring, timeLimitMs: 20 });
      expect(secrets.inFile).toBe(true);
      await secrets.set(name, value);
      expect(await secrets.get(name)).toBe(value);
    },
  );

  it('a newer secret that went to the file is not hidden by the old one in the keychain', async () => {
    const { keyring, state, kept } = memoryKeyring();
    const secrets = await openSecrets({ dataDir, env: {}, keyring, timeLimitMs: 20 });
    await secrets.set(name, 'old-value');
    state.mood = 'fails';
    await secrets.set(name, 'new-value');
    expect(secrets.inFile).toBe(true);
    expect(secrets.warnings).toEqual([expect.stringMatching(/keychain/)]);
    state.mood = 'well';
    const later = await openSecrets({ dataDir, env: {}, keyring });
    expect(await later.get(name)).toBe('new-value');
    await later.set(name, 'newest-value');
    expect([...kept.values()]).toEqual(['newest-value']);
    expect(await later.source(name)).toBe('keychain');
  });
});

it('a wrong name or value is refused and the names are told', async () => {
  const secrets = await openSecrets({ dataDir, env: {}, keyring: null });
  const refused = { failure: { code: 'usage', cure: expect.stringMatching(/\S/) } };
  await expect(secrets.get('glabs.key')).rejects.toMatchObject(refused);
  await expect(secrets.set('storage.R2.secretAccessKey', 'x')).rejects.toMatchObject(refused);
  await expect(secrets.set(name, ' \n')).rejects.toMatchObject(refused);
  await expect(secrets.set(name, 'two\nlines')).rejects.toMatchObject(refused);
});

it('every secret has its variable', () => {
  expect(secretVariable('storage.my-r2.secretAccessKey')).toBe('FLOWDECK_STORAGE_MY_R2_SECRET');
  expect(secretVariable('review.apiKey')).toBe('FLOWDECK_REVIEW_API_KEY');
  expect(secretVariable('tunnel.token')).toBe('TUNNEL_TOKEN');
});
