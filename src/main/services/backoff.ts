/** Milliseconds before the next start after `failures` quick failures: 0.5 s doubling to 30 s, a fifth up or down (behaviour.md §10). */
export function restartDelay(failures: number, random: number): number {
  const base = Math.min(500 * 2 ** Math.max(0, failures - 1), 30_000);
  return Math.round(base * (0.8 + 0.4 * random));
}
