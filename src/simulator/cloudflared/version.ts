/** The version whose behaviour was recorded, and the one that is played unless told otherwise. */
export const RECORDED_VERSION = '2026.8.2';

/** Whether a version such as `2026.8.2` is the other one or a later one. Parts that are no numbers count as 0. */
export function atLeast(version: string, other: string): boolean {
  const [mine, theirs] = [parts(version), parts(other)];
  for (let at = 0; at < 3; at++) {
    const difference = (mine[at] ?? 0) - (theirs[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const parts = (version: string): number[] => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
