/** Numbers that a seed decides: the same seed, the same numbers, in the same order. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** A whole number from 0, below `n`. */
  below(n: number): number;
  /** A whole number from `a` to `b`, both included. */
  between(a: number, b: number): number;
  chance(p: number): boolean;
  /** One of several, of which there is at least one. */
  pick<T>(of: readonly [T, ...T[]]): T;
  /** Dice of their own, so that what they decide does not depend on how often these were thrown. */
  fork(): Dice;
}

/** Mulberry32: small, quick, and good enough to shuffle with. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    between: (a, b) => a + below(b - a + 1),
    chance: (p) => next() < p,
    pick: (of) => of[below(of.length)] ?? of[0],
    fork: () => createDice(Math.floor(next() * 2 ** 32)),
  };
}
