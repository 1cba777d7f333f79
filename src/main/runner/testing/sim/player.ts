import { parentPort, workerData } from 'node:worker_threads';
import { play } from './play.ts';

// A thread of main.ts: plays every `stride`th seed from `first` on, and tells of each.

const { first, stride, last } = workerData as { first: number; stride: number; last: number };
for (let seed = first; seed <= last; seed += stride) parentPort?.postMessage(await play(seed));
