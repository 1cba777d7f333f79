import { Worker } from 'node:worker_threads';
import { type Failure, FlowdeckError } from '../../../shared/failure.ts';
import { type RestoreFacts, restoreFacts } from '../../history/restore-look.ts';
import { type ContentWish, type RestoredContent, restoredContent } from '../../history/restored-content.ts';

export type RestoringQuestion =
  | { ask: 'content'; content: Uint8Array; wish: ContentWish }
  | { ask: 'facts'; content: Uint8Array; live: Uint8Array | null; wish: Omit<ContentWish, 'wipe'> };

export type RestoringAnswer =
  | { value: RestoredContent | RestoreFacts }
  | { failure: Failure }
  /** Of a fault of ours, with its stack, for the log. */
  | { fault: string };

/** Bytes up to which a workflow is read where it is needed: some milliseconds. */
const SMALL = 256 * 1024;

export interface RestoringWork {
  /** As `restoredContent`. */
  content(content: Uint8Array, wish: ContentWish): Promise<RestoredContent>;
  /** As `restoreFacts`. */
  facts(content: Uint8Array, live: Uint8Array | null, wish: Omit<ContentWish, 'wipe'>): Promise<RestoreFacts>;
}

/**
 * What has to be read out of the files of a restore. Large ones are read in a thread that lives as long as the question:
 * that is rare, and the thread that serves the window must not wait. `entry` is restoring-worker.ts.
 */
export function createRestoringWork(entry: string): RestoringWork {
  return {
    async content(content, wish) {
      const asItIs = wish.name === null && !wish.wipe;
      if (asItIs || content.byteLength <= SMALL) return restoredContent(content, wish);
      return (await inThread(entry, { ask: 'content', content, wish })) as RestoredContent;
    },
    async facts(content, live, wish) {
      if (content.byteLength + (live?.byteLength ?? 0) <= SMALL) return restoreFacts(content, live, wish);
      return (await inThread(entry, { ask: 'facts', content, live, wish })) as RestoreFacts;
    },
  };
}

async function inThread(entry: string, question: RestoringQuestion): Promise<RestoredContent | RestoreFacts> {
  const worker = new Worker(entry, { name: 'flowdeck-restore' });
  try {
    const answer = await new Promise<RestoringAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(new Error('The thread that reads the backup ended without an answer.')),
      );
      worker.postMessage(question);
    });
    if ('value' in answer) return answer.value;
    throw 'failure' in answer ? new FlowdeckError(answer.failure) : new Error(answer.fault);
  } finally {
    await worker.terminate();
  }
}
