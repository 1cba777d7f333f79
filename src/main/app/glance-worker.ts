import { parentPort, workerData } from 'node:worker_threads';
import { openFlowdeck } from './flowdeck.ts';
import { glanceAt } from './glance.ts';
import type { GlanceAnswer, GlanceQuestion } from './glancer.ts';

/**
 * Entry of the thread that looks at workflow files: a file of 100 MB keeps a processor busy for seconds, and the
 * thread that serves the window must not be the one.
 */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('The glance worker is started by Flowdeck, as a thread.');
  const { dataDir } = workerData as { dataDir: string };
  const flowdeck = await openFlowdeck({ face: 'cli', env: process.env, dataDir });
  port.on('message', ({ id, file }: GlanceQuestion) => {
    const answer = (message: Omit<GlanceAnswer, 'id'>) =>
      port.postMessage({ id, ...message } satisfies GlanceAnswer);
    glanceAt(file, flowdeck.runner).then(
      (glance) => answer({ glance, error: null }),
      (error: unknown) =>
        answer({
          glance: null,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
}

await main();
