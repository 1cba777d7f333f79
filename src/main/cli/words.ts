/** Small helpers for people's text. */

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** US dollars, cents always shown: 0.04 → `$0.04`, 12 → `$12.00`. */
export const money = (usd: number): string => `$${usd.toFixed(2)}`;

/** A rough duration: 45 → `45 s`, 130 → `2 min`, 4000 → `1 h 7 min`. Seconds in. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A short wait: 500 → `0.5 s`, 1000 → `1 s`, 130000 → `2 min`. Milliseconds in. */
export const span = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms / 100) / 10} s` : duration(ms / 1000);

/** 1 → `1st`, 2 → `2nd`, 11 → `11th`. */
export function ordinal(n: number): string {
  const teens = n % 100 >= 11 && n % 100 <= 13;
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}

/** Rows as columns; the named columns stand at the right. */
export function table(rows: readonly (readonly string[])[], rightAligned: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          rightAligned.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
