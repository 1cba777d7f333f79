import { type Failure, toFailure } from '../../shared/failure.ts';
import type { Bumped } from '../history/bump.ts';
import { type RegistryDeps, registerVersion } from '../history/registry.ts';
import { writeTracker } from '../history/tracker.ts';

/**
 * Writes a version that was made into the registry and the tracker, where the registry has an entry of its workflow.
 * `note` is for its history. Never rejects: the version is there, whatever becomes of the books. Gives what could not be
 * done, one sentence each.
 */
export type AfterBump = (made: Pick<Bumped, 'path' | 'to'>, note: string) => Promise<string[]>;

export function createAfterBump(deps: RegistryDeps): AfterBump {
  return async ({ path, to }, note) => {
    try {
      if ((await registerVersion({ workflow: path, version: to, note }, deps)) === null) return [];
    } catch (error) {
      const failure = toFailure(error);
      // Nobody keeps books of this workflow.
      return failure.code === 'not-found' ? [] : [told('The version registry was not written', failure)];
    }
    try {
      return (await writeTracker({ workflow: path }, deps)).problems;
    } catch (error) {
      return [told('The tracker was not written', toFailure(error))];
    }
  };
}

const MOST_NAMED = 3;

/** `V0-2: prompt edited in Scene 3 prompt`. `titles`: of the nodes whose text is another now. Pure. */
export function editNote(version: string, titles: readonly string[]): string {
  const named = titles.slice(0, MOST_NAMED).join(', ');
  const more = titles.length - MOST_NAMED;
  return `${version}: prompt edited in ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

const told = (what: string, { message, cure }: Failure): string =>
  `${what}: ${message}${cure === undefined ? '' : ` ${cure}`}`;
