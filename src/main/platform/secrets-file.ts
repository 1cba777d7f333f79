import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';
import { withFileLock } from './lock.ts';

const Content = z.object({
  version: z.literal(1),
  entries: z.record(z.string(), z.object({ iv: z.string(), tag: z.string(), data: z.string() })),
});
type Content = z.infer<typeof Content>;

/**
 * Secrets where the system has no keychain: a file encrypted with AES-256-GCM, and its key in a file beside it, both
 * with mode 0600.
 *
 * What this is good for: a secret is not read by chance, in a search through files, in a backup or a support archive
 * that has only one of the two files, and not by other users. What it is not good for: whoever can read both files
 * (this user, root, a copy of the whole folder) has the secrets.
 */
export interface SecretsFile {
  /** Null: not there, or (then `onProblem` was told) it cannot be decrypted. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
  names(): Promise<string[]>;
}

export function secretsFile(
  paths: { secrets: string; secretsKey: string },
  onProblem: (message: string) => void,
): SecretsFile {
  const damaged = 'The file with the secrets cannot be read. Set the secrets again.';

  const read = async (): Promise<Content> => {
    const text = await readOrNull(paths.secrets);
    if (text === null) return { version: 1, entries: {} };
    const content = parse(text);
    if (content === null) onProblem(damaged);
    return content ?? { version: 1, entries: {} };
  };

  const key = async (): Promise<Buffer | null> => {
    const text = await readOrNull(paths.secretsKey);
    const bytes = text === null ? null : Buffer.from(text.trim(), 'base64');
    return bytes?.length === 32 ? bytes : null;
  };

  const change = (decide: (content: Content) => Promise<Content>): Promise<void> =>
    withFileLock(paths.secrets, 'writing the secrets', async () => {
      const content = await decide(await read());
      await writeFileAtomic(paths.secrets, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    });

  return {
    get: async (name) => {
      const sealed = (await read()).entries[name];
      if (!sealed) return null;
      const opened = unseal(sealed, name, await key());
      if (opened === null) onProblem(damaged);
      return opened;
    },
    set: (name, value) =>
      change(async (content) => {
        const usable = (await key()) ?? (await makeKey(paths.secretsKey));
        return { version: 1, entries: { ...content.entries, [name]: seal(value, name, usable) } };
      }),
    delete: async (name) => {
      if (!(await read()).entries[name]) return;
      await change(async (content) => {
        const { [name]: _gone, ...entries } = content.entries;
        return { version: 1, entries };
      });
    },
    names: async () => Object.keys((await read()).entries),
  };
}

/** The name is authenticated too: an entry cannot be moved under another name. */
function seal(value: string, name: string, key: Buffer): Content['entries'][string] {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

function unseal(sealed: Content['entries'][string], name: string, key: Buffer | null): string | null {
  if (key === null) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), {
      authTagLength: 16,
    })
      .setAAD(Buffer.from(name))
      .setAuthTag(Buffer.from(sealed.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString(
      'utf8',
    );
  } catch (error) {
    // A wrong key, a changed byte, an iv or tag of another length: all the same to us.
    if (error instanceof Error) return null;
    throw error;
  }
}

async function makeKey(file: string): Promise<Buffer> {
  const key = randomBytes(32);
  await writeFileAtomic(file, `${key.toString('base64')}\n`, { mode: 0o600 });
  return key;
}

function parse(text: string): Content | null {
  try {
    return Content.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A file that was given to others (by a restored backup, say) is closed again. */
async function readOrNull(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mode } = await handle.stat();
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(file, 0o600);
      return await readFile(handle, 'utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw fileFailure(error, file) ?? error;
  }
}
