import type { NodeState, RunStatus } from '../../shared/domain.ts';
import type { ServiceState } from '../../shared/services.ts';

/** The seven states a person has to know (ui.md, Manner). */
export type Mark = 'waiting' | 'working' | 'done' | 'cached' | 'needs-you' | 'failed' | 'skipped';

/** A mark with the words that stand beside it. */
export type Marked = { mark: Mark; word: string };

const nodeMarks: Record<NodeState, Marked> = {
  waiting: { mark: 'waiting', word: 'waiting' },
  ready: { mark: 'waiting', word: 'ready' },
  'uploading-refs': { mark: 'working', word: 'uploading references' },
  submitting: { mark: 'working', word: 'submitting' },
  generating: { mark: 'working', word: 'generating' },
  downloading: { mark: 'working', word: 'downloading' },
  reviewing: { mark: 'working', word: 'reviewing' },
  rerolling: { mark: 'working', word: 're-rolling' },
  storing: { mark: 'working', word: 'storing' },
  done: { mark: 'done', word: 'done' },
  cached: { mark: 'cached', word: 'cached' },
  held: { mark: 'needs-you', word: 'needs your pick' },
  failed: { mark: 'failed', word: 'failed' },
  skipped: { mark: 'skipped', word: 'skipped' },
};

/** How a node's state is shown. */
export function nodeMark(state: NodeState): Marked {
  return nodeMarks[state];
}

const runMarks: Record<RunStatus, Marked> = {
  starting: { mark: 'working', word: 'starting' },
  running: { mark: 'working', word: 'running' },
  paused: { mark: 'waiting', word: 'paused' },
  'waiting-backend': { mark: 'needs-you', word: 'waiting for G-Labs' },
  stopping: { mark: 'working', word: 'stopping' },
  completed: { mark: 'done', word: 'completed' },
  'failed-nodes': { mark: 'failed', word: 'finished with failures' },
  held: { mark: 'needs-you', word: 'needs your picks' },
  interrupted: { mark: 'skipped', word: 'interrupted' },
  aborted: { mark: 'failed', word: 'aborted' },
};

/** How a run's status is shown. */
export function runMark(status: RunStatus): Marked {
  return runMarks[status];
}

const serviceMarks: Record<ServiceState, Marked> = {
  stopped: { mark: 'waiting', word: 'stopped' },
  starting: { mark: 'working', word: 'starting' },
  ready: { mark: 'done', word: 'ready' },
  unhealthy: { mark: 'needs-you', word: 'not answering' },
  stopping: { mark: 'working', word: 'stopping' },
  failed: { mark: 'failed', word: 'failed' },
  foreign: { mark: 'failed', word: 'port taken by another program' },
};

/** How a service's state is shown. */
export function serviceMark(state: ServiceState): Marked {
  return serviceMarks[state];
}
