import { first } from './0001-first.ts';
import { uploadsAndGraphs } from './0002-uploads-and-graphs.ts';
import { queue } from './0003-queue.ts';
import { services } from './0004-services.ts';
import { recovery } from './0005-recovery.ts';
import { history } from './0006-history.ts';

/** In order; the place in this list is the schema's version. Never edit one that was released: add the next. */
export const migrations: readonly string[] = [first, uploadsAndGraphs, queue, services, recovery, history];
