import { fail, toFailure } from '../../shared/failure.ts';
import { secretPattern } from '../../shared/settings.ts';
import { type Keyring, limited, systemKeyring } from './keyring.ts';
import { dataPaths, type Environment } from './paths.ts';
import { secretsFile } from './secrets-file.ts';

export type SecretSource = 'environment' | 'keychain' | 'file';

export interface Secrets {
  /** Null: not set. Throws `usage` for a name that no secret has. */
  get(name: string): Promise<string | null>;
  has(name: string): Promise<boolean>;
  /** Where the secret in force comes from; null: not set. */
  source(name: string): Promise<SecretSource | null>;
  /** Throws `usage` for a wrong name or value. White space around the value is dropped. */
  set(name: string, value: string): Promise<void>;
  /** Forgets what is kept here; the environment is not ours. */
  delete(name: string): Promise<void>;
  /** New or some secrets are kept in an encrypted file, because the system has no keychain that answers. */
  readonly inFile: boolean;
  /** Every secret that was read or set so far: what must never show in a log. */
  seen(): readonly string[];
  readonly warnings: readonly string[];
}

/** The environment variable that wins over a kept secret (settings.md). */
export function secretVariable(name: string): string {
  checkName(name);
  if (name === 'glabs.apiKey') return 'GLABS_API_KEY';
  if (name === 'review.apiKey') return 'FLOWDECK_REVIEW_API_KEY';
  if (name === 'tunnel.token') return 'TUNNEL_TOKEN';
  const store = name.split('.')[1] ?? '';
  return `FLOWDECK_STORAGE_${store.toUpperCase().replaceAll('-', '_')}_SECRET`;
}

/**
 * Opens the secrets of a data folder: the environment first, then the file (which has only what the keychain would
 * not take, so it is the newer), then the keychain. `keyring: null`: there is none.
 */
export async function openSecrets(options: {
  dataDir: string;
  env: Environment;
  keyring?: Keyring | null;
  timeLimitMs?: number;
}): Promise<Secrets> {
  const { dataDir, env, timeLimitMs = 4000 } = options;
  const given = options.keyring === undefined ? systemKeyring(timeLimitMs) : options.keyring;
  const warnings: string[] = [];
  const warn = (message: string): void => {
    if (!warnings.includes(message)) warnings.push(message);
  };
  const paths = dataPaths(dataDir);
  const file = secretsFile(paths, warn);
  let keyring = given === null ? null : limited(given, timeLimitMs);
  const seen = new Set<string>();
  // Two data folders, such as a test's and a person's own, must not share a secret.
  const account = (name: string): string => `${name} (${paths.root})`;

  /** A keychain that once failed is not asked again: each try may take the whole time limit. */
  const ask = async <T>(work: (ring: Keyring) => Promise<T>): Promise<{ answer: T } | null> => {
    if (!keyring) return null;
    try {
      return { answer: await work(keyring) };
    } catch (error) {
      keyring = null;
      warn(`The system's keychain cannot be used: ${toFailure(error).message}`);
      return null;
    }
  };

  const find = async (name: string): Promise<{ value: string; source: SecretSource } | null> => {
    const fromEnvironment = env[secretVariable(name)]?.trim();
    if (fromEnvironment) return { value: fromEnvironment, source: 'environment' };
    const fromFile = await file.get(name);
    if (fromFile !== null) return { value: fromFile, source: 'file' };
    const fromKeychain = (await ask((ring) => ring.get(account(name))))?.answer ?? null;
    return fromKeychain === null ? null : { value: fromKeychain, source: 'keychain' };
  };

  const remembered = async (name: string) => {
    const found = await find(name);
    if (found) seen.add(found.value);
    return found;
  };

  let fileHasSecrets = (await file.names()).length > 0;
  // Looks whether there is a keychain at all. Where there is none, that is no news to warn of: `inFile` says it.
  if (keyring) {
    const reachable = await keyring.get(account('glabs.apiKey')).then(
      () => true,
      () => false,
    );
    if (!reachable) keyring = null;
  }

  return {
    get: async (name) => (await remembered(name))?.value ?? null,
    has: async (name) => (await remembered(name)) !== null,
    source: async (name) => (await remembered(name))?.source ?? null,
    set: async (name, value) => {
      checkName(name);
      const trimmed = checkValue(name, value);
      seen.add(trimmed);
      if (await ask((ring) => ring.set(account(name), trimmed))) {
        await file.delete(name);
        return;
      }
      await file.set(name, trimmed);
      fileHasSecrets = true;
    },
    delete: async (name) => {
      checkName(name);
      await file.delete(name);
      await ask((ring) => ring.delete(account(name)));
    },
    get inFile() {
      return keyring === null || fileHasSecrets;
    },
    seen: () => [...seen],
    warnings,
  };
}

function checkName(name: string): void {
  if (secretPattern.test(name)) return;
  throw fail('usage', `There is no secret ${JSON.stringify(name)}.`, {
    where: name,
    cure: 'The secrets are glabs.apiKey, review.apiKey, tunnel.token and storage.NAME.secretAccessKey.',
  });
}

/** It goes into an HTTP header: one line of plain characters. */
function checkValue(name: string, value: string): string {
  const trimmed = value.trim();
  if (trimmed !== '' && /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(trimmed)) return trimmed;
  throw fail('usage', trimmed === '' ? `${name} is empty.` : `${name} has characters that no key has.`, {
    where: name,
    cure: 'Give the key alone, on one line of standard input.',
  });
}
