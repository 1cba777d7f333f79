import type { Doubt } from './diagnose-suspicion.ts';
import { count, listed } from './words.ts';

/** `Scene 02`, `Scenes 02, 03 and 05`, `Scenes 01, 02, 03, 04, 05, 06, 07, 08 and 12 more`. */
export function scenesWords(scenes: readonly number[]): string {
  const sorted = [...new Set(scenes)].sort((a, b) => a - b).map((scene) => String(scene).padStart(2, '0'));
  const [only] = sorted;
  if (only !== undefined && sorted.length === 1) return `Scene ${only}`;
  const named =
    sorted.length > SCENES ? [...sorted.slice(0, SCENES), `${sorted.length - SCENES} more`] : sorted;
  return `Scenes ${listed(named)}`;
}

const SCENES = 8;

/** One doubt about one candidate or several. `others`: nodes with the same picture; none: too many to name. */
export function doubtWords(why: Doubt, candidates: number, where: string, others: readonly number[]): string {
  const what = `${where}: ${count(candidates, 'candidate')}`;
  const one = candidates === 1;
  switch (why) {
    case 'same picture': {
      if (others.length === 0) return `${what} ${one ? 'is' : 'are'} the same picture as another node's.`;
      const named = others.slice(0, 3).map(String);
      const more = others.length > named.length ? [`${others.length - named.length} more`] : [];
      const nodes = listed([...named, ...more]);
      return `${what} ${one ? 'is' : 'are'} the same picture as of node${others.length === 1 ? '' : 's'} ${nodes}.`;
    }
    case 'other shape':
      return `${what} ${one ? 'has' : 'have'} another shape than was asked for.`;
    case 'other workflow':
    case 'other version':
    case 'other scene':
      return `${what} ${one ? 'is' : 'are'} named for an${why}.`;
  }
}

export const DOUBT_CURE =
  'Look at it in PatchWork. If it is wrong, make the node anew; if it is right, keep it and resume.';

export const PARKED_CURE =
  'Look in the task list of G-Labs. If it is not there, have the node made anew: that gives the request up and may pay a second time.';

export const LOST_CURE = 'Nothing can be done for these. They are made again, and counted as lost.';
