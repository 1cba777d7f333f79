import type { Commits } from '../../db/commits.ts';
import type { QueueTable } from '../../db/queue.ts';

export interface CrashParts {
  table: QueueTable;
  commits: Commits;
  isAlive(pid: number, started: string | null): Promise<boolean>;
}

/**
 * Processes that carried out the queue and ended without closing it (behaviour.md §5): what they had claimed goes back
 * to the front, unless its run's row was written, and the queue stops if it is not empty. Whichever process finds out
 * first does it, once. `own` is a drain that lives: what it claimed and lost hold of, as `inHand` tells, goes back too.
 */
export async function settleCrashes(
  { table, commits, isAlive }: CrashParts,
  own?: { drain: number; inHand(id: string): boolean },
): Promise<void> {
  const drains = table.drains().filter((drain) => drain.id !== own?.drain);
  const alive = await Promise.all(drains.map((drain) => isAlive(drain.pid, drain.processStarted)));
  const dead = drains.filter((_, at) => !alive[at]);
  const strays = own === undefined ? [] : strayIds(table, own);
  if (dead.length === 0 && strays.length === 0) return;

  await commits.write(() => {
    if (own !== undefined) for (const id of strayIds(table, own)) giveBack(table, id);
    for (const drain of dead) {
      const ran = table
        .openRuns()
        .filter((run) => run.pid === drain.pid && run.processStarted === drain.processStarted)
        .map((run) => run.name);
      const back = table
        .entries()
        .filter((entry) => entry.drain === drain.id)
        .flatMap((entry) => (giveBack(table, entry.id) ? [entry.name] : []));
      // Another process was quicker.
      if (!table.leaveDrains(drain.id)) continue;
      const left = table.entries().some(({ state }) => state === 'waiting' || state === 'held');
      if (left) table.setPause(true, endedWords(ran, back));
    }
  });
}

const strayIds = (table: QueueTable, own: { drain: number; inHand(id: string): boolean }): string[] =>
  table
    .entries()
    .filter((entry) => entry.drain === own.drain && !own.inHand(entry.id))
    .map((entry) => entry.id);

/** False: it has become a run, and leaves the queue. */
function giveBack(table: QueueTable, id: string): boolean {
  if (table.becameRun(id) !== null) {
    table.remove(id);
    return false;
  }
  table.setState(id, 'waiting');
  table.place(id, 0);
  return true;
}

/** Why the queue stands still after a crash. Pure. */
export function endedWords(ran: readonly string[], started: readonly string[]): string {
  const verb = ran.length > 0 ? 'ran' : started.length === 1 ? 'was starting' : 'were starting';
  const names = [...new Set(ran.length > 0 ? ran : started)];
  return names.length === 0
    ? 'Flowdeck ended unexpectedly. Look at what it left, then go on.'
    : `Flowdeck ended unexpectedly while ${names.join(' and ')} ${verb}. Look at it, then go on.`;
}
