import { type FSWatcher, watch } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SettingEntry } from '../../shared/contract.ts';
import { fail, toFailure } from '../../shared/failure.ts';
import { type SettingKey, type Settings, settingKeys, settingSchemas } from '../../shared/settings.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { systemClock } from './clock.ts';
import { withFileLock } from './lock.ts';
import { droppedPlaces, parseSettingPath, valueAt, withValueAt } from './setting-path.ts';
import { allowedValues, whatIsWrong } from './setting-words.ts';
import {
  lastGoodFile,
  loadSettingsFile,
  type RawSettings,
  readSettingsFile,
  type SettingsFileDeps,
  writeSettingsFile,
} from './settings-file.ts';

export interface SettingsStore {
  readonly file: string;
  /** The value in force. A dotted key may reach inside a setting (`storage.stores.r2.bucket`); undefined: nothing there. */
  get<K extends SettingKey>(key: K): Settings[K];
  get(key: string): unknown;
  all(): Settings;
  list(): SettingEntry[];
  /** One entry, also of a place inside a setting. Throws `usage` for a key that is not there. */
  entry(key: string): SettingEntry;
  /** Throws `usage` for a wrong key or value (nothing is changed then), or what writeFileAtomic throws. */
  set(key: string, value: unknown): Promise<SettingEntry>;
  /** Back to the default; inside a setting: to what the default has there, or gone. */
  unset(key: string): Promise<SettingEntry>;
  /** Hears the keys whose values changed, here or in another process. The file is watched from the first listener on. */
  onChange(listener: (keys: SettingKey[]) => void): () => void;
  /** What a person should know of the file, in words. */
  readonly warnings: readonly string[];
  /** Ends the watching. */
  close(): void;
}

/**
 * Opens settings.json (settings.md): only what differs from the defaults is in it; keys that this version does not
 * know are kept. A file that does not exist is an empty one.
 */
export async function openSettings(
  file: string,
  deps: Partial<SettingsFileDeps> = {},
): Promise<SettingsStore> {
  const { clock = systemClock, fs = nodeFs } = deps;
  const defaults = parseAll({}).settings;
  const warnings: string[] = [];
  const listeners = new Set<(keys: SettingKey[]) => void>();
  let raw: RawSettings = {};
  let settings = defaults;
  let watcher: FSWatcher | null = null;
  let reloading: NodeJS.Timeout | null = null;

  const warn = (warning: string): void => {
    if (!warnings.includes(warning)) warnings.push(warning);
  };

  /** Puts new content in force and tells what changed. */
  const adopt = (next: RawSettings): void => {
    const parsed = parseAll(next);
    for (const warning of parsed.warnings) warn(warning);
    const changed = settingKeys.filter((key) => !isDeepStrictEqual(settings[key], parsed.settings[key]));
    raw = next;
    settings = parsed.settings;
    if (changed.length > 0) for (const listener of [...listeners]) listener(changed);
  };

  const load = async (): Promise<void> => {
    const loaded = await loadSettingsFile(file, { clock, fs });
    if (loaded.warning) warn(loaded.warning);
    adopt(loaded.raw);
  };

  /** Takes up what another process or an editor wrote. A damaged file is left to its editor: what holds, holds. */
  const reload = async (): Promise<void> => {
    const read = await readSettingsFile(file, { fs });
    if (read.raw) adopt(read.raw);
    else
      warn('The settings file was changed and cannot be read now; the settings from before stay in force.');
  };

  const startWatching = (): void => {
    if (watcher) return;
    try {
      // The folder, not the file: an atomic write gives the name to another file.
      watcher = watch(path.dirname(file), { persistent: false }, (_event, name) => {
        if (name !== null && name !== path.basename(file)) return;
        if (reloading) clearTimeout(reloading);
        reloading = setTimeout(() => {
          reload().catch((error: unknown) => warn(toFailure(error).message));
        }, 40);
        reloading.unref();
      });
      watcher.on('error', (error) => warn(`Changes of the settings file are not seen: ${error.message}`));
    } catch (error) {
      warn(`Changes of the settings file are not seen: ${toFailure(error).message}`);
    }
  };

  /** Two processes that change different keys at once must not undo each other: read, change and write under a lock. */
  const change = (key: SettingKey, decide: (current: unknown) => unknown): Promise<void> =>
    withFileLock(file, 'writing the settings', async () => {
      await load();
      const value = decide(settings[key]);
      const next = { ...raw };
      if (isDeepStrictEqual(value, defaults[key])) delete next[key];
      else next[key] = value;
      await writeSettingsFile(file, next, { fs });
      adopt(next);
    });

  const entry = (dotted: string): SettingEntry => {
    const { key, inside } = parseSettingPath(dotted);
    const value = valueAt(settings[key], inside);
    const standard = valueAt(defaults[key], inside);
    return {
      key: dotted,
      value: value ?? null,
      default: standard ?? null,
      changed: !isDeepStrictEqual(value, standard),
      meaning: settingSchemas[key].description ?? '',
    };
  };

  function get<K extends SettingKey>(key: K): Settings[K];
  function get(key: string): unknown;
  function get(dotted: string): unknown {
    const { key, inside } = parseSettingPath(dotted);
    return valueAt(settings[key], inside);
  }

  const first = await readSettingsFile(file, { fs });
  if (first.raw) adopt(first.raw);
  // Two processes that start at once must not both set it aside.
  else await withFileLock(file, 'mending the settings', load);
  await keepLastGood(file, { fs }).catch((error: unknown) =>
    warn(`No copy of the settings could be kept: ${toFailure(error).message}`),
  );

  return {
    file,
    get,
    all: () => settings,
    list: () => settingKeys.map(entry),
    entry,
    set: async (dotted, value) => {
      const { key, inside } = parseSettingPath(dotted);
      await change(key, (current) => checked(key, dotted, withValueAt(current, inside, value)));
      return entry(dotted);
    },
    unset: async (dotted) => {
      const { key, inside } = parseSettingPath(dotted);
      const standard = valueAt(defaults[key], inside);
      await change(key, (current) => checked(key, dotted, withValueAt(current, inside, standard)));
      return entry(dotted);
    },
    onChange: (listener) => {
      listeners.add(listener);
      startWatching();
      return () => listeners.delete(listener);
    },
    warnings,
    close: () => {
      listeners.clear();
      if (reloading) clearTimeout(reloading);
      watcher?.close();
      watcher = null;
    },
  };
}

