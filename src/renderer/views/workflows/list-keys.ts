const PAGE = 10;

/** The index a key leads to in a list of `count` from `at` (-1: nothing is chosen); -1 for other keys. Pure. */
export function indexAfterKey(key: string, at: number, count: number): number {
  const within = (index: number) => Math.min(count - 1, Math.max(0, index));
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return at < 0 ? count - 1 : within(at - 1);
    case 'PageDown':
      return within(at + PAGE);
    case 'PageUp':
      return within(at - PAGE);
    case 'Home':
      return within(0);
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}
