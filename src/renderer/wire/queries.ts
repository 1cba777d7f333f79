import { type UseMutationResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Plan, RerollTarget, RunOptions } from '../../shared/domain.ts';
import type { FlowdeckError } from '../../shared/failure.ts';
import type { BumpAdvice } from '../../shared/history.ts';
import type { PromptEdit } from '../../shared/prompts.ts';
import type { RecoveryAction, RecoveryStep } from '../../shared/recovery.ts';
import type { ServiceName } from '../../shared/services.ts';
import type { DiffRef } from '../../shared/workflow-diff.ts';
import type { FlowdeckClient } from './connection.ts';
import { toFlowdeckError } from './failure.ts';
import { liveQuery } from './live.ts';
import { useWire } from './provider.tsx';
import {
  historyTopic,
  queueTopic,
  recoveriesTopic,
  runsTopic,
  runTopic,
  servicesTopic,
  workflowsTopic,
} from './topics.ts';

/**
 * Everything a screen asks of the main side. Live hooks give the folded state; the others ask once. Errors are
 * FlowdeckErrors, whose `failure` is what an error card or a toast shows.
 */

export const useServices = () => useQuery(liveQuery(useWire(), servicesTopic));
export const useWorkflows = () => useQuery(liveQuery(useWire(), workflowsTopic));
export const useRuns = () => useQuery(liveQuery(useWire(), runsTopic));
/** Runs that wait their turn, in the order they will start. */
export const useQueue = () => useQuery(liveQuery(useWire(), queueTopic));
/** Interrupted runs, and recoveries that somebody began. */
export const useRecoveries = () => useQuery(liveQuery(useWire(), recoveriesTopic));
/** Versions, backups, runs and restores of a workflow. */
export const useHistory = (path: string) => useQuery(liveQuery(useWire(), historyTopic(path)));
/** A run's view, whole and live. */
export const useRun = (runId: string) => useQuery(liveQuery(useWire(), runTopic(runId)));

export const useAppInfo = () =>
  useAsk(['app'], (client, signal) => client.app.info(undefined, { signal }), Infinity);
export const useSettings = () =>
  useAsk(['settings'], (client, signal) => client.settings.list(undefined, { signal }));
/** Findings of the sanity check of the file as it is now. */
export const useCheck = (path: string) =>
  useAsk(['check', path], (client, signal) => client.workflows.check({ path }, { signal }));
/**
 * What a run with these options would do now; until that is known, what it would have done with the options before.
 */
export function usePlan(path: string, options: RunOptions) {
  const { client } = useWire();
  return useQuery<Plan, FlowdeckError>({
    ...question(['plan', path, options], (signal) => client.workflows.plan({ path, options }, { signal })),
    placeholderData: (before, query) => (query?.queryKey[1] === path ? before : undefined),
  });
}
/** What making everything anew would cost, for the price of a single candidate; asked once, and only when `wanted`. */
export const useWholePlan = (path: string, wanted: boolean) =>
  useAsk(
    ['plan', path, 'whole'],
    (client, signal) =>
      client.workflows.plan({ path, options: { mode: 'clean', gates: 'auto', qa: 'off' } }, { signal }),
    Infinity,
    wanted,
  );
/** What a queued run would do now. Asked again after some minutes only: a list of them must not keep the disk busy. */
export const useQueuedPlan = ({ path, options }: { path: string; options: RunOptions }) =>
  useAsk(
    ['plan', path, options],
    (client, signal) => client.workflows.plan({ path, options }, { signal }),
    5 * 60_000,
  );
/** Texts that make up a node's prompt, as the file has them now. */
export const usePrompts = (path: string, nodeId: number) =>
  useAsk(['prompts', path, nodeId], (client, signal) =>
    client.workflows.prompts({ path, nodeId }, { signal }),
  );
export const useJournal = (runId: string, nodeId: number) =>
  useAsk(['journal', runId, nodeId], (client, signal) => client.runs.journal({ runId, nodeId }, { signal }));
/** What was asked of a run when it began; that never changes. */
export const useRunOptions = (runId: string) =>
  useAsk(['options', runId], (client, signal) => client.runs.options({ runId }, { signal }), Infinity);

/** The workflow as it was drawn when the run began. Rejects with `not-found` where the record has no graph. */
export const useRunGraph = (runId: string) =>
  useAsk(['graph', runId], (client, signal) => client.runs.graph({ runId }, { signal }), Infinity);

/**
 * What became of a workflow's run, and what can be done. Takes seconds, so it is asked once and when somebody asks
 * again; what changes the file or carries a plan out makes it untrue.
 */
export const useDiagnosis = (path: string, wanted: boolean) =>
  useAsk(
    ['diagnosis', path],
    (client, signal) => client.recovery.diagnose({ path }, { signal }),
    Infinity,
    wanted,
  );
