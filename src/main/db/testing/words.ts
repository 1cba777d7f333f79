/** For tests only: text that does not compress by itself to next to nothing; `seed` gives another one. */
export function words(bytes: number, seed: number): Buffer {
  let state = seed;
  const some: string[] = [];
  for (let length = 0; length < bytes; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = (state >>> 8).toString(36);
    some.push(word);
    length += word.length + 1;
  }
  return Buffer.from(some.join(' ').slice(0, bytes));
}
