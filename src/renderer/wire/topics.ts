import { applyRunsChange, type RunsChange, type RunsView } from '../../shared/contract.ts';
import { applyHistoryChange, type HistoryChange, type HistoryView } from '../../shared/history.ts';
import { applyQueueChange, type QueueChange, type QueueView } from '../../shared/queue.ts';
import { applyRecoveriesChange, type RecoveriesChange, type RecoveriesView } from '../../shared/recovery.ts';
import { applyRunChange, type RunChange, type RunView } from '../../shared/run-view.ts';
import { applyServicesChange, type ServicesChange, type ServicesView } from '../../shared/services.ts';
import { applyWorkflowsChange, type WorkflowsChange, type WorkflowsView } from '../../shared/workflows.ts';
import type { LiveTopic } from './live.ts';

/** The live topics of the contract; a key is also the key of the data in the query cache. */

export const servicesTopic: LiveTopic<ServicesView, ServicesChange> = {
  key: ['services'],
  open: (client, signal) => client.services.watch(undefined, { signal }),
  apply: applyServicesChange,
};

export const workflowsTopic: LiveTopic<WorkflowsView, WorkflowsChange> = {
  key: ['workflows'],
  open: (client, signal) => client.workflows.watch(undefined, { signal }),
  apply: applyWorkflowsChange,
};

export const runsTopic: LiveTopic<RunsView, RunsChange> = {
  key: ['runs'],
  open: (client, signal) => client.runs.watch(undefined, { signal }),
  apply: applyRunsChange,
};

export const queueTopic: LiveTopic<QueueView, QueueChange> = {
  key: ['queue'],
  open: (client, signal) => client.queue.watch(undefined, { signal }),
  apply: applyQueueChange,
};

export const runTopic = (runId: string): LiveTopic<RunView, RunChange> => ({
  key: ['run', runId],
  open: (client, signal) => client.runs.watchOne({ runId }, { signal }),
  apply: applyRunChange,
});

/** Interrupted runs, and recoveries that somebody began. */
export const recoveriesTopic: LiveTopic<RecoveriesView, RecoveriesChange> = {
  key: ['recoveries'],
  open: (client, signal) => client.recovery.watch(undefined, { signal }),
  apply: applyRecoveriesChange,
};

/** Versions, backups, runs and restores of a workflow: the newest at once, the older ones as changes. */
export const historyTopic = (path: string): LiveTopic<HistoryView, HistoryChange> => ({
  key: ['history', path],
  open: (client, signal) => client.history.watch({ path }, { signal }),
  apply: applyHistoryChange,
});
