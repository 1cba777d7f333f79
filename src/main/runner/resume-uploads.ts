import { type Failure, toFailure } from '../../shared/failure.ts';
import type { Database } from '../db/database.ts';
import { isSent, type Upload } from '../db/uploads.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { createSendQueue, type SendQueue } from './send-queue.ts';

export interface ResumeDeps {
  db: Database;
  /** Rejects for a name that is not configured, or lacks its secret. */
  openStore: (name: string) => Promise<ObjectStore>;
  clock: Clock;
  random: Random;
  /** Milliseconds a store may be away before it is given up for now. */
  giveUpMs: number;
  signal: AbortSignal;
}

/** An object that got its address from the store only now. */
export interface MovedObject {
  store: string;
  key: string;
  workflow: string;
  /** What stands in the workflow. */
  localUrl: string;
  /** What should stand there. */
  url: string;
}

export interface ResumedUploads {
  /** Objects that were really sent. */
  uploaded: number;
  /** Objects that still wait. */
  waiting: number;
  /** One of each kind. */
  problems: Failure[];
  /** Addresses to put into workflows, then to be told to `placeUploads`; until then each call gives them again. */
  moved: MovedObject[];
}

/**
 * Sends what earlier runs left: of one workflow, or of all. Twice at the same time is harmless, since a key's content
 * is always the same. Rejects only when the database does.
 */
export async function resumeUploads(
  deps: ResumeDeps,
  which: { workflow?: string } = {},
): Promise<ResumedUploads> {
  const { db } = deps;
  const rows = db.uploads.list(which.workflow);
  const resumed: ResumedUploads = { uploaded: 0, waiting: 0, problems: [], moved: [] };
  const queues = new Map<string, Promise<SendQueue>>();
  const queueOf = (name: string) => {
    const queue =
      queues.get(name) ?? deps.openStore(name).then((store) => createSendQueue({ ...deps, store }));
    queues.set(name, queue);
    return queue;
  };
  const leave = async (row: Upload, problem: Failure) => {
    resumed.waiting += 1;
    if (!resumed.problems.some(({ message }) => message === problem.message)) resumed.problems.push(problem);
    await db.commits.write(() => db.uploads.note(row.store, row.key, problem.message));
  };
  const move = ({ store, key, workflow, localUrl }: Upload, url: string) => {
    if (localUrl !== null) resumed.moved.push({ store, key, workflow, localUrl, url });
  };

  await Promise.all(
    rows.map(async (row) => {
      if (isSent(row)) return move(row, row.url ?? '');
      const queue = await queueOf(row.store).catch((error: unknown) => ({ problem: toFailure(error) }));
      if ('problem' in queue) return leave(row, queue.problem);
      const sending = await queue.send(row);
      if ('problem' in sending) return leave(row, sending.problem);
      await db.commits.write(() => {
        const object = db.objects.bySha(row.sha256);
        if (object !== null) db.objects.put(object, sending.url);
        db.uploads.sent(row.store, row.key, sending.url);
      });
      if (sending.uploaded) resumed.uploaded += 1;
      move(row, sending.url);
    }),
  );
  return resumed;
}

/** The workflows have these addresses now: nothing is left to do for them. */
export async function placeUploads(db: Database, moved: readonly MovedObject[]): Promise<void> {
  await db.commits.write(() => {
    for (const { store, key, workflow, localUrl, url } of moved) {
      // An output that no file has yet: the run that takes it up must not find the address of before.
      db.journal.moved(workflow, localUrl, url);
      db.uploads.placed(store, key, workflow);
    }
  });
}
