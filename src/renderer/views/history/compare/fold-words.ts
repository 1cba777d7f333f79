import type { DiffPart } from '../../../../shared/word-diff.ts';

/** A part of a compared text: words as they are, or a stretch that both sides have and that is folded away. */
export type TextPiece = DiffPart | { kind: 'folded'; text: string; words: number };

/** Words that stay in sight beside a change. */
const BESIDE = 8;
/** Fewer are not worth folding: the sign in their place would take up as much. */
const LEAST = 12;

/** Folds what both texts share, up to some words beside each change. The pieces still are the whole of both texts. */
export function foldWords(parts: readonly DiffPart[]): TextPiece[] {
  return parts.flatMap((part, index): TextPiece[] => {
    if (part.kind !== 'same') return [part];
    const words = part.text.match(/^\s+|\S+\s*/g) ?? [];
    const before = index === 0 ? 0 : BESIDE;
    const after = index === parts.length - 1 ? 0 : BESIDE;
    const count = words.length - before - after;
    if (count < LEAST || parts.length === 1) return [part];
    const same = (from: number, to: number): TextPiece[] =>
      from === to ? [] : [{ kind: 'same', text: words.slice(from, to).join('') }];
    return [
      ...same(0, before),
      { kind: 'folded', text: words.slice(before, before + count).join(''), words: count },
      ...same(words.length - after, words.length),
    ];
  });
}
