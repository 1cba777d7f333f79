import type { JournalRow, JournalState } from '../../../db/journal.ts';
import type { Person } from './person.ts';
import type { Site } from './site.ts';
import type { SimTask } from './tasks.ts';
import { EPOCH } from './world.ts';

/** Some backends tell their uptime in whole seconds: a restart so long before the intent may be taken for one after. */
const SLACK_MS = 1200;
const OPEN: ReadonlySet<JournalState> = new Set([
  'intent',
  'submitted',
  'timeout',
  'completed',
  'downloaded',
  'stored',
  'parked',
]);

/**
 * Whether every task that the backend ever took is accounted for: an output in the file, failed at the backend, really
 * lost and counted so, or given up because a person said so. Gives what is wrong, in words.
 */
export function wrongPayments(site: Site, person: Person): string[] {
  const rows = site.database.journal();
  const wrong: string[] = [];
  const owners = Map.groupBy(
    rows.filter((row) => row.taskId !== null),
    (row) => row.taskId,
  );
  const mayBeStale = staleRows(rows);
  const nobodys = new Map<string, number>();

  for (const task of site.backend.tasks.all) {
    if (task.foreign) continue;
    const [owner, second] = owners.get(task.id) ?? [];
    if (second !== undefined)
      wrong.push(`task ${task.id} belongs to journal rows ${owner?.id} and ${second.id}`);
    if (owner === undefined) {
      if (task.fails === null && !isLost(task)) nobodys.set(task.prompt, (nobodys.get(task.prompt) ?? 0) + 1);
      continue;
    }
    const said = wrongEnd(task, owner, mayBeStale.has(owner.id));
    if (said !== null) wrong.push(`task ${task.id} (journal row ${owner.id}, ${owner.state}) ${said}`);
  }
  for (const [prompt, count] of nobodys) {
    const excused = rows.filter(
      (row) =>
        row.prompt === prompt &&
        row.taskId === null &&
        // Lost: below it must have been at a restart. What was sent just after one may arrive when it was told as lost.
        (row.state === 'parked' ||
          row.state === 'lost' ||
          (row.state === 'intent' && mayBeStale.has(row.id))),
    );
    if (count > excused.length)
      wrong.push(`${count} tasks of "${prompt.slice(-20)}" are paid for and nobody's`);
  }
  for (const row of rows) {
    if (row.state !== 'lost' || row.taskId !== null || isGivenUp(row)) continue;
    const restarted = site.backend.restarts.some(
      ({ endedAt, upAt }) => EPOCH + upAt >= row.intentAt - SLACK_MS && EPOCH + endedAt <= row.changedAt,
    );
    if (!restarted) wrong.push(`journal row ${row.id} counts as lost, and G-Labs was not started anew`);
  }
  return [...wrong, ...openRows(rows, mayBeStale), ...boughtTwice(rows, person)];
}

const isLost = (task: SimTask): boolean => task.forgottenAt !== null || task.removedAt !== null;
const isGivenUp = (row: JournalRow): boolean =>
  row.state === 'lost' && /A person had it/.test(row.message ?? '');

function wrongEnd(task: SimTask, { state }: JournalRow, stale: boolean): string | null {
  switch (state) {
    case 'written':
      return task.fails === null ? null : 'failed and counts as an output';
    case 'failed':
    case 'cancelled':
      return task.fails === null ? 'did not fail' : null;
    case 'lost':
      return isLost(task) ? null : 'counts as lost, and G-Labs has it';
    case 'unsent':
      return 'was taken by G-Labs';
    default:
      return stale ? null : 'was not brought to its end';
  }
}

/** What was ordered for a prompt, a reference or a frame that is another by now: no run asks for it again. */
export function staleRows(rows: readonly JournalRow[]): Set<number> {
  const now = new Map<number, string>();
  for (const row of rows) now.set(row.nodeId, row.fingerprint);
  return new Set(rows.filter((row) => row.fingerprint !== now.get(row.nodeId)).map((row) => row.id));
}

function openRows(rows: readonly JournalRow[], mayBeStale: ReadonlySet<number>): string[] {
  return rows
    .filter((row) => OPEN.has(row.state) && !mayBeStale.has(row.id))
    .map((row) => `journal row ${row.id} of node ${row.nodeId} is left ${row.state}`);
}

/**
 * A place has one output of one content, and one more each time a person asked. Another content in between, such as a
 * clip from another pick, is a person's asking too.
 */
function boughtTwice(rows: readonly JournalRow[], person: Person): string[] {
  const places = Map.groupBy(rows, (row) => `${row.nodeId}/${row.row}/${row.candidate}`);
  return [...places.values()].flatMap((ofPlace) => {
    let made = 0;
    let most = 0;
    for (const [i, row] of ofPlace.entries()) {
      if (row.fingerprint !== ofPlace[i - 1]?.fingerprint) made = 0;
      if (row.state === 'written') made += 1;
      most = Math.max(most, made);
    }
    const [first] = ofPlace;
    if (first === undefined || most <= 1 + person.rerollsOf(first.nodeId)) return [];
    const { nodeId, row, candidate } = first;
    return [`node ${nodeId}, row ${row}, candidate ${candidate} was made ${most} times`];
  });
}
