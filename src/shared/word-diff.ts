import { diffArrays } from 'diff';

/** What changed between two texts, word by word. Pure. */

export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Words that may differ before a changed stretch is shown as a whole: a keystroke must not wait for it. */
const MOST_EDITS = 300;

/**
 * The parts of both texts in reading order; what was removed stands before what was added in its place. Without the
 * added parts it is the text before, without the removed ones the text after.
 */
export function wordDiff(before: string, after: string): DiffPart[] {
  const old = words(before);
  const now = words(after);
  let head = 0;
  while (head < old.length && head < now.length && isSame(old[head], now[head])) head += 1;
  let tail = 0;
  const most = Math.min(old.length, now.length) - head;
  while (tail < most && isSame(old.at(-1 - tail), now.at(-1 - tail))) tail += 1;
  const parts = createParts();
  for (let at = 0; at < head; at += 1) parts.both(old[at], now[at]);
  middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail), parts);
  for (let at = tail; at > 0; at -= 1) parts.both(old.at(-at), now.at(-at));
  return parts.all();
}

/** A word with the space behind it: a space alone is nothing that two texts have in common. */
interface Word {
  word: string;
  space: string;
}

const words = (text: string): Word[] =>
  Array.from(text.matchAll(/^\s+|(\S+)(\s*)/g), ([whole, word, space]) =>
    word === undefined ? { word: '', space: whole } : { word, space: space ?? '' },
  );

const isSame = (a: Word | undefined, b: Word | undefined): boolean => a?.word === b?.word;

function middle(old: readonly Word[], now: readonly Word[], parts: Parts): void {
  const changes = diffArrays([...old], [...now], { comparator: isSame, maxEditLength: MOST_EDITS });
  if (changes === undefined) {
    for (const word of old) parts.removed(textOf(word));
    for (const word of now) parts.added(textOf(word));
    return;
  }
  let i = 0;
  let j = 0;
  for (const { count, added, removed } of changes) {
    for (let n = 0; n < count; n += 1) {
      if (!added && !removed) parts.both(old[i], now[j]);
      else if (removed) parts.removed(textOf(old[i]));
      else parts.added(textOf(now[j]));
      if (!added) i += 1;
      if (!removed) j += 1;
    }
  }
}

const textOf = (word: Word | undefined): string => (word === undefined ? '' : word.word + word.space);

interface Parts {
  /** One word on both sides; the space behind it may be another. */
  both(old: Word | undefined, now: Word | undefined): void;
  removed(text: string): void;
  added(text: string): void;
  all(): DiffPart[];
}

/** Gathers parts: neighbours of a kind are one. */
function createParts(): Parts {
  const parts: DiffPart[] = [];
  const open = { same: '', removed: '', added: '' };
  const close = (...kinds: readonly DiffPart['kind'][]) => {
    for (const kind of kinds) {
      if (open[kind] !== '') parts.push({ kind, text: open[kind] });
      open[kind] = '';
    }
  };
  const change = (kind: 'removed' | 'added', text: string) => {
    if (text === '') return;
    close('same');
    open[kind] += text;
  };
  const same = (text: string) => {
    if (text === '') return;
    close('removed', 'added');
    open.same += text;
  };
  return {
    both(old, now) {
      if (old === undefined || now === undefined) return;
      const alike = old.space === now.space;
      same(alike ? textOf(now) : now.word);
      if (alike) return;
      change('removed', old.space);
      change('added', now.space);
    },
    removed: (text) => change('removed', text),
    added: (text) => change('added', text),
    all: () => {
      close('same', 'removed', 'added');
      return parts;
    },
  };
}
