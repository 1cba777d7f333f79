import { basename, dirname, join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { Disk } from '../platform/disk.ts';
import type { FileLocks } from '../platform/held-file.ts';
import { realPathOf } from '../platform/held-file.ts';
import { findSyntaxProblem } from '../workflow/json-syntax.ts';
import { parseWorkflowName } from '../workflow/names.ts';
import { placeOf } from '../workflow/place.ts';
import { type BackupDeps, backupFolder, localDay, takeBackup } from './backup.ts';
import { changeFile, textOf } from './change-file.ts';
import { type ProjectPlace, projectPlace } from './project-place.ts';
import { placeForNew, type VersionNote, withNewEntry, withVersion } from './registry-edit.ts';
import { entriesOf, isObject, type JsonObject, type RegistryEntry } from './registry-entries.ts';

export interface RegistryDeps extends BackupDeps, Pick<FileLocks, 'alone'> {}

/** A version as it goes into the registry. */
export interface Registration extends Omit<VersionNote, 'date'> {
  /** Path of the workflow file that has this version. */
  workflow: string;
  /** `YYYY-MM-DD`; today where it is not given. */
  date?: string;
  /** Whether an entry may be made where the workflow has none. */
  add?: boolean;
  /** Only while the registry says that this is the current version; else nothing is written. */
  instead?: string;
}

export interface Registered {
  registry: string;
  /** False when it said so already. */
  written: boolean;
}

const REASON = 'pre-version';

/** `reference/version-registry.json` in the nearest folder above the workflow that has one; null where none has. */
export async function findRegistry(workflow: string, disk: Disk): Promise<string | null> {
  for (let folder = dirname(await realPathOf(workflow, disk)); ; folder = dirname(folder)) {
    const file = join(folder, 'reference', 'version-registry.json');
    if ((await disk.stat(file)) !== null) return file;
    if (dirname(folder) === folder) return null;
  }
}

/**
 * Writes a version into the workflow's entry of the registry: current version, day, and a note in its history
 * (behaviour.md §9). Everything else stays byte for byte. Null where there is no registry. Before the first change of a
 * day the registry is backed up. What was registered already is not registered twice, so a call that was cut short can
 * simply be made again.
 *
 * Rejects with `not-found` where it has no entry (with `add`: and no place for one), with `folder` for a registry that
 * cannot be read, understood or written, and with `locked`; nothing is written then.
 */
export async function registerVersion(news: Registration, deps: RegistryDeps): Promise<Registered | null> {
  const { disk, clock } = deps;
  const registry = await findRegistry(news.workflow, disk);
  if (registry === null) return null;
  const date = news.date ?? localDay(clock.now());
  const written = await changeFile(
    registry,
    'register',
    async (now, real) => {
      if (now === null) throw gone(registry);
      const text = textOf(now, registry);
      const next = registered(text, { ...news, date }, registry);
      if (next === text) return null;
      await backUp(real, now, deps);
      return next;
    },
    deps,
  );
  return { registry, written };
}

/** Its content. Rejects with `folder` for one that is not there, not UTF-8 or not JSON. */
export async function readRegistry(registry: string, disk: Disk): Promise<JsonObject> {
  const bytes = await disk.read(registry);
  if (bytes === null) throw gone(registry);
  return parseRegistry(textOf(bytes, registry), registry);
}

/**
 * The entry of a workflow, by its code. Where several brands have that code, the one of its folders. Null when there is
 * none; throws `folder` where it cannot be told which one is meant.
 */
export function entryOf(
  registry: JsonObject,
  code: string,
  { brand, month }: ProjectPlace,
  file: string,
): RegistryEntry | null {
  const same = entriesOf(registry, code).filter((entry) => entry.code.toLowerCase() === code.toLowerCase());
  const narrow = (among: RegistryEntry[], fits: (entry: RegistryEntry) => boolean): RegistryEntry[] => {
    const fitting = among.length > 1 ? among.filter(fits) : [];
    return fitting.length > 0 ? fitting : among;
  };
  const exact = narrow(same, (entry) => entry.code === code);
  const ofBrand = narrow(
    exact,
    (entry) => brand !== null && entry.brand?.toLowerCase() === brand.toLowerCase(),
  );
  const own = narrow(
    ofBrand,
    ({ path, value }) => month !== null && (path.includes(month) || value.month === month),
  );
  if (own.length > 1) {
    throw fail('folder', `${basename(file)} has ${own.length} entries of ${code}.`, {
      where: `${file}: ${own.map(({ path }) => path.join('.')).join(', ')}`,
      cure: 'Leave one of them. The registry was left as it is.',
    });
  }
  return own[0] ?? null;
}

function registered(text: string, news: Registration & VersionNote, file: string): string {
  const registry = parseRegistry(text, file);
  const place = projectPlace(news.workflow);
  const { code } = parseWorkflowName(basename(news.workflow).replace(/\.nbflow$/i, ''));
  const entry = entryOf(registry, code, place, file);
  if (entry !== null) {
    const current = entry.value.current_version ?? entry.value.currentVersion;
    const isOther =
      news.instead !== undefined && String(current).toLowerCase() !== news.instead.toLowerCase();
    return isOther ? text : withVersion(text, entry, news);
  }
  if (news.add !== true) {
    throw fail('not-found', `${code} has no entry in ${basename(file)}.`, {
      where: file,
      cure: 'Add one below workflows, under its brand.',
    });
  }
  const path = placeForNew(registry, code, place);
  if (path !== null) return withNewEntry(text, path, place.month, news);
  throw fail('not-found', `Where ${code} belongs in ${basename(file)} cannot be told from its folders.`, {
    where: file,
    cure: `Add "${code}": {} below workflows, under its brand.`,
  });
}

function parseRegistry(text: string, file: string): JsonObject {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  const cure = 'Mend it. It was left as it is.';
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const { offset, problem } = findSyntaxProblem(body) ?? { offset: 0, problem: 'something is misspelt' };
    const { line, column } = placeOf(body, offset);
    throw fail('folder', `${basename(file)} is not JSON: ${problem}.`, {
      where: `${file}:${line}:${column}`,
      cure,
      cause,
    });
  }
  if (isObject(value)) return value;
  throw fail('folder', `${basename(file)} is no object.`, { where: file, cure });
}

/** Once a day: what the day began with is what one wants back. */
async function backUp(registry: string, content: Uint8Array, deps: BackupDeps): Promise<void> {
  const ofToday = `${basename(registry)}.bak-${localDay(deps.clock.now())}-${REASON}`;
  const there = await deps.disk.list(backupFolder(registry));
  if (there.includes(ofToday)) return;
  await takeBackup(registry, content, REASON, deps);
}

const gone = (registry: string) =>
  fail('folder', `${basename(registry)} is not there any more.`, {
    where: registry,
    cure: 'Put it back, from backups/ beside it where need be.',
  });
