import { parentPort, workerData } from 'node:worker_threads';
import { FlowdeckError } from '../../shared/failure.ts';
import { fileFailure } from '../platform/file-failure.ts';
import { damageOf } from './damage.ts';
import { databaseFailure } from './failures.ts';
import type { MendAnswer, MendTask } from './mend.ts';
import { rebuild } from './rebuild.ts';

// Entry of the thread that looks through a database and makes a new one of a damaged one (mend.ts).

function answer(task: MendTask): MendAnswer {
  try {
    return task.ask === 'damage'
      ? { damage: damageOf(task.file, task.how) }
      : { carried: rebuild(task.from, task.into) };
  } catch (error) {
    const file = task.ask === 'damage' ? task.file : task.into;
    const told = fileFailure(error, file) ?? databaseFailure(error, file);
    if (told instanceof FlowdeckError) return { failure: told.failure };
    return { fault: told instanceof Error ? (told.stack ?? told.message) : String(told) };
  }
}

function main(): void {
  if (parentPort === null) throw new Error('The mend worker is started by Flowdeck, as a thread.');
  parentPort.postMessage(answer(workerData as MendTask));
}

main();
