import { type ProjectPlace, typeOfCode } from './project-place.ts';
import { newestOf } from './registry-edit.ts';
import { isObject, type JsonObject, type RegistryEntry } from './registry-entries.ts';
import { byVersion, standingOf } from './version-standing.ts';

/** A version a workflow had. Texts as they were found; empty where nothing is known. */
export interface VersionEntry {
  version: string;
  /** `YYYY-MM-DD`. */
  date: string;
  notes: string;
}

/** What the tracker says of a workflow. Null is not known: what a person wrote there stays. */
export interface Tracked {
  code: string;
  brand: string | null;
  type: string | null;
  version: string;
  /** `testing`, `approved`, or what a person set beyond those: `archived`. */
  status: string;
  fanOut: string | null;
  lastUpdated: string | null;
  /** Of the newest history entry. */
  notes: string | null;
  history: VersionEntry[];
}

/** By the registry. `folder`: the folder the workflow lies in, `testing` or `approved`, where that is known. */
export function fromRegistry({ code, brand, value }: RegistryEntry, folder: string | null): Tracked {
  const version = textAt(value, 'current_version', 'currentVersion') ?? '';
  const history = Array.isArray(value.history) ? value.history.filter(isObject) : [];
  const newest = newestOf(history);
  const status = textAt(value, 'status');
  return {
    code,
    brand,
    type: textAt(value, 'type') ?? typeOfCode(code),
    version,
    // That a version is retired nothing but the registry says; where it stands, its number says best.
    status: status === 'archived' ? status : (standingOf(version) ?? folder ?? status ?? ''),
    fanOut: fanOutOf(value),
    lastUpdated: textAt(value, 'last_updated', 'lastUpdated'),
    notes: newest === null ? null : notesOf(newest),
    history: history.map((item) => ({
      version: textAt(item, 'version') ?? '',
      date: textAt(item, 'date') ?? '',
      notes: notesOf(item) ?? '',
    })),
  };
}

/** Without an entry in a registry: by the names of its files. `note` is of the version it has now, made `today`. */
export function fromNames(
  { code, version, folder }: { code: string; version: string | null; folder: string | null },
  { brand }: ProjectPlace,
  found: readonly VersionEntry[],
  { note, today }: { note: string | undefined; today: string },
): Tracked {
  const own = version ?? '';
  const history = found.toSorted((a, b) => byVersion(a.version, b.version));
  return {
    code,
    brand,
    type: typeOfCode(code),
    version: own,
    status: standingOf(own) ?? folder ?? '',
    fanOut: null,
    lastUpdated: today,
    notes: note ?? null,
    history: note === undefined ? history : noted(history, { version: own, date: today, notes: note }),
  };
}

/** Which of the two tabs a workflow is in; what was retired stays where its version had been. */
export function tabOf({ status, version }: Tracked): 'testing' | 'approved' {
  if (status === 'testing' || status === 'approved') return status;
  return standingOf(version) ?? 'testing';
}

/** The note takes the place of the bare mention of its version. */
const noted = (history: readonly VersionEntry[], note: VersionEntry): VersionEntry[] => [
  ...history.filter(({ version }) => version.toLowerCase() !== note.version.toLowerCase()),
  note,
];

function fanOutOf({ fanned_out_to_accounts, fannedOutToAccounts }: JsonObject): string | null {
  const accounts = fanned_out_to_accounts ?? fannedOutToAccounts;
  if (typeof accounts === 'string') return accounts;
  return Array.isArray(accounts) ? accounts.filter((one) => typeof one === 'string').join(', ') : null;
}

const notesOf = (item: JsonObject): string | null => textAt(item, 'notes', 'note');

function textAt(value: JsonObject, ...keys: string[]): string | null {
  for (const key of keys) if (typeof value[key] === 'string') return value[key];
  return null;
}
