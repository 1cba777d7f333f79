import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Comparison, DiffRef, WorkflowDiff } from '../../../shared/workflow-diff.ts';
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import { hashOf } from '../../platform/content-hash.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { nodeFolders } from '../../platform/folders.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import { noDifference } from '../../workflow/diff.ts';
import { readSide, type SideContent } from './comparing-sides.ts';
import { createDiffThread } from './diff-thread.ts';
import type { Comparing } from './history-api.ts';

interface ComparingParts {
  db: Database;
  settings: SettingsStore;
  clock: Clock;
  /** Entry of the thread that compares. */
  diffWorker: string;
}

export interface OpenComparing extends Comparing {
  /**
   * What is different between two contents; the bytes stay the caller's. `file` is what messages call them. Rejects with
   * `workflow-unreadable`.
   */
  diffContents(before: Uint8Array, after: Uint8Array, file?: string): Promise<WorkflowDiff>;
  close(): Promise<void>;
}

/** Comparisons on this machine's disk. The thread that does them starts with the first that needs it. */
export function openComparing({ db, settings, clock, diffWorker }: ComparingParts): OpenComparing {
  const deps = { db, disk: nodeDisk, folders: nodeFolders };
  const thread = createDiffThread(() => new Worker(diffWorker, { name: 'flowdeck-diff' }), clock);
  const fields = () => settings.get('workflow.fields');
  return {
    async compare(beforeRef: DiffRef, afterRef: DiffRef): Promise<Comparison> {
      const [before, after] = await Promise.all([readSide(beforeRef, deps), readSide(afterRef, deps)]);
      const [was, is] = await Promise.all([hashOf(before.bytes), hashOf(after.bytes)]);
      const identical = was === is;
      return {
        before: { ...before.side, sha256: was },
        after: { ...after.side, sha256: is },
        identical,
        diff: identical ? noDifference() : await thread.diff(contentOf(before), contentOf(after), fields()),
      };
    },
    async diffContents(before, after, file = 'workflow') {
      const [was, is] = [await copyOf(before), await copyOf(after)];
      return thread.diff({ bytes: was, file }, { bytes: is, file }, fields());
    },
    close: thread.close,
  };
}

const contentOf = ({ side, bytes }: SideContent) => ({ bytes, file: side.path ?? side.label });

/** Bytes copied at a time: a few milliseconds. */
const PIECE = 8 * 2 ** 20;

/** A copy, made so that nobody waits for it. */
async function copyOf(bytes: Uint8Array): Promise<Uint8Array> {
  const copy = new Uint8Array(bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += PIECE) {
    if (at > 0) await turn();
    copy.set(bytes.subarray(at, at + PIECE), at);
  }
  return copy;
}
