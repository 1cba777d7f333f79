import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { Eraser, History, Play, RefreshCw } from 'lucide-react';
import { type Ref, useCallback, useEffect, useRef, useState } from 'react';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { counted } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useAction } from '../../state/actions.ts';
import { useRunDialog } from '../../state/run-dialog.ts';
import { useRested } from '../../state/use-rested.ts';
import { useWindow } from '../../state/window.ts';
import { useFixWorkflow } from '../../wire/queries.ts';
import { BumpSuggestion } from '../versions/bump-suggestion.tsx';
import { VersionActions } from '../versions/version-actions.tsx';
import { type DetailsTab, useDetailsTab } from './details-tab.ts';
import { FindingsPanel } from './findings-panel.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { StandingBar } from './standing-bar.tsx';
import { WipeDialog } from './wipe-dialog.tsx';
import { lastRunMark, sizeWords } from './workflow-words.ts';

type WorkflowDetailsProps = {
  ref: Ref<HTMLElement>;
  workflow: WorkflowSummary;
  /** Escape: back to the list. */
  onEscape: () => void;
};

/** Arrow keys run through the list; the file one rests on is read, those one passes are not. */
const REST_MS = 120;

/** All that is known of the chosen workflow, and what can be done with it. */
export function WorkflowDetails({ ref, workflow, onEscape }: WorkflowDetailsProps) {
  const { path, name } = workflow;
  const isRested = useRested(path, REST_MS) === path;
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label={`Details of ${name}`}
      onKeyDown={(press) => {
        if (press.key === 'Escape' && !press.defaultPrevented) onEscape();
      }}
      className="flex min-h-0 min-w-0 flex-col gap-3 rounded-lg bg-panel p-4 pb-0"
    >
      <Contents key={path} workflow={workflow} isRested={isRested} />
    </section>
  );
}

function Contents({ workflow, isRested }: { workflow: WorkflowSummary; isRested: boolean }) {
  const { path, name, errors, warnings, unreadable } = workflow;
  // What matters first is decided once: a repair must not turn the page under a person's eyes.
  const [first] = useState<DetailsTab>(errors > 0 ? 'findings' : 'plan');
  const { asked, ask } = useDetailsTab();
  const tab = asked?.path === path ? asked.tab : first;
  const setTab = (next: DetailsTab) => ask(path, next);
  const openRunDialog = useRunDialog((state) => state.open);
  const { isChecking, askAgain } = useFreshAnswers(workflow);
  const fix = useFixWorkflow();
  const [isWiping, setWiping] = useState(false);
  const readable = unreadable === null;
  const run = () => openRunDialog(path);
  const check = () => {
    setTab('findings');
    askAgain();
  };

  useAction(readable ? { id: 'run-workflow', title: `Run ${name}…`, group: 'Workflow', run } : null);
  useAction({ id: 'check-workflow', title: `Check ${name}`, group: 'Workflow', run: check });
  useAction(
    readable
      ? { id: 'plan-workflow', title: `Plan of ${name}`, group: 'Workflow', run: () => setTab('plan') }
      : null,
  );

  useAction(
    readable
      ? {
          id: 'wipe-workflow',
          title: `Wipe the cache of ${name}…`,
          group: 'Workflow',
          run: () => setWiping(true),
        }
      : null,
  );

  const waiting = <p className="text-muted">Reading the file…</p>;
  const findings = isRested ? <FindingsPanel path={path} fix={fix} /> : waiting;
  const found = errors + warnings;
  return (
    <>
      <header className="flex shrink-0 flex-col gap-2">
        <div className="flex items-start gap-2">
          <h2 className="line-clamp-2 min-w-0 flex-1 break-all font-semibold text-lg" title={name}>
            {name}
          </h2>
          <Button icon={<RefreshCw aria-hidden />} busy={isChecking} onClick={check}>
            Check again
          </Button>
          {readable && (
            <Button icon={<Play aria-hidden />} aria-keyshortcuts="r" onClick={run}>
              Run… <Kbd shortcut="r" />
            </Button>
          )}
        </div>
        <Facts workflow={workflow} isRested={isRested} onWipe={() => setWiping(true)} />
        {readable && isRested && <BumpSuggestion path={path} fileState={workflow.modifiedAt} />}
        {isWiping && <WipeDialog path={path} onClose={() => setWiping(false)} />}
      </header>
      {readable ? (
        <Tabs
          label={`What is known of ${name}`}
          value={tab}
          onValueChange={setTab}
          items={[
            {
              value: 'findings',
              label: found === 0 ? 'Findings' : `Findings (${found})`,
              content: findings,
            },
            {
              value: 'plan',
              label: 'Plan',
              content: isRested ? <PlanPanel path={path} /> : waiting,
            },
          ]}
          className="flex-1 [&>[role=tabpanel]]:pb-4"
        />
      ) : (
        findings
      )}
    </>
  );
}

/** Asks for check, plan and advice anew when the file has changed or a run went over it, and on demand. */
function useFreshAnswers({ path, modifiedAt, lastRun }: WorkflowSummary) {
  const cache = useQueryClient();
  const askAgain = useCallback(() => {
    void cache.invalidateQueries({ queryKey: ['check', path] });
    void cache.invalidateQueries({ queryKey: ['plan', path] });
    void cache.invalidateQueries({ queryKey: ['advice', path] });
  }, [cache, path]);
  const state = `${modifiedAt} ${lastRun?.runId} ${lastRun?.status}`;
  const known = useRef(state);
  useEffect(() => {
    if (known.current !== state) askAgain();
    known.current = state;
  }, [state, askAgain]);
  return { isChecking: useIsFetching({ queryKey: ['check', path] }) > 0, askAgain };
}

type FactsProps = { workflow: WorkflowSummary; isRested: boolean; onWipe: () => void };

function Facts({ workflow, isRested, onWipe }: FactsProps) {
  const openRun = useWindow((state) => state.openRun);
  const openHistory = useWindow((state) => state.openHistory);
  const { path, version, generationNodes, modifiedAt, unreadable, lastRun } = workflow;
  return (
    <div className="flex flex-col gap-1">
      <p className="flex min-w-0 items-center gap-1 text-muted">
        <span className="min-w-0 truncate" title={path}>
          {path}
        </span>
        <CopyButton text={path} what="path" />
      </p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
        {unreadable === null && (
          <>
            {version && <span>{version}</span>}
            <span>{sizeWords(workflow)}</span>
            <span>{counted(generationNodes, 'generation node')}</span>
          </>
        )}
        <span>
          changed <RelativeTime at={modifiedAt} />
        </span>
        {lastRun && (
          <button
            type="button"
            onClick={() => openRun(lastRun.runId)}
            className="flex h-6 items-center gap-2 rounded-sm text-ink hover:underline"
          >
            <span className="sr-only">Show the last run:</span>
            <StateMark {...lastRunMark(lastRun.status)} />
            <RelativeTime at={lastRun.at} />
          </button>
        )}
        <Button
          size="sm"
          variant="ghost"
          icon={<History aria-hidden />}
          className="-mx-2"
          onClick={() => openHistory(path)}
        >
          History
        </Button>
      </div>
      {unreadable === null && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <StandingBar standing={workflow} className="min-w-60 flex-1" />
          <div className="flex flex-wrap gap-2">
            {workflow.cached + workflow.stale > 0 && (
              <Button size="sm" icon={<Eraser aria-hidden />} onClick={onWipe}>
                Wipe cache…
              </Button>
            )}
            {isRested && <VersionActions path={path} size="sm" />}
          </div>
        </div>
      )}
    </div>
  );
}
