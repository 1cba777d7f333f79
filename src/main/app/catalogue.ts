import path from 'node:path';
import { RunOutcome } from '../../shared/domain.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import {
  applyWorkflowsChange,
  type WorkflowSummary,
  type WorkflowsChange,
  type WorkflowsView,
} from '../../shared/workflows.ts';
import type { Clock } from '../platform/clock.ts';
import type { Glance } from './glance.ts';
import { createTopic, type Topic } from './topic.ts';
import { type FolderWatch, watchFolders } from './watch-folders.ts';

/** The workflows of the project folders, as they are now. */
export interface Catalogue {
  readonly topic: Topic<WorkflowsView, WorkflowsChange>;
  /** Folders to look through from now on; the same ones again change nothing. */
  setRoots(roots: readonly string[]): void;
  /** A run began, went on or ended: its workflow shows it as its last. */
  noteRun(run: RunSummary): void;
  close(): Promise<void>;
}

export interface CatalogueParts {
  clock: Clock;
  /** Looks at one file; never rejects for what is in it. */
  glance(path: string): Promise<Glance>;
  lastRun(path: string): WorkflowSummary['lastRun'];
  watch?: typeof watchFolders;
  onFault(error: unknown): void;
}

/** Files looked at side by side. */
const AT_ONCE = 2;
/** Summaries are gathered this long before they are told, since many come at once at first. */
const GATHER_MS = 100;

export function createCatalogue(parts: CatalogueParts): Catalogue {
  const { clock, glance, watch = watchFolders, onFault } = parts;
  const topic = createTopic<WorkflowsView, WorkflowsChange>({
    initial: { roots: [], scanning: false, workflows: [] },
    apply: applyWorkflowsChange,
  });
  const ending = new AbortController();
  const queue = new Set<string>();
  const looking = new Set<string>();
  let roots: readonly string[] = [];
  let watching: FolderWatch | null = null;
  let found = new Set<string>();
  let listed = true;
  const heard = new Map<string, LastRun>();
  let upserted = new Map<string, WorkflowSummary>();
  let telling = false;

  const lastRunOf = (file: string) => newestRun(parts.lastRun(file), heard.get(file) ?? null);
  const tell = () => {
    telling = false;
    if (ending.signal.aborted) return;
    const scanning = !listed || queue.size + looking.size > 0;
    // A run may have ended since the look that is told now.
    const told = [...upserted.values()].map((seen) => ({ ...seen, lastRun: lastRunOf(seen.path) }));
    const change: WorkflowsChange = { upserted: told, removed: [] };
    if (scanning !== topic.state().scanning) change.scanning = scanning;
    upserted = new Map();
    if (change.upserted.length > 0 || change.scanning !== undefined) topic.publish(change);
  };
  const tellSoon = () => {
    if (telling) return;
    telling = true;
    clock.sleep(GATHER_MS, ending.signal).then(tell, () => undefined);
  };

  const look = async (file: string) => {
    looking.add(file);
    try {
      const seen = await glance(file);
      if (found.has(file)) upserted.set(file, { ...seen, ...placeOf(file, roots), lastRun: null });
    } catch (error) {
      onFault(error);
    }
    looking.delete(file);
    tellSoon();
    lookOn();
  };
  const lookOn = () => {
    for (const file of queue) {
      if (looking.size >= AT_ONCE || ending.signal.aborted) return;
      // One that is being looked at has changed meanwhile: it stays in the queue until that look is over.
      if (looking.has(file)) continue;
      queue.delete(file);
      void look(file);
    }
  };

  const onFile = (file: string) => {
    found.add(file);
    queue.add(file);
    lookOn();
  };
  const onGone = (file: string) => {
    found.delete(file);
    queue.delete(file);
    upserted.delete(file);
    topic.publish({ upserted: [], removed: [file] });
  };
  const onListed = () => {
    listed = true;
    const gone = topic.state().workflows.filter(({ path }) => !found.has(path));
    if (gone.length > 0) topic.publish({ upserted: [], removed: gone.map(({ path }) => path) });
    tellSoon();
  };

  return {
    topic,
    setRoots(next) {
      const wanted = [...new Set(next.map((root) => path.resolve(root)))];
      if (wanted.length === roots.length && wanted.every((root, at) => root === roots[at])) return;
      roots = wanted;
      found = new Set();
      listed = false;
      topic.publish({ roots: [...roots], scanning: true, upserted: [], removed: [] });
      watching?.close().catch(onFault);
      watching = watch(roots, { onFile, onGone, onListed, onFault });
    },
    noteRun(run) {
      const workflow = topic.state().workflows.find(({ path }) => path === run.workflow);
      const last = workflow?.lastRun;
      if (last && last.runId !== run.runId && last.at > run.startedAt) return;
      const lastRun = { runId: run.runId, status: run.status, at: run.finishedAt ?? run.startedAt };
      heard.set(run.workflow, lastRun);
      if (!workflow || (last?.runId === run.runId && last.status === run.status)) return;
      topic.publish({ upserted: [{ ...workflow, lastRun }], removed: [] });
    },
    async close() {
      ending.abort();
      queue.clear();
      topic.close();
      await watching?.close();
    },
  };
}

type LastRun = NonNullable<WorkflowSummary['lastRun']>;

/**
 * The newer of what the records say and what was heard. A run tells of its end before that is in the records: of one
 * run, the word of its end counts. Pure.
 */
export function newestRun(recorded: LastRun | null, heard: LastRun | null): LastRun | null {
  if (!recorded || !heard) return recorded ?? heard;
  if (recorded.runId === heard.runId) return RunOutcome.safeParse(heard.status).success ? heard : recorded;
  return recorded.at > heard.at ? recorded : heard;
}

/** The root a file was found under (the innermost), and its folder below that, as a person reads it. Pure. */
export function placeOf(file: string, roots: readonly string[]): { root: string; folder: string } {
  const containing = roots.filter((root) =>
    file.startsWith(root.endsWith(path.sep) ? root : root + path.sep),
  );
  const root = containing.toSorted((a, b) => b.length - a.length)[0] ?? path.dirname(file);
  return { root, folder: path.relative(root, path.dirname(file)) || path.basename(root) };
}
