/**
 * Numbers and times as a person reads them. Pure: the clock comes in. Times on the wire are ISO strings.
 */

const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** `Nov 20, 2026, 11:30:53 PM` in the person's own language and zone; the text itself when it is no time. */
export function exactTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : exactFormat.format(time);
}

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** `23:30:53`, for log lines. */
export function clockTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : clockFormat.format(time);
}

const minuteFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** When something happened, inside of a sentence: `at 23:14`, of another day `on Nov 20, 2026 at 23:14`. */
export function atTime(iso: string, nowMs: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const at = `at ${minuteFormat.format(time)}`;
  const day = dayFormat.format(time);
  return day === dayFormat.format(nowMs) ? at : `on ${day} ${at}`;
}

/**
 * A time against now: `now`, `12 s ago`, `4 min ago`, `3 h ago`, `2 d ago`; ahead of now: `in 4 s`. Rounded
 * down, so that nothing is said to be older than it is.
 */
export function relativeTime(iso: string, nowMs: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const seconds = Math.floor(Math.abs(nowMs - time) / 1000);
  if (seconds < 1) return 'now';
  const words = coarse(seconds);
  return time > nowMs ? `in ${words}` : `${words} ago`;
}

function coarse(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A span in seconds in at most two units: `42 s`, `6 min`, `1 h 05 min`. Under 10 min the seconds stay: `2 min 05 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (whole < 600) {
    const rest = whole % 60;
    return rest === 0 ? `${minutes} min` : `${minutes} min ${String(rest).padStart(2, '0')} s`;
  }
  if (whole < 3600) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** What is left of a run, rough on purpose: `a few seconds left`, `6 min left`; null while nothing can be said. */
export function timeLeft(etaS: number | null): string | null {
  if (etaS === null) return null;
  if (etaS < 10) return 'a few seconds left';
  if (etaS < 60) return `${Math.ceil(etaS / 10) * 10} s left`;
  const minutes = Math.ceil(etaS / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min left`;
}

/** US dollars with two places; what is paid but below a cent is not shown as nothing: `<$0.01`. */
export function money(usd: number): string {
  if (usd > 0 && usd < 0.01) return '<$0.01';
  return `$${usd.toFixed(2)}`;
}

/** `1 image`, `3 images`; irregular plurals are given. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size in bytes as a person reads it, 1000 to the next unit: `812 B`, `5.2 MB`, `212 MB`. */
export function bytes(count: number): string {
  let value = count;
  let place = 0;
  // What would be rounded to 1000 is one of the next unit.
  while (value >= 999.5 && place < units.length - 1) {
    value /= 1000;
    place += 1;
  }
  const digits = place === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[place]}`;
}

/** The last part of a path of either kind of system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
