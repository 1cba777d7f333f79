import { Worker } from 'node:worker_threads';
import type { Glance } from './glance.ts';

export interface GlanceQuestion {
  id: number;
  file: string;
}

export interface GlanceAnswer {
  id: number;
  glance: Glance | null;
  /** Of a fault of ours, with its stack, for the log. */
  error: string | null;
}

/** Looks at workflow files in a thread of its own. */
export interface Glancer {
  /** Rejects for faults of ours only, among them a thread that died (a new one is started for the next file). */
  glance(file: string): Promise<Glance>;
  close(): Promise<void>;
}

/** `entry` is the thread's file; the thread starts with the first question and holds no process open. */
export function createGlancer(entry: string, dataDir: string): Glancer {
  const open = new Map<number, PromiseWithResolvers<Glance>>();
  let worker: Worker | null = null;
  let questions = 0;
  let closed = false;

  const start = (): Worker => {
    const started = new Worker(entry, { workerData: { dataDir }, name: 'flowdeck-glance' });
    started.unref();
    started.on('message', ({ id, glance, error }: GlanceAnswer) => {
      const asked = open.get(id);
      open.delete(id);
      if (glance) asked?.resolve(glance);
      else asked?.reject(new Error(error ?? 'The look at the file ended without an answer.'));
    });
    const ended = (reason: Error) => {
      if (worker === started) worker = null;
      for (const asked of open.values()) asked.reject(reason);
      open.clear();
    };
    started.on('error', ended);
    started.on('exit', () => ended(new Error('The thread that looks at workflow files ended.')));
    return started;
  };

  return {
    glance(file) {
      if (closed) return Promise.reject(new Error('Flowdeck is closing.'));
      worker ??= start();
      questions += 1;
      const asked = Promise.withResolvers<Glance>();
      open.set(questions, asked);
      worker.postMessage({ id: questions, file } satisfies GlanceQuestion);
      return asked.promise;
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
