import { ArrowLeft } from 'lucide-react';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { RunView } from '../../../shared/run-view.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { runMark } from '../../components/marks.ts';
import { Screen } from '../../components/screen.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { DemoLabel } from '../../frame/demo-label.tsx';
import { useAction } from '../../state/actions.ts';
import { type RunLook, useRunLook } from '../../state/run-look.ts';
import { useWindow } from '../../state/window.ts';
import { useRun } from '../../wire/queries.ts';
import { Board } from './board.tsx';
import { type BoardFilter, filterCounts, nodesWantingPick } from './board-filter.ts';
import { BoardToolbar } from './board-toolbar.tsx';
import { nodesAfterEnd } from './ended-run.ts';
import { canPickIn, NodePanel } from './node-panel.tsx';
import { defaultTarget, PickKeys } from './pick-keys.tsx';
import { PicksBar } from './picks-bar.tsx';
import { useRerolling } from './reroll-action.ts';
import { NodeAnnouncer } from './run-announcer.tsx';
import { RunControls } from './run-controls.tsx';
import { RunFigures } from './run-header.tsx';
import { RunOverview } from './run-overview.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { SelectionMenu } from './selection-menu.tsx';
import { useSteadySet } from './use-board.ts';
import { useMakePick } from './use-run-edits.ts';
import { useSelection } from './use-selection.ts';
import { useWide } from './use-wide.ts';
import { ViewSwitch } from './view-switch.tsx';

// Fetched when they are first looked at: the board is what most runs are followed on.
const Graph = lazy(() => import('./graph/graph.tsx').then((part) => ({ default: part.Graph })));
const Timeline = lazy(() => import('./timeline/timeline.tsx').then((part) => ({ default: part.Timeline })));

/** One run, live or as its record tells it (ui.md, screen 3). */
export function RunScreen({ runId }: { runId: string }) {
  const run = useRun(runId);
  const openRun = useWindow((state) => state.openRun);
  const back = (
    <IconButton
      label="All runs"
      icon={<ArrowLeft aria-hidden />}
      className="-ml-2"
      onClick={() => openRun(null)}
    />
  );
  if (run.data) return <ShownRun view={run.data} before={back} />;
  return (
    <Screen title="Run" before={back}>
      <Loaded query={run} waiting="Reading the run">
        {() => null}
      </Loaded>
      {run.error && (
        <Button className="w-fit" onClick={() => openRun(null)}>
          Show all runs
        </Button>
      )}
    </Screen>
  );
}