/** The settings that raw content gives; a value that is not allowed gives its default and a warning, and stays in the file. */
function parseAll(raw: RawSettings): { settings: Settings; warnings: string[] } {
  const warnings: string[] = [];
  const entries = settingKeys.map((key) => {
    const parsed = settingSchemas[key].safeParse(raw[key]);
    if (parsed.success) return [key, parsed.data];
    warnings.push(
      `The settings file has a wrong value for ${key} (allowed: ${allowedValues(key)}); the default is used.`,
    );
    return [key, settingSchemas[key].parse(undefined)];
  });
  return { settings: Object.fromEntries(entries), warnings };
}

/** The value as the schema has it; throws `usage` with what is allowed. */
function checked(key: SettingKey, dotted: string, value: unknown): unknown {
  const parsed = settingSchemas[key].safeParse(value);
  const cure = `Allowed for ${key}: ${allowedValues(key)}.`;
  if (!parsed.success) {
    throw fail('usage', `This value is not allowed for ${dotted}: ${whatIsWrong(parsed.error)}.`, {
      where: dotted,
      cure,
    });
  }
  const dropped = droppedPlaces(value, parsed.data);
  if (dropped.some((place) => place.endsWith('secretAccessKey'))) {
    throw fail('usage', 'A secret does not go into the settings.', {
      where: dotted,
      cure: 'Keep it with: flowdeck config set-secret storage.NAME.secretAccessKey',
    });
  }
  if (dropped.length > 0) {
    throw fail('usage', `${key} has no ${dropped.join(', ')}.`, { where: dotted, cure });
  }
  return parsed.data;
}

/** A file that can be read is the next one to fall back on, whoever wrote it. */
async function keepLastGood(file: string, deps: Pick<SettingsFileDeps, 'fs'>): Promise<void> {
  const [now, good] = [await readSettingsFile(file, deps), await readSettingsFile(lastGoodFile(file), deps)];
  if (now.text === null || now.raw === null || now.text === good.text) return;
  await writeFileAtomic(lastGoodFile(file), now.text, { fs: deps.fs, mode: 0o600 });
}
