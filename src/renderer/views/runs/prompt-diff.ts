/** What changed between two texts, word by word. Pure. */

export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Comparisons above which a changed stretch is shown as a whole: a keystroke must not wait for it. */
const MOST_COMPARISONS = 1_000_000;

/**
 * The parts of both texts in reading order. Without those that were added it is the text before, without those that
 * were removed the text after.
 */
export function wordDiff(before: string, after: string): DiffPart[] {
  const old = words(before);
  const now = words(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, now.length) - head;
  while (tail < most && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return joined([
    ...old.slice(0, head).map((text) => ({ kind: 'same' as const, text })),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map((text) => ({ kind: 'same' as const, text })),
  ]);
}

/** Words, each with the space after it: a space alone is nothing two texts have in common. */
const words = (text: string): readonly string[] => text.match(/^\s+|\S+\s*/g) ?? [];

function middle(old: readonly string[], now: readonly string[]): DiffPart[] {
  const removed = (text: string): DiffPart => ({ kind: 'removed', text });
  const added = (text: string): DiffPart => ({ kind: 'added', text });
  if (old.length * now.length > MOST_COMPARISONS) return [...old.map(removed), ...now.map(added)];
  // common[i * width + j]: words that old from i on and now from j on share, in order.
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const parts: DiffPart[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const [was = '', is = ''] = [old[i], now[j]];
    if (i < old.length && j < now.length && was === is) {
      parts.push({ kind: 'same', text: was });
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      parts.push(removed(was));
      i += 1;
    } else {
      parts.push(added(is));
      j += 1;
    }
  }
  return parts;
}

/** Neighbours of a kind as one. */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else result.push({ ...part });
  }
  return result;
}