/** What is worth doing after a recovery. */
export const useAfterCare = (path: string) =>
  useAsk(['after-care', path], (client, signal) => client.recovery.afterCare({ path }, { signal }));
/** What is different between two workflows, backups or ends of runs. */
export const useComparison = (before: DiffRef, after: DiffRef) =>
  useAsk(['compare', before, after], (client, signal) =>
    client.history.compare({ before, after }, { signal }),
  );
/** Ids of the media behind addresses that stand in the files `beside`; null where this machine has no copy. */
export const usePictures = (addresses: string[], beside: string[]) =>
  useAsk(
    ['pictures', addresses, beside],
    async (client, signal) => {
      const ids: (string | null)[] = [];
      for (let at = 0; at < addresses.length; at += PICTURES_AT_ONCE) {
        const some = addresses.slice(at, at + PICTURES_AT_ONCE);
        ids.push(...(await client.history.pictures({ addresses: some, beside }, { signal })));
      }
      return ids;
    },
    60_000,
    addresses.length > 0,
  );
/** As many as one question of the contract takes. */
const PICTURES_AT_ONCE = 200;
/** Whether the next version of a workflow is due, and what it would be; null: its name follows no scheme. */
export const useBumpAdvice = (path: string) =>
  useAsk(['advice', path], (client, signal) => client.history.advice({ path }, { signal }));
/** The same, asked anew, where somebody has just changed the file. */
export function useAskBumpAdvice(): (path: string) => Promise<BumpAdvice | null> {
  const { client } = useWire();
  const cache = useQueryClient();
  return (path) =>
    cache.fetchQuery(question(['advice', path], (signal) => client.history.advice({ path }, { signal })));
}
/** What putting an entry of the history in place of a file would do; `live`: the hash of the file that is asked about. */
export const useRestorePreview = (path: string, entry: string, live: string | null, wanted = true) =>
  useAsk(
    ['restore-preview', path, entry, live],
    (client, signal) => client.history.preview({ path, entry }, { signal }),
    0,
    wanted,
  );

type ServiceInput = { service: ServiceName };
type RunInput = { runId: string };
type EntryInput = { id: string };

export const useStartService = () => useAct((client, input: ServiceInput) => client.services.start(input));
export const useStopService = () => useAct((client, input: ServiceInput) => client.services.stop(input));
export const useRestartService = () =>
  useAct((client, input: ServiceInput) => client.services.restart(input));
/** Tells a pending consumer of the tunnel's address at once. */
export const useTellConsumer = () =>
  useAct((client, input: { id: string }) => client.services.tellConsumer(input));

/**
 * Starts a run when its turn comes, which may be at once: then it gives the run's id. With a place, from 0, it only
 * ever waits there.
 */
export const useAddToQueue = () =>
  useAct(
    (client, input: { path: string; options: RunOptions; to?: number; held?: boolean }) =>
      client.queue.add(input),
    ['plan'],
  );
/** `to` counts from 0. */
export const useMoveInQueue = () =>
  useAct((client, input: EntryInput & { to: number }) => client.queue.move(input));
export const useHoldInQueue = () => useAct((client, input: EntryInput) => client.queue.hold(input));
export const useReleaseInQueue = () => useAct((client, input: EntryInput) => client.queue.release(input));
export const useRemoveFromQueue = () => useAct((client, input: EntryInput) => client.queue.remove(input));
export const usePauseQueue = () => useAct((client, _input: undefined) => client.queue.pause());
export const useResumeQueue = () => useAct((client, _input: undefined) => client.queue.resume());
export const usePauseRun = () => useAct((client, input: RunInput) => client.runs.pause(input));
export const useResumeRun = () => useAct((client, input: RunInput) => client.runs.resume(input));
export const useCancelRun = () => useAct((client, input: RunInput) => client.runs.cancel(input));
export const useSetConcurrency = () =>
  useAct((client, input: RunInput & { concurrency: number }) => client.runs.setConcurrency(input));
/** Row and candidate count from 1. */
export const usePick = () =>
  useAct((client, input: RunInput & { gate: number; row: number; candidate: number }) =>
    client.runs.pick(input),
  );

/** Makes nodes or candidates anew; with edits in the next version of the file. */
export const useReroll = () =>
  useAct(
    (client, input: RunInput & { targets: RerollTarget[]; edits?: PromptEdit[] }) =>
      client.runs.reroll(input),
    ['plan'],
  );

export const useWipe = () =>
  useAct(
    (client, input: { path: string; scenes?: number[] }) => client.workflows.wipe(input),
    ['check', 'plan'],
  );
export const useRestoreBackup = () =>
  useAct(
    (client, input: { path: string; backupId: string }) => client.workflows.restore(input),
    ['check', 'plan', 'diagnosis'],
  );
type VersionInput = { path: string; note: string };

