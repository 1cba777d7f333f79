import { codeOf, versionIn } from '../../../shared/version.ts';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { fileName } from '../../components/format.ts';

/** The workflows one can look at the history of: all versions of one code in one group folder are one. Pure. */

export interface LineageChoice {
  /** Unlike that of any other lineage. */
  key: string;
  code: string;
  /** Paths of its files, newest version first. Never empty. */
  paths: readonly string[];
  /** Version of the first of them; null where the name follows no scheme. */
  version: string | null;
  /** The folder that has `backups/`. */
  folder: string;
  /** When one of its files changed last, ms since 1970. */
  changedAt: number;
}

/** Of the files of the watched folders, by code, then by folder. */
export function lineages(workflows: readonly WorkflowSummary[]): LineageChoice[] {
  const groups = Map.groupBy(workflows, ({ path }) => lineageKey(path));
  return [...groups]
    .flatMap(([key, files]): LineageChoice[] => {
      const sorted = files.toSorted((a, b) => compareVersions(b.version, a.version) || order(a.path, b.path));
      const [newest] = sorted;
      if (newest === undefined) return [];
      const changedAt = Math.max(...files.map(({ modifiedAt }) => Date.parse(modifiedAt)));
      return [{ ...choiceOf(newest.path), key, paths: sorted.map(({ path }) => path), changedAt }];
    })
    .toSorted((a, b) => natural.compare(a.code, b.code) || natural.compare(a.folder, b.folder));
}

/** A lineage of which only this path is known: its file may be gone, or its folder is not watched. */
export function choiceOf(path: string): LineageChoice {
  const name = nameOf(path);
  return {
    key: lineageKey(path),
    code: codeOf(name),
    paths: [path],
    version: versionIn(name),
    folder: groupOf(path),
    changedAt: 0,
  };
}

/**
 * The path whose history is shown: the one asked for while its file is there, else the newest version of its lineage.
 * Without one that was asked for it is the file that changed last. Null: there is no workflow.
 */
export function shownPath(known: readonly LineageChoice[], asked: string | null): string | null {
  if (asked === null) return known.toSorted((a, b) => b.changedAt - a.changedAt)[0]?.paths[0] ?? null;
  const lineage = known.find(({ key }) => key === lineageKey(asked));
  if (lineage === undefined || lineage.paths.includes(asked)) return asked;
  return lineage.paths[0] ?? asked;
}

/** What the chooser calls each: its code and newest version, and its folder where another has the same code. */
export function lineageLabels(choices: readonly LineageChoice[]): Map<string, string> {
  const codes = Map.groupBy(choices, ({ code }) => code);
  return new Map(
    choices.map((choice) => {
      const { key, code, version, folder } = choice;
      const name = version === null ? code : `${code} · ${version}`;
      const others = (codes.get(code) ?? []).filter((each) => each !== choice).map((each) => each.folder);
      return [key, others.length === 0 ? name : `${name} in ${shortest(folder, others)}`] as const;
    }),
  );
}

/** The end of a path from which on no other one ends so: `june` of `/p/june` beside `/p/may`. */
function shortest(path: string, others: readonly string[]): string {
  const parts = path.split(/[\\/]/);
  for (let from = parts.length - 1; from > 0; from -= 1) {
    const end = parts.slice(from).join('/');
    if (!others.some((other) => `/${other.replaceAll('\\', '/')}`.endsWith(`/${end}`))) return end;
  }
  return path;
}

/** Equal for all versions of a workflow, be their files there or not. */
export const lineageKey = (path: string): string => `${groupOf(path)}\n${codeOf(nameOf(path))}`;

/** File name without `.nbflow`. */
export const nameOf = (path: string): string => fileName(path).replace(/\.nbflow$/i, '');

/** Folder of a path. */
export const folderOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, '');

/** `backups/` lies beside `testing/` and `approved/`, or beside the file. */
function groupOf(path: string): string {
  const own = folderOf(path);
  return /[\\/](testing|approved)$/i.test(own) ? folderOf(own) : own;
}

/** `V0-2` before `V0-10`, before `V1`, before `V1-1`, before `V2-0-1`, before `V2`. What has none comes first. */
export function compareVersions(a: string | null, b: string | null): number {
  const [left, right] = [rank(a), rank(b)];
  return left.reduce((sum, value, place) => sum || value - (right[place] ?? 0), 0);
}

/** Tests of a version come before it, its variants after it; `V0-N` are the first tests of `V1`. */
function rank(version: string | null): [number, number, number] {
  if (version === null) return [-1, 0, 0];
  const [major = 0, second, third] = version.slice(1).split('-').map(Number);
  if (major === 0) return [1, -2, second ?? 0];
  return third === undefined ? [major, 1, second ?? 0] : [major, -1, third];
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
