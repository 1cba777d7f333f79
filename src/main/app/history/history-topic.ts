import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../../shared/failure.ts';
import { applyHistoryChange, type HistoryChange, type HistoryView } from '../../../shared/history.ts';
import type { Database } from '../../db/database.ts';
import { type Lineage, lineageOf, versionFolders } from '../../history/lineage.ts';
import { historyChanges } from '../../history/list-change.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Disk } from '../../platform/disk.ts';
import type { Runner } from '../../runner/runner-api.ts';
import { createRepeater } from '../repeater.ts';
import { createTopic, type Topic } from '../topic.ts';
import type { Reading } from './listing-reader.ts';
import { pagedMessages } from './paged-messages.ts';

/** How often one looks whether anything changed, while somebody watches: a few questions to the system, no more. */
const LOOK_MS = 1_000;
/** Entries a reader gets at once. */
const FIRST = 200;

export interface HistoryTopicsDeps {
  db: Database;
  disk: Disk;
  clock: Clock;
  read(path: string): Promise<Reading>;
  /** The end of a process whose run goes on leaves no trace: one has to ask. */
  runner: Pick<Runner, 'runsOf'>;
  onFault(error: unknown): void;
}

/** Histories that somebody watches: one topic for each file, gone when its last reader leaves. */
export interface HistoryTopics {
  /** `path`: as lineageOf wants it. */
  open(path: string): Promise<Topic<HistoryView, HistoryChange>>;
  /** Something of this lineage was changed here: no need to wait for the next look. */
  changed(lineage: Lineage): void;
  close(): Promise<void>;
}

interface Watched {
  topic: Topic<HistoryView, HistoryChange>;
  lineage: Lineage;
  look(): Promise<void>;
  end(): void;
}

export function createHistoryTopics(deps: HistoryTopicsDeps): HistoryTopics {
  const open = new Map<string, Promise<Watched>>();
  const looking = new Set<Promise<void>>();
  const follow = (look: Promise<void>) => {
    const settled = look.catch(deps.onFault).finally(() => looking.delete(settled));
    looking.add(settled);
  };
  return {
    async open(path) {
      const known = open.get(path);
      const watched = known ?? watch(path, deps, { follow, forget: () => open.delete(path) });
      open.set(path, watched);
      try {
        return (await watched).topic;
      } catch (error) {
        open.delete(path);
        throw error;
      }
    },
    changed({ group, code }) {
      for (const one of open.values()) {
        follow(
          one.then(async ({ lineage, look }) => {
            if (lineage.group === group && lineage.code === code) await look();
          }),
        );
      }
    },
    async close() {
      const watched = await Promise.allSettled(open.values());
      for (const one of watched) {
        if (one.status !== 'fulfilled') continue;
        one.value.end();
        one.value.topic.close();
      }
      open.clear();
      await Promise.all(looking);
    },
  };
}

async function watch(
  path: string,
  deps: HistoryTopicsDeps,
  { follow, forget }: { follow(look: Promise<void>): void; forget(): void },
): Promise<Watched> {
  const lineage = lineageOf(path);
  const takeStamp = createStamps(lineage, deps);
  // Taken before: what changes while it is read has another stamp, and is read the next time.
  let stamp = await takeStamp();
  const reading = await deps.read(path);
  let ended = false;

  const tell = async (now: HistoryView) => {
    for (const change of historyChanges(topic.state(), now)) {
      if (ended) return;
      topic.publish(change);
      await setImmediate();
    }
  };
  // One after the other: each tells what is different from what the one before has told.
  let telling = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = telling.then(() => (ended ? undefined : work()));
    telling = turn.catch(() => undefined);
    return turn;
  };
  const look = ({ always }: { always: boolean }) =>
    inTurn(async () => {
      const now = await takeStamp();
      if (now === stamp && !always && !(await isOutdated(topic.state(), deps))) return;
      await tell(await (await deps.read(path)).whole());
      stamp = now;
    });
  const repeater = createRepeater(deps.clock, LOOK_MS, () => look({ always: false }), deps.onFault);
  const end = () => {
    ended = true;
    repeater.stop();
    forget();
  };
  const topic = createTopic<HistoryView, HistoryChange>({
    initial: reading.first,
    apply: applyHistoryChange,
    onWatched: (watched) => {
      if (!watched) return end();
      follow(
        inTurn(async () => {
          await tell(await reading.entries());
          if (!ended) await tell(await reading.whole());
        }),
      );
      repeater.start();
    },
  });
  const paged = {
    ...topic,
    subscribe: (signal?: AbortSignal) => pagedMessages(topic.subscribe(signal), FIRST),
  };
  return { topic: paged, lineage, look: () => look({ always: true }), end };
}

/** Gives a text that is another one when rows or folders of a lineage are others. */
function createStamps(lineage: Lineage, { db, disk }: HistoryTopicsDeps) {
  const folders = [...versionFolders(lineage), join(lineage.group, 'backups')];
  let seen = { state: '', mark: '' };
  return async (): Promise<string> => {
    const state = db.historyPages.state();
    if (state !== seen.state) seen = { state, mark: db.historyPages.mark(lineage.group) };
    const stamps = folders.map(async (folder) => (await statOf(folder, disk))?.mtimeMs);
    return JSON.stringify([seen.mark, await Promise.all(stamps)]);
  };
}

/** What leaves no trace in rows or folders: a file that was saved in place, and a run whose process is gone. */
async function isOutdated({ entries }: HistoryView, { disk, runner }: HistoryTopicsDeps): Promise<boolean> {
  for (const { live, workflow, size, at } of entries) {
    if (!live) continue;
    const stat = await statOf(workflow, disk);
    // One that went, or became unreadable, shows in its folder.
    if (stat === null) continue;
    if (stat.size !== size || Math.trunc(stat.mtimeMs) !== Date.parse(at)) return true;
  }
  const open = entries.filter(({ run }) => run !== null && run.finishedAt === null);
  for (const workflow of new Set(open.map((entry) => entry.workflow))) {
    const shown = open.find((entry) => entry.workflow === workflow);
    const [newest] = await runner.runsOf(workflow, 1);
    if (newest?.runId === shown?.id && newest?.status !== shown?.run?.status) return true;
  }
  return false;
}

/** Null: it is not there, or may not be looked at, which the list tells. */
async function statOf(path: string, disk: Disk): Promise<{ mtimeMs: number; size: number } | null> {
  try {
    return await disk.stat(path);
  } catch (error) {
    if (error instanceof FlowdeckError) return null;
    throw error;
  }
}
