/** Milliseconds before the next try after `failures` of them: 1 s doubling to 60 s, a fifth up or down. */
export function retryDelay(failures: number, random: number): number {
  const base = Math.min(1000 * 2 ** Math.max(0, failures - 1), 60_000);
  return Math.round(base * (0.8 + 0.4 * random));
}
