import { fail } from '../../shared/failure.ts';
import { editJson, type JsonEdit, type JsonPath, type JsonValue } from '../workflow/json-edit.ts';
import { lineIndent, printJson, styleOf } from '../workflow/json-style.ts';
import { isArrayAt, skipSpace, skipValue, topOf, walkArray, walkObject } from '../workflow/json-text.ts';
import { type ProjectPlace, typeOfCode } from './project-place.ts';
import {
  isEntry,
  isObject,
  type JsonObject,
  type RegistryEntry,
  workflowsOf,
  workflowsPath,
} from './registry-entries.ts';
import { byVersion } from './version-standing.ts';

/** What the registry is to say of a workflow. */
export interface VersionNote {
  version: string;
  /** `YYYY-MM-DD`. */
  date: string;
  note: string;
  /** Left as it is when not given. */
  status?: string | undefined;
}

/**
 * The registry's text with this version in the workflow's entry: the version, the day, and a note in its history. Every
 * other byte is as it was. A history that begins with this very note already gets no second one. `text` is valid JSON.
 * Throws `folder` for a history that is no list.
 */
export function withVersion(text: string, { path, value }: RegistryEntry, news: VersionNote): string {
  const set = (key: string, to: string): JsonEdit => ({ path: [...path, key], value: to });
  const edits = [
    set(spelling(value, 'current_version', 'currentVersion'), news.version),
    ...(news.status === undefined ? [] : [set('status', news.status)]),
    set(spelling(value, 'last_updated', 'lastUpdated'), news.date),
  ];
  const at = [...path, 'history'];
  const history = value.history ?? null;
  const items = Array.isArray(history) ? history.filter(isObject) : [];
  const newest = newestOf(items);
  const noteKey = newest === null ? 'notes' : spelling(newest, 'notes', 'note');
  const said = { version: news.version, date: news.date, [noteKey]: news.note };
  if (history === null) return editJson(text, [...edits, { path: at, value: [said] }]);
  if (!Array.isArray(history)) {
    throw fail('folder', 'The history of this workflow in the version registry is no list.', {
      where: at.join('.'),
      cure: 'Make it a list of { version, date, notes }. The registry was left as it is.',
    });
  }
  const known = newest !== null && Object.entries(said).every(([key, to]) => newest[key] === to);
  if (known) return editJson(text, edits);
  if (isNewestFirst(items)) return insertedFirst(editJson(text, edits), at, said);
  return editJson(text, [...edits, { path: [...at, history.length], value: said }]);
}

/** The registry's text with an entry for a workflow that had none. `path` is of `placeForNew`. */
export function withNewEntry(
  text: string,
  path: JsonPath,
  month: string | null,
  { version, date, note, status }: VersionNote,
): string {
  const type = typeOfCode(String(path.at(-1)));
  const value: JsonValue = {
    current_version: version,
    ...(status === undefined ? {} : { status }),
    last_updated: date,
    ...(type === null ? {} : { type }),
    ...(month === null ? {} : { month }),
    history: [{ version, date, notes: note }],
  };
  return editJson(text, [{ path, value }]);
}

/**
 * Where a new entry belongs: under its brand, as the folders name it; at the top of a registry that keeps its workflows
 * without brands. Null where that cannot be told, or where something else stands there already.
 */
export function placeForNew(registry: JsonObject, code: string, place: ProjectPlace): JsonPath | null {
  const workflows = workflowsOf(registry);
  if (workflows === null) return null;
  const base = workflowsPath(registry);
  const flat = Object.values(workflows).some((value) => isObject(value) && isEntry(value));
  const group = flat ? { path: base, value: workflows } : groupFor(registry, workflows, base, code, place);
  return group === null || Object.hasOwn(group.value, code) ? null : [...group.path, code];
}

interface Group {
  path: JsonPath;
  value: JsonObject;
}

function groupFor(
  registry: JsonObject,
  workflows: JsonObject,
  base: JsonPath,
  code: string,
  { brand, month }: ProjectPlace,
): Group | null {
  if (brand === null) return null;
  const groups = groupsNamed(brand, workflows, base);
  const own =
    groups.length > 1 ? groups.filter(({ path }) => month !== null && path.includes(month)) : groups;
  const group = own[0];
  if (own.length === 1 && group !== undefined) {
    const type = typeOfCode(code);
    const below = type === null ? null : group.value[type];
    return type !== null && isObject(below) ? { path: [...group.path, type], value: below } : group;
  }
  const slug = isObject(registry.brands) ? slugOf(brand, registry.brands) : null;
  return groups.length === 0 && slug !== null ? { path: ['workflows', slug], value: {} } : null;
}

/** The newest of a history in either order; null when it is empty. */
export function newestOf(history: readonly JsonObject[]): JsonObject | null {
  return (isNewestFirst(history) ? history[0] : history.at(-1)) ?? null;
}

/** Most teams write the newest below; told from the first and the last: by their days, on one day by their versions. */
function isNewestFirst(history: readonly JsonObject[]): boolean {
  const [first, last] = [history[0], history.at(-1)];
  if (typeof first?.date !== 'string' || typeof last?.date !== 'string') return false;
  if (!DAY.test(first.date) || !DAY.test(last.date)) return false;
  if (first.date !== last.date) return first.date > last.date;
  return byVersion(String(first.version), String(last.version)) > 0;
}
const DAY = /^\d{4}-\d\d-\d\d/;

/** The key that is there; the documented one where neither is. */
const spelling = (value: JsonObject, documented: string, other: string): string =>
  !Object.hasOwn(value, documented) && Object.hasOwn(value, other) ? other : documented;

const slugOf = (brand: string, among: JsonObject): string | null =>
  Object.keys(among).find((slug) => slug.toLowerCase() === brand.toLowerCase()) ?? null;

/** Objects of this name that hold workflows, at most two levels down: `workflows.may.{brand}`. */
function groupsNamed(brand: string, among: JsonObject, base: JsonPath): Group[] {
  const isOwn = (name: string) => name.toLowerCase() === brand.toLowerCase();
  return Object.entries(among).flatMap(([name, value]) => {
    if (!isObject(value) || isEntry(value)) return [];
    if (isOwn(name)) return [{ path: [...base, name], value }];
    return Object.entries(value).flatMap(([inner, below]) =>
      isOwn(inner) && isObject(below) && !isEntry(below)
        ? [{ path: [...base, name, inner], value: below }]
        : [],
    );
  });
}

/** A list's text with a value before its first item, laid out as that one. The list has items. */
function insertedFirst(text: string, path: JsonPath, value: JsonValue): string {
  const list = offsetOf(text, path);
  const first = skipSpace(text, list + 1);
  const gap = text.slice(list + 1, first);
  const style = styleOf(text);
  const lines = gap.includes('\n');
  const printed = printJson(
    value,
    style,
    lines ? lineIndent(text, first) : '',
    lines && style.indent !== null,
  );
  return `${text.slice(0, first)}${printed},${lines ? gap : style.comma.slice(1)}${text.slice(first)}`;
}

/** Of the first character of the value at a path that is there. */
function offsetOf(text: string, path: JsonPath): number {
  let at = topOf(text);
  for (const step of path) {
    let found = at;
    const visit = (key: string | number, start: number): number => {
      if (key === step) found = start; // of a key that stands twice the last counts
      return skipValue(text, start);
    };
    if (isArrayAt(text, at)) walkArray(text, at, visit);
    else walkObject(text, at, ({ key, valueStart }) => visit(key, valueStart));
    at = found;
  }
  return at;
}
