/** A keychain, as far as Flowdeck needs it. All methods reject when there is none or it does not answer. */
export interface Keyring {
  get(account: string): Promise<string | null>;
  set(account: string, value: string): Promise<void>;
  delete(account: string): Promise<void>;
}

const service = 'Flowdeck';

/** The system's keychain outside Electron: Keychain, Credential Manager, or the Secret Service of a Linux desktop. */
export function systemKeyring(timeLimitMs = 4000): Keyring {
  // The fallback of the library on Linux, the kernel's keyring, forgets everything at a restart of the machine.
  const options = { linux: { store: 'secret-service' as const } };
  const entry = async (account: string) => {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return new AsyncEntry(service, account, options);
  };
  return limited(
    {
      get: async (account) => (await entry(account)).getPassword(AbortSignal.timeout(timeLimitMs)),
      set: async (account, value) =>
        (await entry(account)).setPassword(value, AbortSignal.timeout(timeLimitMs)),
      delete: async (account) => {
        await (await entry(account)).deleteCredential(AbortSignal.timeout(timeLimitMs));
      },
    },
    timeLimitMs,
  );
}

/** The same keychain, but a call that takes longer than the limit rejects: a keychain that hangs must not hang us. */
export function limited(keyring: Keyring, timeLimitMs: number): Keyring {
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('The keychain did not answer in time.')), timeLimitMs);
    });
    try {
      return await Promise.race([work, limit]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    get: (account) => inTime(keyring.get(account)),
    set: (account, value) => inTime(keyring.set(account, value)),
    delete: (account) => inTime(keyring.delete(account)),
  };
}
