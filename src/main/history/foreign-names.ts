import { codeOf, versionIn } from '../../shared/version.ts';

/** What the name of a file in `backups/` says of it. */
export interface CopyName {
  /** The workflow's name without `.nbflow`; the whole name of the copy where that follows no pattern. */
  name: string;
  version: string | null;
  /** Name of the workflow's file, as far as one can tell. */
  file: string;
  /** `YYYY-MM-DD`; null: its name has none. */
  day: string | null;
  /** Slug of its name; null: it has the plain name of a version, or follows no pattern. */
  reason: string | null;
  /** A version under its own name, as a bump leaves it. */
  plain: boolean;
}

const PATTERN = /^(?<name>.+)(?<ext>\.nbflow)(?:\.bak-(?<day>\d{4}-\d{2}-\d{2})-(?<reason>.+))?$/is;

/**
 * Reads the name of a copy in `backups/` as one of the workflow `code`; null: it is of another one. Besides
 * `{name}.nbflow` and `{name}.nbflow.bak-{day}-{reason}` (behaviour.md §9), names people give are taken, such as
 * `copy of XYZS1-V0-5.nbflow` and `XYZS1-V0-5-broken-2026-05-12`, as long as code and version stand in them. Pure.
 */
export function readCopyName(copy: string, code: string): CopyName | null {
  const { name, ext, day, reason } = PATTERN.exec(copy)?.groups ?? {};
  if (name !== undefined && ext !== undefined && codeOf(name) === code) {
    const file = `${name}${ext}`;
    const version = versionIn(name);
    return { name, version, file, day: day ?? null, reason: reason ?? null, plain: day === undefined };
  }
  // The name of another workflow, by the scheme.
  if (name !== undefined && versionIn(name) !== null && codeOf(name) !== name && !/\s/.test(name))
    return null;
  const within = versionWithin(copy, code);
  if (within === null) return null;
  return { name: copy, version: null, file: `${within}.nbflow`, day: null, reason: null, plain: false };
}

/** Code and version somewhere in a name, as words of their own: `XYZS1-V0-5` of `XYZS1-V0-5-broken-2026-05-12`. */
function versionWithin(copy: string, code: string): string | null {
  for (let at = copy.indexOf(code); at !== -1; at = copy.indexOf(code, at + 1)) {
    if (/[\p{L}\p{N}-]$/u.test(copy.slice(0, at))) continue;
    const version = /^-v\d{1,6}(?:-\d{1,3}(?!\d)){0,2}/i.exec(copy.slice(at + code.length))?.[0];
    if (version !== undefined && versionIn(`${code}${version}`) !== null) return `${code}${version}`;
  }
  return null;
}

/** The workflow a copy is of, by its name alone; null: it names none. Pure. */
export function codeOfCopy(copy: string): string | null {
  const { name } = PATTERN.exec(copy)?.groups ?? {};
  if (name !== undefined && (versionIn(name) !== null || !/-v\d/i.test(name))) return codeOf(name);
  const within = /(?<code>[^\s-][^\s]*?)-v\d/i.exec(copy)?.groups?.code;
  return within !== undefined && versionWithin(copy, within) !== null ? within : null;
}

/** A copy that was itself copied has a later time than its name says: the day of its name is over then. Milliseconds. */
export function timeOfCopy(day: string | null, mtimeMs: number): number {
  const end = day === null ? Number.NaN : new Date(`${day}T23:59:59.999`).getTime();
  return Math.round(Number.isNaN(end) ? mtimeMs : Math.min(end, mtimeMs));
}
