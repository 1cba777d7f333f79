import type { StoreSettings } from '../../../shared/settings.ts';

/** What a store of each kind is asked for, in words. `pathStyle` is a switch, and no text. */

type FieldOf<S> = S extends StoreSettings ? Exclude<keyof S, 'kind' | 'pathStyle'> : never;
export type StoreField = FieldOf<StoreSettings>;

export interface StoreFieldWords {
  field: StoreField;
  label: string;
  /** What holds when it is left empty, where something does. */
  whenEmpty?: string;
  hint?: string;
  /** What is said when it cannot be taken, as an instruction. */
  ask: string;
}

const anAddress = 'Write an http or https address.';

export const storeFields: Record<StoreSettings['kind'], readonly StoreFieldWords[]> = {
  local: [
    {
      field: 'root',
      label: 'Folder',
      whenEmpty: 'objects, in the data folder',
      ask: 'Write the path of a folder.',
    },
    {
      field: 'publicBaseUrl',
      label: 'Public address of the folder',
      hint: 'Where somebody serves it. Empty: addresses begin with file:',
      ask: anAddress,
    },
  ],
  s3: [
    {
      field: 'endpoint',
      label: 'Endpoint',
      hint: 'R2: https://ACCOUNT.r2.cloudflarestorage.com. S3: https://s3.REGION.amazonaws.com',
      ask: anAddress,
    },
    { field: 'bucket', label: 'Bucket', hint: 'It must exist.', ask: 'Write the name of the bucket.' },
    { field: 'region', label: 'Region', whenEmpty: 'auto', ask: 'Write the region of the bucket.' },
    {
      field: 'publicBaseUrl',
      label: 'Public address of the bucket',
      hint: 'Where the public reads objects.',
      ask: anAddress,
    },
    {
      field: 'accessKeyId',
      label: 'Access key ID',
      hint: 'The public half of the key.',
      ask: 'Write the public half of the key.',
    },
    { field: 'prefix', label: 'Folder in the bucket', hint: 'Before every key.', ask: 'Write a folder.' },
  ],
  endpoint: [
    { field: 'url', label: 'Address', hint: 'Where files are posted.', ask: anAddress },
    {
      field: 'fileField',
      label: 'Field of the file',
      whenEmpty: 'file',
      ask: 'Write the name of the field.',
    },
    { field: 'pathField', label: 'Field of the key', whenEmpty: 'path', ask: 'Write the name of the field.' },
    {
      field: 'urlPointer',
      label: 'Where the answer has the address',
      whenEmpty: '/url',
      hint: 'A JSON pointer, such as /data/0/link',
      ask: 'Begin with a slash: /data/0/link.',
    },
    {
      field: 'headers',
      label: 'Headers',
      hint: 'One a line, as Name: value. They stand in settings.json, for all to read who read it.',
      ask: 'Write one header a line, as Name: value.',
    },
  ],
};

export const kindWords: Record<StoreSettings['kind'], string> = {
  local: 'folder',
  s3: 'bucket of R2 or S3',
  endpoint: 'upload endpoint',
};

/** Where a store puts objects, for people: without what an address may hold of secrets. */
export function storePlace(store: StoreSettings): string {
  if (store.kind === 'local') return store.root ?? 'objects, in the data folder';
  if (store.kind === 's3') {
    const folder = store.prefix === '' ? '' : `, in ${store.prefix}`;
    return `${store.bucket} at ${shownAddress(store.endpoint)}${folder}`;
  }
  return shownAddress(store.url);
}

/** Without user, password, query and fragment. */
export function shownAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + (pathname === '/' ? '' : pathname);
}

/** The command that keeps a bucket's secret: it never passes through the window. */
export const secretCommand = (name: string): string =>
  `flowdeck config set-secret storage.${name}.secretAccessKey`;

/** What each step of a store's test does (`StoreStep.name`). */
export const stepWords = (step: string): string => knownSteps[step] ?? step;

const knownSteps: Partial<Record<string, string>> = {
  open: 'Open',
  write: 'Write',
  find: 'Find again',
  address: 'Public address',
};
