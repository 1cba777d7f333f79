/** The candidates that a mistyped word most likely meant, best first; none when nothing is near. */
export function nearest(word: string, candidates: readonly string[], most = 3): string[] {
  const typed = word.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, distance: distanceTo(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** A part of the name alone, such as `concurrency` for `runner.concurrency`, counts as one slip. */
function distanceTo(typed: string, candidate: string): number {
  const last = candidate.slice(candidate.lastIndexOf('.') + 1);
  return Math.min(edits(typed, candidate), 1 + edits(typed, last));
}

/** Insertions, deletions and substitutions between two words (Levenshtein). */
function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      line.push(Math.min((line.at(-1) ?? 0) + 1, (above[column] ?? 0) + 1, (above[column - 1] ?? 0) + same));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
