import { fail } from './failure.ts';

/** The version at the end of a workflow's name, by the scheme of behaviour.md §9. */
type Version =
  /** `V0-N`: a new workflow under test. */
  | { kind: 'new'; test: number }
  /** `V2`: approved. */
  | { kind: 'approved'; major: number }
  /** `V1-2`: a small variant of an approved one. */
  | { kind: 'variant'; major: number; variant: number }
  /** `V2-0-N`: a large variant under test. */
  | { kind: 'next'; major: number; test: number };

interface VersionedName {
  /** All before the version, with its dash: `XYZG3-`. */
  code: string;
  /** `V`, or `v` where the name has it so. */
  letter: string;
  version: Version;
}

/** More digits than that are not a version that anybody gave. */
const MOST = 999_999;

/**
 * The name of the version after this one: `V0-4` → `V0-5`, `V1` → `V1-1`, `V1-1` → `V1-2`, `V2-0-1` → `V2-0-2`.
 * `name` is a file's name without `.nbflow`. Throws `usage` for one that does not follow the scheme.
 */
export function nextVersion(name: string): string {
  const parsed = parse(name);
  const { version } = parsed;
  switch (version.kind) {
    case 'new':
    case 'next':
      return print(parsed, { ...version, test: version.test + 1 });
    case 'approved':
      return print(parsed, { kind: 'variant', major: version.major, variant: 1 });
    case 'variant':
      return print(parsed, { ...version, variant: version.variant + 1 });
  }
}

/** The name after approval: `V0-5` → `V1`, `V2-0-4` → `V2`. Throws `usage` for a version that is not under test. */
export function graduatedVersion(name: string): string {
  const parsed = parse(name);
  const { version } = parsed;
  if (version.kind === 'new') return print(parsed, { kind: 'approved', major: 1 });
  if (version.kind === 'next') return print(parsed, { kind: 'approved', major: version.major });
  throw fail('usage', `${name} is approved already.`, {
    where: name,
    cure: 'Only a version under test can graduate: V0-N, or V2-0-N.',
  });
}

/** `V0-4` of `XYZG3-V0-4`, as the name spells it. Throws `usage` as nextVersion does. */
export function versionOf(name: string): string {
  return name.slice(parse(name).code.length);
}

/** `XYZG3` of `XYZG3-V0-4`: what all versions of a workflow have in common. The whole name where it has no version. */
export const codeOf = (name: string): string => splitName(name)?.code.slice(0, -1) ?? name;

/** The version of a name, as it spells it; null where it does not follow the scheme. */
export function versionIn(name: string): string | null {
  const split = splitName(name);
  return split && name.slice(split.code.length);
}

function parse(name: string): VersionedName {
  const split = splitName(name);
  if (split !== null) return split;
  throw fail('usage', `${name} names no version that another could follow.`, {
    where: name,
    cure: 'Name the file {code}-{version}.nbflow: V0-1 under test, V1 approved, V1-1 a variant, V2-0-1 a large one under test.',
  });
}

function splitName(name: string): VersionedName | null {
  const match = /^(?<code>.*[^-\s]-)(?<letter>v)(?<numbers>\d{1,6}(?:-\d{1,6}){0,2})$/is.exec(name);
  const { code, letter, numbers } = match?.groups ?? {};
  const version = numbers === undefined ? null : versionFrom(numbers.split('-').map(Number));
  if (code === undefined || letter === undefined || version === null) return null;
  return { code, letter, version };
}

function versionFrom([major = 0, second, third]: readonly number[]): Version | null {
  if (major === 0) {
    return second !== undefined && third === undefined ? { kind: 'new', test: second } : null;
  }
  if (second === undefined) return { kind: 'approved', major };
  if (second === 0) return third === undefined ? null : { kind: 'next', major, test: third };
  return third === undefined ? { kind: 'variant', major, variant: second } : null;
}

function print({ code, letter }: VersionedName, version: Version): string {
  const numbers = numbersOf(version);
  if (numbers.some((number) => number > MOST)) {
    throw fail('usage', `There is no version after this one: the numbers end at ${MOST}.`, {
      where: `${code}${letter}${numbers.join('-')}`,
      cure: 'Give the workflow a new code.',
    });
  }
  return `${code}${letter}${numbers.join('-')}`;
}

function numbersOf(version: Version): number[] {
  switch (version.kind) {
    case 'new':
      return [0, version.test];
    case 'approved':
      return [version.major];
    case 'variant':
      return [version.major, version.variant];
    case 'next':
      return [version.major, 0, version.test];
  }
}
