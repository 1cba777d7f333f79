/** Something of a table, with the clock's time of then. */
export interface Timed {
  /** Milliseconds. */
  time: number;
}

/**
 * Times that never run backwards along a table whose rows are in the order they came: where the clock was set back, what
 * came after is lifted to what it had shown before. Pure.
 */
export function lifted(times: readonly number[]): number[] {
  let latest = Number.NEGATIVE_INFINITY;
  return times.map((time) => {
    latest = Math.max(latest, time);
    return latest;
  });
}

/**
 * Several tables as one list, newest first. Each is oldest first with times that never run backwards, and keeps its
 * order; of two things of one moment that of the later table comes first. Pure; linear but for the number of tables.
 */
export function newestFirst<T extends Timed>(tables: readonly (readonly T[])[]): T[] {
  const left = tables.map((table) => table.length);
  const merged: T[] = [];
  for (;;) {
    let newest: T | undefined;
    let of = -1;
    for (let at = tables.length - 1; at >= 0; at -= 1) {
      const last = tables[at]?.[(left[at] ?? 0) - 1];
      if (last === undefined || (newest !== undefined && last.time <= newest.time)) continue;
      newest = last;
      of = at;
    }
    if (newest === undefined) return merged;
    merged.push(newest);
    left[of] = (left[of] ?? 0) - 1;
  }
}
