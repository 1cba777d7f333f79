import type { JsonPath } from '../workflow/json-edit.ts';

export type JsonObject = Record<string, unknown>;

/** A workflow's entry in the version registry, wherever a team keeps it. */
export interface RegistryEntry {
  /** From the top of the file. */
  path: JsonPath;
  /** As the registry spells it. */
  code: string;
  /** Slug of the brand it stands under, where that can be told. */
  brand: string | null;
  value: JsonObject;
}

/** Documented is `workflows.{brand}.{code}`; some have months or types in between. */
const MOST_LEVELS = 8;
/** Where an entry of a list has its code. */
const CODE_KEYS = ['code', 'workflow', 'id', 'name'];
/** Beside `workflows`; never searched where a registry is a flat map without it. */
const OTHER_KEYS = new Set(['brands', 'products', 'accounts']);
/** What may stand between a brand and its workflows. */
const NO_BRAND =
  /^(?:growth|sales|testing|approved|archived|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)$/i;

/** Where the workflows are: below `workflows`, or at the top where there is no such key. */
export function workflowsPath(registry: JsonObject): JsonPath {
  return Object.hasOwn(registry, 'workflows') ? ['workflows'] : [];
}

/** The object there; null where a list or something else stands in its place. */
export function workflowsOf(registry: JsonObject): JsonObject | null {
  if (Object.hasOwn(registry, 'workflows')) return isObject(registry.workflows) ? registry.workflows : null;
  return Object.fromEntries(Object.entries(registry).filter(([key]) => !OTHER_KEYS.has(key)));
}

/**
 * All entries, in the order of the file. An entry is an object with a version or a history; one of `code` counts by its
 * key alone, also while it is empty.
 */
export function entriesOf(registry: JsonObject, code?: string): RegistryEntry[] {
  const found: RegistryEntry[] = [];
  const base = workflowsPath(registry);
  const wanted = code?.toLowerCase();

  const visit = (value: unknown, key: string | null, path: JsonPath): void => {
    if (Array.isArray(value)) {
      if (path.length < MOST_LEVELS) for (const [i, item] of value.entries()) visit(item, null, [...path, i]);
      return;
    }
    if (!isObject(value)) return;
    const own = key ?? codeIn(value);
    if (path.length > base.length && own !== null && (isEntry(value) || own.toLowerCase() === wanted)) {
      found.push({ path, code: own, brand: brandOf(value, path.slice(base.length, -1), registry), value });
      return;
    }
    if (path.length >= MOST_LEVELS) return;
    for (const [name, item] of Object.entries(value)) {
      visit(item, name, [...path, name]);
    }
  };
  visit(base.length === 0 ? workflowsOf(registry) : registry.workflows, null, base);
  return found;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function isEntry(value: JsonObject): boolean {
  const { current_version, currentVersion, history } = value;
  return typeof (current_version ?? currentVersion) === 'string' || Array.isArray(history);
}

function codeIn(value: JsonObject): string | null {
  for (const key of CODE_KEYS) if (typeof value[key] === 'string') return value[key];
  return null;
}

function brandOf(value: JsonObject, above: JsonPath, registry: JsonObject): string | null {
  const names = above.filter((step) => typeof step === 'string');
  const brands = isObject(registry.brands) ? registry.brands : {};
  const known = names.find((name) => Object.hasOwn(brands, name));
  if (known !== undefined) return known;
  if (typeof value.brand === 'string') return value.brand;
  return names.findLast((name) => !NO_BRAND.test(name)) ?? null;
}
