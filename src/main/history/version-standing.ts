/** Where a version stands: `testing` for `V0-N` and `VM-0-N`, `approved` for the others; null for what is no version. */
export function standingOf(version: string): 'testing' | 'approved' | null {
  const numbers = numbersOf(version);
  if (numbers === null) return null;
  const [major, second] = numbers;
  return major === 0 || second === 0 ? 'testing' : 'approved';
}

/** Negative when `a` came before `b`: `V0-5`, `V1`, `V1-2`, `V2-0-1`, `V2`, `V2-1`. What is no version comes first. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  for (const [i, rank] of left.entries()) {
    const difference = rank - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Within a major number: first what was tested towards it, then itself, then its variants. */
function rankOf(version: string): [number, number, number] {
  const [major, second, third] = numbersOf(version) ?? [];
  if (major === undefined) return [-1, 0, 0];
  if (major === 0) return [0, 0, second ?? 0];
  if (second === 0) return [major, 0, third ?? 0];
  return second === undefined ? [major, 1, 0] : [major, 2, second];
}

const numbersOf = (version: string): number[] | null =>
  /^v\d{1,6}(?:-\d{1,6}){0,2}$/i.test(version) ? version.slice(1).split('-').map(Number) : null;
