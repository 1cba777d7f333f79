import { parentPort, workerData } from 'node:worker_threads';
import { openMemoryDatabase } from './memory-database.ts';
import { play } from './play.ts';

// A thread of main.ts: plays every `stride`th seed from `first` on, and tells of each.

const { first, stride, last } = workerData as { first: number; stride: number; last: number };
const database = openMemoryDatabase();
for (let seed = first; seed <= last; seed += stride) parentPort?.postMessage(await play(seed, database));
database.db.close();