function ShownRun({ view, before }: { view: RunView; before: React.ReactNode }) {
  const { summary, tabs } = view;
  const over = summary.finishedAt !== null;
  const nodes = useMemo(() => (over ? nodesAfterEnd(view.nodes) : view.nodes), [over, view.nodes]);
  const { nodeId, selectNode } = useWindow();
  const look = useRunLook((state) => state.look);
  const [filter, setFilter] = useState<BoardFilter>('all');
  const [search, setSearch] = useState('');
  const [focusedIn, setFocusedIn] = useState<{ look: RunLook; nodeId: number } | null>(null);
  const [details, setDetails] = useState(false);
  const wide = useWide();
  const wanting = useSteadySet(useMemo(() => nodesWantingPick(nodes), [nodes]));
  const counts = useMemo(() => filterCounts(nodes, wanting), [nodes, wanting]);
  const selected = nodes.find((node) => node.nodeId === nodeId) ?? null;
  // A view that is gone has no focus, and tells nobody that it lost it.
  const focusedId = focusedIn?.look === look ? focusedIn.nodeId : null;
  const focused = nodes.find((node) => node.nodeId === focusedId) ?? null;
  const onPick = useMakePick(summary.runId);
  const canPick = canPickIn(summary);
  const rerolling = useRerolling(summary, nodes, selected);
  const selection = useSelection(nodes);
  const [lastId, setLastId] = useState<number | null>(null);
  const at = selected ?? nodes.find((node) => node.nodeId === lastId) ?? null;

  const close = useCallback(() => {
    selectNode(null);
    focusView();
  }, [selectNode]);
  useAction(
    selected && { id: 'close-node', title: 'Close the node', group: 'Run', shortcut: 'escape', run: close },
  );
  // With a node open, its panel follows the cell one moves to: look, pick, next scene.
  const onFocusNode = (id: number | null) => {
    setFocusedIn(id === null ? null : { look, nodeId: id });
    if (id !== null) setLastId(id);
    if (id !== null && useWindow.getState().nodeId !== null) selectNode(id);
  };
  const shown = {
    nodes,
    wanting,
    filter,
    search,
    selectedId: selected?.nodeId ?? null,
    onOpen: selectNode,
    onFocusNode,
  };
  const target = canPick && !selected && focused ? defaultTarget(focused) : null;

  return (
    <Screen
      fixed
      title={summary.name}
      before={before}
      summary={
        <span className="flex items-center gap-4">
          <StateMark {...runMark(summary.status)} />
          {summary.demo && <DemoLabel />}
        </span>
      }
      actions={summary.live && <RunControls run={summary} inFlight={inFlight(view)} />}
    >
      <RunFigures run={summary} outages={view.outages} />
      <BoardToolbar
        before={<ViewSwitch />}
        counts={counts}
        filter={filter}
        onFilter={setFilter}
        search={search}
        onSearch={setSearch}
        details={
          wide || selected
            ? null
            : {
                title: over ? 'What came out' : 'Details',
                open: details,
                toggle: () => setDetails(!details),
              }
        }
      >
        <SelectionMenu
          nodes={nodes}
          at={at}
          hasSelection={selection.marked.size > 0}
          onSelect={selection.change}
        />
        <PicksBar
          run={summary}
          nodes={nodes}
          wanting={wanting}
          openId={selected?.nodeId ?? null}
          canPick={canPick}
          onGo={selectNode}
        />
      </BoardToolbar>
      <div className="flex min-h-0 flex-1 gap-4">
        <div className="relative flex min-h-0 min-w-0 flex-1">
          {look === 'board' && (
            <Board
              name={summary.name}
              tabs={tabs}
              {...shown}
              marked={selection.marked}
              onSelect={selection.change}
            />
          )}
          <Suspense fallback={<p className="flex-1 p-4 text-muted">One moment…</p>}>
            {look === 'graph' && (
              <Graph key={summary.runId} runId={summary.runId} name={summary.name} {...shown} />
            )}
            {look === 'timeline' && <Timeline run={summary} outages={view.outages} {...shown} />}
          </Suspense>
          <SelectionBar
            run={summary}
            nodes={selection.byId}
            marked={selection.marked}
            ownsEscape={selected === null}
            onClear={() => selection.change({ kind: 'clear' })}
          />
        </div>
        {selected ? (
          <NodePanel
            key={selected.nodeId}
            runId={summary.runId}
            node={selected}
            wide={wide}
            {...rerolling}
            canPick={canPick}
            wantsPick={wanting.has(selected.nodeId)}
            onPick={onPick}
            onClose={close}
          />
        ) : (
          (wide || details) && <RunOverview view={view} onOpen={selectNode} />
        )}
      </div>
      {target && <PickKeys target={target} onPick={onPick} />}
      <NodeAnnouncer nodes={nodes} />
    </Screen>
  );
}

const underWay = new Set(['submitting', 'generating', 'downloading', 'storing']);

/** Candidates that are with G-Labs or on their way from there. */
function inFlight(view: RunView): number {
  return view.nodes.reduce(
    (sum, node) => sum + node.candidates.filter(({ state }) => underWay.has(state)).length,
    0,
  );
}

/** Back to the cell one came from, when the panel that had the focus is gone. */
function focusView(): void {
  document
    .querySelector<HTMLElement>('[role="gridcell"][tabindex="0"], [data-home]')
    ?.focus({ preventScroll: true });
}
