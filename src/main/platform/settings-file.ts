import type * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { settingKeys } from '../../shared/settings.ts';
import { type AtomicFs, uniquePath, writeFileAtomic } from './atomic-file.ts';
import { type Clock, isoTime } from './clock.ts';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';

/** What stands in settings.json: flat, by dotted key, with whatever a newer Flowdeck may have put there. */
export type RawSettings = Record<string, unknown>;

export interface SettingsFileDeps {
  clock: Clock;
  fs: AtomicFs & Pick<typeof nodeFs, 'readFile'>;
}

export const lastGoodFile = (file: string): string => `${file}.last-good`;

/** The text of the file and what it says; `raw` null: damaged. An absent file is an empty one. */
export async function readSettingsFile(
  file: string,
  { fs }: Pick<SettingsFileDeps, 'fs'>,
): Promise<{ text: string | null; raw: RawSettings | null }> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { text: null, raw: {} };
    throw fileFailure(error, file) ?? error;
  }
  return { text, raw: parseSettingsText(text) };
}

/** Null: not a JSON object. Nested objects (`{"glabs":{"url":…}}`) are read as dotted keys. */
export function parseSettingsText(text: string): RawSettings | null {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return flatten(value as RawSettings, '');
}

function flatten(value: RawSettings, prefix: string): RawSettings {
  const raw: RawSettings = {};
  for (const [name, inner] of Object.entries(value)) {
    const key = prefix + name;
    const isGroup =
      typeof inner === 'object' && inner !== null && settingKeys.some((each) => each.startsWith(`${key}.`));
    if (isGroup) Object.assign(raw, flatten(inner as RawSettings, `${key}.`));
    else raw[key] = inner;
  }
  return raw;
}

export function settingsText(raw: RawSettings): string {
  const sorted = Object.fromEntries(Object.entries(raw).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/** Writes the file and its last good copy; errors as in writeFileAtomic. */
export async function writeSettingsFile(
  file: string,
  raw: RawSettings,
  { fs }: Pick<SettingsFileDeps, 'fs'>,
): Promise<void> {
  const text = settingsText(raw);
  await writeFileAtomic(file, text, { fs, mode: 0o600 });
  await writeFileAtomic(lastGoodFile(file), text, { fs, mode: 0o600 });
}

/**
 * Reads the file for use (settings.md): a damaged one is set aside as `settings.json.damaged-{time}` and replaced by
 * the last good copy, or by nothing when there is none. `warning` tells the person what happened.
 */
export async function loadSettingsFile(
  file: string,
  deps: SettingsFileDeps,
): Promise<{ raw: RawSettings; text: string | null; warning: string | null }> {
  let read = await readSettingsFile(file, deps);
  if (read.raw === null) {
    // An editor may be in the midst of saving it.
    await deps.clock.sleep(150);
    read = await readSettingsFile(file, deps);
  }
  if (read.raw !== null) return { raw: read.raw, text: read.text, warning: null };
  return setAside(file, deps);
}

async function setAside(file: string, deps: SettingsFileDeps) {
  const stamp = isoTime(deps.clock).slice(0, 19).replaceAll(':', '').replace('T', '-');
  const name = `${path.basename(file)}.damaged-${stamp}`;
  const aside = await uniquePath(path.dirname(file), (n) => (n === 1 ? name : `${name}-${n}`), deps);
  try {
    await deps.fs.rename(file, aside);
  } catch (error) {
    throw fileFailure(error, file) ?? error;
  }
  const good = await readSettingsFile(lastGoodFile(file), deps);
  const raw = good.text === null ? null : good.raw;
  if (raw) await writeSettingsFile(file, raw, deps);
  const instead = raw ? 'The last good settings are used.' : 'The defaults are used.';
  return {
    raw: raw ?? {},
    text: raw ? settingsText(raw) : null,
    warning: `The settings file was damaged and was set aside as ${path.basename(aside)}. ${instead}`,
  };
}
