/** Time as pixels: how a span is drawn, and which round times stand on the axis. All times are milliseconds. Pure. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Distances between two ticks that a person calls round. */
const rounds = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];

/** Closer than this the words of two ticks touch. */
const TICK_PX = 80;

/** A millisecond is never drawn wider than a pixel: nothing in a run is told more exactly. */
const MOST_PX_PER_MS = 1;

/** The smallest round distance that is at least `least`; beyond a day, whole days. */
export function roundStep(least: number): number {
  return rounds.find((step) => step >= least) ?? Math.ceil(least / (24 * HOUR)) * 24 * HOUR;
}

/**
 * The span to draw for what took `elapsed` so far. While a run goes on the span grows in steps, so that what is drawn
 * stays where it is for a while; afterwards it is the run's own length.
 */
export function spanFor(elapsed: number, live: boolean): number {
  const least = Math.max(elapsed, SECOND);
  if (!live) return least;
  const step = roundStep(least / 6);
  return Math.ceil((least * 1.02) / step) * step;
}

/** Pixels for a millisecond when the whole span fills `width` times `zoom`. */
export function pixelsPerMs(span: number, width: number, zoom: number): number {
  return (Math.max(width, 1) / span) * zoom;
}

/** The strongest zoom of a span in this width; at least 1, which shows it whole. */
export function mostZoom(span: number, width: number): number {
  return Math.max(1, MOST_PX_PER_MS / pixelsPerMs(span, width, 1));
}

/** Ticks between two places in pixels from the left; `at` is the time since the start. */
export function ticksBetween(
  pxPerMs: number,
  from: number,
  to: number,
): { at: number; x: number; label: string }[] {
  const step = roundStep(TICK_PX / pxPerMs);
  const first = Math.max(0, Math.floor(from / pxPerMs / step));
  const last = Math.floor(to / pxPerMs / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const at = (first + i) * step;
    return { at, x: at * pxPerMs, label: elapsedLabel(at) };
  });
}

/** A time since the start as on a stopwatch: `0:30`, `12:00`, `1:05:00`. */
export function elapsedLabel(ms: number): string {
  const seconds = Math.floor(ms / SECOND);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
