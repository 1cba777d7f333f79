import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 over the parts; the parts are kept apart, so ('a', 'bc') is not ('ab', 'c'). */
export function digest(...parts: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A stream of numbers in [0, 1) that depends on its parts only: the same in every process. */
export function drawsFor(...parts: (string | number)[]): () => number {
  let pool = Buffer.alloc(0);
  let used = 0;
  let block = 0;
  return () => {
    if (used + 4 > pool.length) {
      pool = createHash('sha256')
        .update(JSON.stringify([...parts, block++]))
        .digest();
      used = 0;
    }
    const value = pool.readUInt32BE(used) / 2 ** 32;
    used += 4;
    return value;
  };
}

/**
 * A duration in milliseconds, log-normal around `meanMs` (which stays the mean whatever the spread).
 * `spread` is the standard deviation of its logarithm: 0 always gives the mean, 1 is wild.
 */
export function latency(meanMs: number, spread: number, draw: () => number): number {
  if (meanMs === 0 || spread === 0) return meanMs;
  const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const bounded = Math.max(-3, Math.min(3, normal));
  return meanMs * Math.exp(spread * bounded - (spread * spread) / 2);
}
