import { parentPort } from 'node:worker_threads';
import { type Failure, toFailure } from '../../../shared/failure.ts';
import { diffWorkflows } from '../../workflow/diff.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../../workflow/read.ts';
import type { DiffAnswer, DiffContent, DiffQuestion } from './diff-thread.ts';

/** Entry of the thread that compares workflows (diff-thread.ts). */
function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('The diff worker is started by Flowdeck, as a thread.');
  port.on('message', (question: DiffQuestion) => port.postMessage(answerTo(question)));
}

function answerTo({ id, before, after, fields }: DiffQuestion): DiffAnswer {
  let side = 'first';
  const read = ({ bytes, file }: DiffContent): Workflow =>
    parseWorkflow(decodeWorkflow(bytes, file), file, fields);
  try {
    const old = read(before);
    side = 'second';
    const now = read(after);
    return { id, diff: diffWorkflows(old, now) };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'workflow-unreadable') {
      return { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    return { id, failure: ofSide(side, failure) };
  }
}

const ofSide = (side: string, failure: Failure): Failure => ({
  ...failure,
  message: `The ${side} of the two cannot be compared: ${failure.message}`,
});

main();
