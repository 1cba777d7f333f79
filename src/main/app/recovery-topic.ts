import { isDeepStrictEqual } from 'node:util';
import { applyRecoveriesChange, type RecoveriesChange, type RecoveriesView } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { RecoveriesTable } from '../db/recoveries.ts';
import { recoveryEntries } from './recovery-list.ts';
import { createTopic, type Topic } from './topic.ts';

/** Interrupted runs, and how far people are with them. */
export interface RecoveriesTopic {
  readonly topic: Topic<RecoveriesView, RecoveriesChange>;
  /** Hears of every run whose summary is new or reads differently. */
  note(summary: RunSummary): void;
  /** A recovery was begun, went on or ended here. */
  look(): void;
  close(): void;
}

/** Two questions to the database, then only what is heard: nothing is asked of disks, stores or G-Labs. */
export async function openRecoveriesTopic(
  cutShort: () => Promise<RunSummary[]>,
  table: Pick<RecoveriesTable, 'all'>,
): Promise<RecoveriesTopic> {
  const newest = new Map((await cutShort()).map((run) => [run.workflow, run]));
  const current = (): RecoveriesView => {
    const begun = new Map(table.all().map((row) => [row.workflow, row]));
    return recoveryEntries({ newest, begun });
  };
  const topic = createTopic<RecoveriesView, RecoveriesChange>({
    initial: current(),
    apply: applyRecoveriesChange,
  });
  const look = () => {
    const now = current();
    if (!isDeepStrictEqual(now, topic.state())) topic.publish(now);
  };
  return {
    topic,
    note: (summary) => {
      const known = newest.get(summary.workflow);
      if (known !== undefined && known.runId !== summary.runId && known.startedAt > summary.startedAt) return;
      newest.set(summary.workflow, summary);
      // A run tells of each of its steps; only its beginning and its end matter here.
      if (known?.runId !== summary.runId || endOf(known) !== endOf(summary)) look();
    },
    look,
    close: () => topic.close(),
  };
}

const endOf = ({ status, finishedAt, cause }: RunSummary): string => `${status} ${finishedAt} ${cause}`;
