import { type Settings, type StoreSettings, settingSchemas } from '../../../shared/settings.ts';
import { type StoreField, storeFields } from './store-fields.ts';

/** A store while a person edits it: texts as typed, until they make a store by the schema. Pure. */

export type Stores = Settings['storage.stores'];

export interface StoreDraft {
  /** As typed. */
  name: string;
  kind: StoreSettings['kind'];
  /** As typed; those of another kind are kept while a person looks what each kind asks for. */
  texts: Readonly<Partial<Record<StoreField, string>>>;
  /** Of a bucket: its name stands in the path of an address, not in the host's name. */
  pathStyle: boolean;
}

export const newDraft: StoreDraft = { name: '', kind: 's3', texts: {}, pathStyle: true };

/** A store as one would have typed it. */
export function draftOf(name: string, store: StoreSettings): StoreDraft {
  const values: Partial<Record<string, unknown>> = store;
  const texts = storeFields[store.kind].map(({ field }) => [field, typed(values[field])]);
  return {
    name,
    kind: store.kind,
    texts: Object.fromEntries(texts),
    pathStyle: store.kind !== 's3' || store.pathStyle,
  };
}

function typed(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : String(value);
  return Object.entries(value)
    .map(([header, content]) => `${header}: ${content}`)
    .join('\n');
}

export const withText = (draft: StoreDraft, field: StoreField, text: string): StoreDraft => ({
  ...draft,
  texts: { ...draft.texts, [field]: text },
});

export type CheckedStore =
  | { ok: true; name: string; store: StoreSettings }
  | { ok: false; wrong: ReadonlyMap<StoreField | 'name', string> };

/** The store a draft makes, or what is wrong with each field, as an instruction. `taken`: names it cannot have. */
export function checkDraft(draft: StoreDraft, taken: readonly string[]): CheckedStore {
  const name = draft.name.trim();
  const wrong = new Map<StoreField | 'name', string>();
  if (!isName(name)) wrong.set('name', nameRule);
  else if (taken.includes(name)) wrong.set('name', `There is a store named ${name} already.`);

  const value: Record<string, unknown> = { kind: draft.kind };
  // What is left empty is not set: the schema has a default for it, or it is asked for.
  for (const { field } of storeFields[draft.kind]) {
    const text = (draft.texts[field] ?? '').trim();
    if (text !== '') value[field] = text;
  }
  if (draft.kind === 's3') value.pathStyle = draft.pathStyle;
  if (typeof value.headers === 'string') {
    const headers = headersIn(value.headers);
    if (typeof headers === 'string') wrong.set('headers', headers);
    else value.headers = headers;
  }

  // Apart from its name, so that a wrong one does not hide what else is wrong.
  const parsed = schema.safeParse({ store: value });
  for (const { path } of parsed.error?.issues ?? []) {
    const words = storeFields[draft.kind].find(({ field }) => field === path[1]);
    if (words !== undefined && !wrong.has(words.field)) wrong.set(words.field, words.ask);
  }
  const store = parsed.data?.store;
  return store !== undefined && wrong.size === 0 ? { ok: true, name, store } : { ok: false, wrong };
}

const schema = settingSchemas['storage.stores'];

/** A name the schema drops is none either: a record takes no `__proto__`. */
function isName(name: string): boolean {
  const parsed = schema.safeParse({ [name]: { kind: 'local' } });
  return parsed.success && Object.hasOwn(parsed.data, name);
}

const nameRule = 'Begin with a small letter; then small letters, digits and hyphens, 31 in all at most.';

/** Headers written one a line, or the instruction how to write them. */
function headersIn(text: string): Record<string, string> | string {
  const headers = new Map<string, string>();
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const colon = line.indexOf(':');
    const header = line.slice(0, colon).trim();
    if (colon < 0 || header === '') return 'Write one header a line, as Name: value.';
    // A header's name is the same in capitals, and only one of two would be sent.
    if ([...headers.keys()].some((each) => each.toLowerCase() === header.toLowerCase()))
      return `Write ${header} once.`;
    headers.set(header, line.slice(colon + 1).trim());
  }
  return Object.fromEntries(headers);
}

/** The stores of the setting's value, as it came over the wire. */
export function storesIn(value: unknown): Stores {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : schema.parse(undefined);
}