/** The next version of a file. */
export const useBump = () =>
  useAct((client, input: VersionInput) => client.history.bump(input), ['advice', 'check', 'plan']);
/** Approval of a version. */
export const useGraduate = () =>
  useAct((client, input: VersionInput) => client.history.graduate(input), ['advice', 'check', 'plan']);
/** The undo of either; `path` is the version that was made. */
export const useUndoVersion = () =>
  useAct((client, input: { path: string }) => client.history.undoVersion(input), ['advice', 'check', 'plan']);
/** A backup that a person asks for; words become a slug. */
export const useBackUp = () =>
  useAct((client, input: { path: string; reason: string; note: string }) => client.history.backup(input));
/** Takes a copy that somebody else put into `backups/` into the database. */
export const useAdopt = () =>
  useAct((client, input: { path: string; entry: string }) => client.history.adopt(input));
/** Pins an entry of the history or writes its note; gives the id it has from now on. */
export const useAnnotate = () =>
  useAct((client, input: { entry: string; pinned?: boolean; note?: string }) =>
    client.history.annotate(input),
  );
/**
 * Puts an entry of the history in place of the file, or writes it to `to`. `seen`: the file's hash as it was looked at;
 * it is refused when that is another by now.
 */
export const useRestoreEntry = () =>
  useAct(
    (
      client,
      input: { path: string; entry: string; wipeCache?: boolean; to?: string | null; seen?: string | null },
    ) => client.history.restore(input),
    ['check', 'plan', 'diagnosis', 'restore-preview'],
  );
/** Where a person is in the wizard of a workflow. */
export const useKeepRecovery = () =>
  useAct((client, input: { path: string; step: RecoveryStep; action: RecoveryAction | null }) =>
    client.recovery.keep(input),
  );
/** Carries a plan out; answers when its run has begun. */
export const useApplyRecovery = () =>
  useAct(
    (
      client,
      input: {
        path: string;
        action: RecoveryAction;
        nodes: number[];
        backup: string | null;
        asked: number[];
      },
    ) => client.recovery.apply(input),
    ['check', 'plan'],
  );
export const useDoAfterCare = () =>
  useAct(
    (client, input: { path: string; bump: boolean; note: string; registry: boolean; tracker: boolean }) =>
      client.recovery.doAfterCare(input),
    ['check', 'plan'],
  );
/** Takes a recovery off the list. */
export const useDismissRecovery = () =>
  useAct((client, input: { path: string }) => client.recovery.dismiss(input));
/** Takes stale output as it is. */
export const useAccept = () =>
  useAct((client, input: { path: string; nodes: number[] }) => client.workflows.accept(input), ['plan']);
export const useFixWorkflow = () =>
  useAct((client, input: { path: string }) => client.workflows.fix(input), ['check', 'plan']);
export const useAddRoot = () =>
  useAct((client, input: { path: string }) => client.workflows.addRoot(input), ['settings']);
export const useSetSetting = () =>
  useAct(
    (client, input: { key: string; value: unknown }) => client.settings.set(input),
    ['settings', 'plan'],
  );
/** Tries a store, step by step; what fails is in the answer. */
export const useTestStore = () =>
  useAct((client, input: { name: string }) => client.settings.testStore(input));
export const useUnsetSetting = () =>
  useAct((client, input: { key: string }) => client.settings.unset(input), ['settings', 'plan']);

/** One question, asked again whenever a screen that shows the answer opens. */
function useAsk<T>(
  queryKey: readonly unknown[],
  ask: (client: FlowdeckClient, signal: AbortSignal) => Promise<T>,
  staleTime = 0,
  enabled = true,
) {
  const { client } = useWire();
  return useQuery<T, FlowdeckError>({
    ...question(queryKey, (signal) => ask(client, signal)),
    staleTime,
    enabled,
  });
}

/** How a question is asked: once, and its refusal is a FlowdeckError. */
function question<T>(queryKey: readonly unknown[], ask: (signal: AbortSignal) => Promise<T>) {
  return {
    queryKey,
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      ask(signal).catch((error) => Promise.reject<T>(toFlowdeckError(error))),
    retry: false,
    networkMode: 'always' as const,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  };
}

/** One action; `outdates` names the answers that are no longer true after it. */
function useAct<I, O>(
  act: (client: FlowdeckClient, input: I) => Promise<O>,
  outdates: readonly string[] = [],
): UseMutationResult<O, FlowdeckError, I> {
  const { client } = useWire();
  const cache = useQueryClient();
  return useMutation<O, FlowdeckError, I>({
    mutationFn: (input) => act(client, input).catch((error) => Promise.reject(toFlowdeckError(error))),
    onSuccess: () =>
      Promise.all(outdates.map((key) => cache.invalidateQueries({ queryKey: [key] }))).then(() => undefined),
    networkMode: 'always',
  });
}
