import { parentPort } from 'node:worker_threads';
import { FlowdeckError } from '../../../shared/failure.ts';
import { restoreFacts } from '../../history/restore-look.ts';
import { restoredContent } from '../../history/restored-content.ts';
import type { RestoringAnswer, RestoringQuestion } from './restoring-thread.ts';

/** Entry of the thread that reads large backups (restoring-thread.ts). */
function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('The restoring worker is started by Flowdeck, as a thread.');
  port.once('message', (question: RestoringQuestion) => port.postMessage(answerTo(question)));
}

function answerTo(question: RestoringQuestion): RestoringAnswer {
  try {
    if (question.ask === 'content') return { value: restoredContent(question.content, question.wish) };
    return { value: restoreFacts(question.content, question.live, question.wish) };
  } catch (error) {
    if (error instanceof FlowdeckError) return { failure: error.failure };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

main();
