import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { fail } from '../../shared/failure.ts';
import type { ConsumerView, TunnelAddress } from '../../shared/services.ts';
import type { AddressRecord, TunnelAddresses } from '../db/tunnel-addresses.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { watchFile } from '../platform/watch-file.ts';
import type { AddressBook } from './address-book.ts';
import { createAlone } from './consumers/alone.ts';
import { createEditThread } from './consumers/edit-thread.ts';
import { consumerId, createConsumer } from './consumers/from-settings.ts';
import { keepOriginalsIn } from './consumers/keep-original.ts';
import { Telling, type TellingDeps } from './consumers/telling.ts';

export interface AddressBookParts {
  settings: Pick<SettingsStore, 'get' | 'onChange'>;
  addresses: Pick<TunnelAddresses, 'current' | 'verified' | 'confirm' | 'confirmations'>;
  clock: Clock;
  random: Random;
  log: Log;
  fetch: typeof fetch;
  /** Contents of people's files from before they were changed are kept below it (keep-original.ts). */
  dataDir: string;
  /** Entry of the thread that edits files: consumers/edit-worker.ts, or what was built of it. */
  editWorker: string;
}

/**
 * The address book of the Flowdeck that supervises. Every consumer of the settings is told an address once it was seen
 * to work in this session. That of the last one may lead nowhere by now: a person who has put something else into a
 * file since then keeps it.
 */
export function createAddressBook(parts: AddressBookParts): AddressBook {
  const { settings, addresses, clock, random, log, fetch } = parts;
  const listeners = new Set<() => void>();
  const startWorker = () => new Worker(parts.editWorker, { name: 'flowdeck-edit' });
  const threads = {
    values: createEditThread(startWorker, clock),
    patterns: createEditThread(startWorker, clock),
  };
  const consumerDeps = {
    threads,
    fetch,
    alone: createAlone(clock),
    keepOriginal: keepOriginalsIn(path.join(parts.dataDir, 'address-originals')),
    watchFile: (file: string, onChange: () => void) =>
      watchFile(file, onChange, (error) => log.warn('A file cannot be watched', { file, err: error })),
  };
  let current = addressOf(addresses.current());
  /** `current` was seen to work since this book was opened. */
  let answered = false;
  let tellings = new Map<string, Telling>();
  const ending: Promise<void>[] = [];

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  /** Without a tunnel nobody needs its address. */
  const newest = () => (settings.get('tunnel.mode') === 'none' ? null : current);

  const tellingDeps: TellingDeps = {
    newest: () => (answered ? newest() : null),
    note: (consumer, { revision, at }) => addresses.confirm(consumer, revision, at),
    changed,
    clock,
    random,
    log,
  };

  /** Brings the tellings in line with the settings; one whose setting stayed goes on. */
  const adopt = () => {
    const confirmations = new Map(
      addresses
        .confirmations()
        .map(({ consumer, revision, confirmedAt: at }) => [consumer, { revision, at }]),
    );
    const next = new Map<string, Telling>();
    for (const setting of settings.get('tunnel.consumers')) {
      const id = consumerId(setting);
      if (next.has(id)) continue;
      const telling =
        tellings.get(id) ??
        new Telling(createConsumer(setting, consumerDeps), confirmations.get(id) ?? null, tellingDeps);
      next.set(id, telling);
    }
    for (const [id, telling] of tellings) if (!next.has(id)) ending.push(telling.close());
    tellings = next;
  };

  const runner = (address: TunnelAddress | null): ConsumerView => ({
    id: 'runner',
    kind: 'runner',
    target: 'Runs of Flowdeck',
    state: address === null ? 'none' : 'confirmed',
    revision: address?.revision ?? null,
    confirmedAt: address?.verifiedAt ?? null,
    attempts: 0,
    nextAttemptAt: null,
    problem: null,
  });

  adopt();
  const unhear = settings.onChange((keys) => {
    if (keys.includes('tunnel.consumers')) adopt();
    else if (!keys.includes('tunnel.mode') && !keys.includes('runner.server')) return;
    for (const telling of tellings.values()) telling.wake();
    changed();
  });

  return {
    current: () => current,
    consumers: () => {
      const address = newest();
      const views = [...tellings.values()].map((telling) => telling.view(address));
      return settings.get('runner.server') === 'tunnel' ? [runner(address), ...views] : views;
    },
    publish: (url) => {
      current = addressOf(addresses.verified(published(url), clock.now()));
      answered = true;
      for (const telling of tellings.values()) telling.wake();
      changed();
      return current;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (id) => {
      // Runs read the book themselves.
      if (id === 'runner' && settings.get('runner.server') === 'tunnel') return;
      const telling = tellings.get(id);
      if (!telling) {
        throw fail('not-found', 'This consumer is not in the settings.', {
          where: id,
          cure: 'Look at tunnel.consumers.',
        });
      }
      if (current !== null && !answered) {
        throw fail('usage', 'The last address was not seen to work since Flowdeck was opened.', {
          where: current.url,
          cure: 'Start the tunnel: as soon as it works, everybody is told.',
        });
      }
      telling.tell();
    },
    close: async () => {
      unhear();
      listeners.clear();
      await Promise.all([...ending, ...[...tellings.values()].map((telling) => telling.close())]);
      await Promise.all([threads.values.close(), threads.patterns.close()]);
    },
  };
}

/** As it is handed on: what is added to it begins with a `/`. */
function published(url: string): string {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw fail('internal', 'What was to be published is no http or https address.');
  }
  return url.replace(/\/+$/, '');
}

function addressOf(record: AddressRecord): TunnelAddress;
function addressOf(record: AddressRecord | null): TunnelAddress | null;
function addressOf(record: AddressRecord | null): TunnelAddress | null {
  if (record === null) return null;
  return { ...record, verifiedAt: new Date(record.verifiedAt).toISOString() };
}
