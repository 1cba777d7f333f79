import { fail } from '../../../shared/failure.ts';
import type { Annotation } from '../../db/annotations.ts';
import type { Database } from '../../db/database.ts';
import { noWorkflow, takeBackup } from '../../history/backup.ts';
import { findBackup } from '../../history/find-backup.ts';
import { adoptCopy, adoptFound } from '../../history/foreign-adopt.ts';
import { lineageOf } from '../../history/lineage.ts';
import { createFileSizes } from '../../history/space.ts';
import type { Clock } from '../../platform/clock.ts';
import { hashOf } from '../../platform/content-hash.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { nodeFolders } from '../../platform/folders.ts';
import { realPlaceOf } from '../../platform/real-place.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import type { Runner } from '../../runner/runner-api.ts';
import { slugOf } from './backup-slug.ts';
import type { Listing } from './history-api.ts';
import { createHistoryTopics } from './history-topic.ts';
import { createHistoryReader } from './listing-reader.ts';

interface ListingParts {
  db: Database;
  settings: SettingsStore;
  clock: Clock;
  runner: Pick<Runner, 'runsOf'>;
  onFault(error: unknown): void;
}

export interface OpenListing extends Listing {
  /** Something of this workflow was changed in this process: who watches is told at once. */
  changed(path: string): void;
  close(): Promise<void>;
}

/** The list of a workflow's history, on this machine's disk, and what people put into it. */
export function openListing({ db, settings, clock, runner, onFault }: ListingParts): OpenListing {
  const files = { db, disk: nodeDisk, folders: nodeFolders };
  const read = createHistoryReader({
    ...files,
    runner,
    sizes: createFileSizes(nodeDisk),
    hash: hashOf,
    retention: () => settings.get('history.retention'),
    now: () => clock.now(),
  });
  const topics = createHistoryTopics({ db, disk: nodeDisk, clock, runner, read, onFault });
  const placeOf = (path: string) => realPlaceOf(path, nodeDisk);

  return {
    list: async (path) => (await read(await placeOf(path))).whole(),
    watch: async (path) => topics.open(await placeOf(path)),
    async backup(path, { reason = '', note = '' }) {
      const real = await placeOf(path);
      if (!/\.nbflow$/i.test(real) || (await nodeFolders.file(real)) === null) throw noWorkflow(real);
      const content = await nodeDisk.read(real);
      if (content === null) throw noWorkflow(real);
      const how = { origin: 'hand', note: note.trim() } as const;
      const taken = await takeBackup(real, content, slugOf(reason), { ...files, clock }, how);
      topics.changed(lineageOf(real));
      return taken;
    },
    async adopt(path, copy) {
      const lineage = lineageOf(await placeOf(path));
      const id = await adoptCopy(copy, files, { lineage });
      topics.changed(lineage);
      return { id };
    },
    async annotate(entry, { pinned, note }) {
      const { id, workflow } = await named(entry);
      await db.commits.write(() => {
        const before: Annotation = db.annotations.of(id);
        const said = { pinned: pinned ?? before.pinned, note: (note ?? before.note).trim() };
        db.annotations.put(id, said, clock.now());
      });
      if (workflow !== null) topics.changed(lineageOf(workflow));
      return { id };
    },
    changed: (path) => topics.changed(lineageOf(path)),
    close: topics.close,
  };

  /** An entry of any kind by its id, or the beginning of one; somebody else's copy is adopted for it. */
  async function named(entry: string): Promise<{ id: string; workflow: string | null }> {
    const ids = entry.length < SHORTEST ? [] : db.historyPages.idsStartingWith(entry.toLowerCase());
    const id = ids.find((one) => one === entry) ?? ids[0];
    if (id !== entry && ids.length > 1) {
      throw fail('usage', `${entry} is more than one: ${ids.join(' and ')}.`, {
        where: entry,
        cure: 'Name it in full.',
      });
    }
    if (id !== undefined) return { id, workflow: db.historyPages.workflowOf(id) };
    const found = await findBackup(entry, files);
    const { what, workflow } = found;
    return { id: what === 'live' ? workflow : await adoptFound(found, files), workflow };
  }
}

/** As much of an id as must be told at least. */
const SHORTEST = 8;
