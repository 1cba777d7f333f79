import type { BackupOrigin, Kept } from '../../shared/history.ts';
import { localDay } from './backup.ts';

/** The setting `history.retention`: how many automatic backups of a workflow are kept. */
export interface RetentionRules {
  latest: number;
  daily: number;
  weekly: number;
}

/** What retention looks at in a backup. */
export interface Keepable {
  id: string;
  origin: BackupOrigin;
  at: number;
}

/** What people and the program still want of backups, by their ids. */
export interface Claims {
  pinned: ReadonlySet<string>;
  /** Those that somebody wrote a note to. */
  noted: ReadonlySet<string>;
  /** What an undo or a run would need (db/proofs.ts). */
  inUse: ReadonlySet<string>;
}

/**
 * Why each backup of a lineage is kept; null: the next thinning takes it (behaviour.md §9). Pure. `backups`: in the order
 * they were taken.
 *
 * Named ones are kept for ever: versions, those a person asked for, adopted, pinned or wrote a note to. Of the others the
 * latest stay; of those before them the newest of each day, for as many days as the rules say; and of those before these
 * the newest of each week. Only days and weeks that have a backup count, so a month in which nobody works costs nothing.
 *
 * Only the order counts, never the time that has passed: a clock that jumps ahead makes nothing old. Where it was set
 * back, days come twice: both times keep their newest, and together they count as one day. So nothing goes sooner than
 * with a clock that is right, but that the day on which it was set back may count as two, or, where that ends on the very
 * day of the backup before, two days as one. What was once given up stays so whatever is added, and thinning twice is
 * thinning once.
 */
export function keptBackups(
  backups: readonly Keepable[],
  claims: Claims,
  rules: RetentionRules,
): Map<string, Kept | null> {
  const kept = new Map<string, Kept | null>();
  const automatic: Keepable[] = [];
  for (const backup of backups) {
    const named = nameOf(backup, claims);
    kept.set(backup.id, named ?? (claims.inUse.has(backup.id) ? 'in-use' : null));
    // What is in use takes a place among the automatic ones, so that its use may end without a stir.
    if (named === null) automatic.push(backup);
  }
  const keep = (group: readonly Keepable[], why: Kept) => {
    for (const { id } of group) if (kept.get(id) === null) kept.set(id, why);
  };
  const firstLatest = Math.max(0, automatic.length - rules.latest);
  keep(automatic.slice(firstLatest), 'latest');
  const days = newestOfEach(automatic.slice(0, firstLatest), rules.daily, ({ at }) => localDay(at));
  keep(days.newest, 'daily');
  keep(newestOfEach(days.before, rules.weekly, ({ at }) => weekOf(at)).newest, 'weekly');
  return kept;
}

function nameOf({ id, origin }: Keepable, { pinned, noted }: Claims): Kept | null {
  if (origin === 'version') return 'version';
  if (pinned.has(id)) return 'pinned';
  return origin !== 'automatic' || noted.has(id) ? 'named' : null;
}

/**
 * Walks back from the newest over as many different spans (days, weeks) as there may be. `newest`: the last of each
 * stretch within one span. `before`: what lies before all of these. Since the stretches are kept in one piece, leaving the
 * others out changes nothing the next time.
 */
function newestOfEach(
  group: readonly Keepable[],
  most: number,
  spanOf: (backup: Keepable) => string,
): { newest: Keepable[]; before: readonly Keepable[] } {
  const newest: Keepable[] = [];
  const spans = new Set<string>();
  let span: string | null = null;
  for (let at = group.length - 1; at >= 0; at -= 1) {
    const backup = group[at] as Keepable;
    const own = spanOf(backup);
    if (own === span) continue;
    if (!spans.has(own) && spans.size === most) return { newest, before: group.slice(0, at + 1) };
    spans.add(own);
    newest.push(backup);
    span = own;
  }
  return { newest, before: [] };
}

/** The Monday of a local week, as a day. */
function weekOf(at: number): string {
  const date = new Date(at);
  const sinceMonday = (date.getDay() + 6) % 7;
  return localDay(new Date(date.getFullYear(), date.getMonth(), date.getDate() - sinceMonday, 12).getTime());
}
