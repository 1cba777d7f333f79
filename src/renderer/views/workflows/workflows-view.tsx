import { FolderPlus } from 'lucide-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { WorkflowsView as Workflows } from '../../../shared/workflows.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { counted } from '../../components/format.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Screen } from '../../components/screen.tsx';
import { useAction } from '../../state/actions.ts';
import { useRunDialog } from '../../state/run-dialog.ts';
import { isTyped } from '../../state/shortcuts.ts';
import { useRested } from '../../state/use-rested.ts';
import { useWindow } from '../../state/window.ts';
import { useWorkflows } from '../../wire/queries.ts';
import { AddFolder, FoldersDialog } from './folders-dialog.tsx';
import { type ListQuery, type ListRow, listRows, steadyRows } from './list-rows.ts';
import { ListTools } from './list-tools.tsx';
import { RunDialog } from './run-dialog.tsx';
import { WorkflowDetails } from './workflow-details.tsx';
import { WorkflowList, type WorkflowListHandle } from './workflow-list.tsx';

/** The workflow files of the project folders: what is in them, what is wrong with them, what a run would do. */
export function WorkflowsView() {
  const workflows = useWorkflows();
  const [foldersOpen, setFoldersOpen] = useState(false);
  useAction({ id: 'add-folder', title: 'Add a folder', group: 'Workflow', run: () => setFoldersOpen(true) });
  return (
    <Screen
      fixed
      title="Workflows"
      summary={workflows.data && <Summary view={workflows.data} />}
      actions={
        <Button icon={<FolderPlus aria-hidden />} onClick={() => setFoldersOpen(true)}>
          Add a folder
        </Button>
      }
    >
      <Loaded query={workflows} waiting="Looking for workflows">
        {(view) => (view.workflows.length > 0 ? <Browser view={view} /> : <NoWorkflows view={view} />)}
      </Loaded>
      <FoldersDialog open={foldersOpen} onOpenChange={setFoldersOpen} />
      <RunDialog />
    </Screen>
  );
}

function Summary({ view: { workflows, roots, scanning } }: { view: Workflows }) {
  return (
    <p role="status" className="truncate" title={roots.join('\n')}>
      {scanning
        ? `${workflows.length} so far, looking through ${counted(roots.length, 'folder')}…`
        : `${workflows.length} in ${roots.length === 1 ? roots[0] : counted(roots.length, 'folder')}`}
    </p>
  );
}

function NoWorkflows({ view: { roots, scanning } }: { view: Workflows }) {
  if (scanning) {
    return (
      <EmptyState title="Looking through the folders">
        <p className="break-all">{roots.join(', ')}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Workflows will be here"
      action={
        <div className="w-120 max-w-full">
          <AddFolder />
        </div>
      }
    >
      <p>
        {roots.length === 0
          ? 'Add the folder of your projects. Files ending in .nbflow in it are shown and watched.'
          : `There is no file ending in .nbflow in ${roots.join(', ')}. New ones show by themselves. Or add another folder.`}
      </p>
    </EmptyState>
  );
}

/** A version that was made is chosen at once, and seen by the watch of the folder a moment later. */
const ARRIVAL_MS = 3000;

const everything: ListQuery = { search: '', filter: 'all', sort: 'name' };

function Browser({ view: { workflows, roots } }: { view: Workflows }) {
  const [query, setQuery] = useState(everything);
  const [pointed, setPointed] = useState(false);
  const selected = useWindow((state) => state.workflowPath);
  const select = useWindow((state) => state.openWorkflow);
  const openRunDialog = useRunDialog((state) => state.open);
  const rows = useSteadyRows(workflows, query, pointed);
  const list = useRef<WorkflowListHandle>(null);
  const details = useRef<HTMLElement>(null);
  const isSettled = useRested(selected, ARRIVAL_MS) === selected;
  const workflow = workflows.find(({ path }) => path === selected);
  const shown = rows.filter(({ kind }) => kind === 'workflow').length;

  // The letter acts only where the focus is in the list or the details, and not while one types (WCAG 2.1.4).
  const onKeyDown = (press: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey } = press;
    if (key.toLowerCase() !== 'r' || ctrlKey || metaKey || altKey || press.defaultPrevented) return;
    const inList = press.target instanceof Element && press.target.closest('[role="listbox"]') !== null;
    if ((!inList && isTyped(press.nativeEvent)) || workflow?.unreadable !== null) return;
    press.preventDefault();
    openRunDialog(workflow.path);
  };

  return (
    <div {...{ onKeyDown }} className="grid min-h-0 flex-1 grid-cols-[minmax(0,5fr)_minmax(0,6fr)] gap-4">
      <div className="@container flex min-h-0 min-w-0 flex-col gap-2">
        <ListTools
          query={query}
          onChange={(change) => setQuery({ ...query, ...change })}
          onDown={() => list.current?.focus()}
        />
        {shown > 0 ? (
          <WorkflowList
            ref={list}
            rows={rows}
            showRoots={roots.length > 1}
            selected={selected}
            onSelect={select}
            onEnter={() => details.current?.focus()}
            onPointed={setPointed}
          />
        ) : (
          <EmptyState
            title="No workflow fits"
            action={<Button onClick={() => setQuery({ ...everything, sort: query.sort })}>Show all</Button>}
          />
        )}
      </div>
      {workflow ? (
        <WorkflowDetails ref={details} workflow={workflow} onEscape={() => list.current?.focus()} />
      ) : (
        <Unchosen state={selected === null ? 'none' : isSettled ? 'gone' : 'awaited'} />
      )}
    </div>
  );
}

const unchosen = {
  none: {
    title: 'Choose a workflow',
    text: 'You see its findings and what a run would do. Arrow keys choose, Enter goes to the details, R runs.',
  },
  awaited: { title: 'Looking for the workflow', text: 'It was made or moved just now.' },
  gone: {
    title: 'This workflow is no longer there',
    text: 'Its file was moved or deleted, or its folder is no longer watched.',
  },
};

function Unchosen({ state }: { state: keyof typeof unchosen }) {
  const { title, text } = unchosen[state];
  return (
    <div className="flex rounded-lg bg-panel">
      <EmptyState title={title}>
        <p>{text}</p>
      </EmptyState>
    </div>
  );
}

/**
 * The rows of the list. While the pointer is on it, and the person asks for nothing else, rows stay where they are:
 * an update never moves what the pointer is on (ui.md, Manner).
 */
function useSteadyRows(workflows: Workflows['workflows'], query: ListQuery, pointed: boolean): ListRow[] {
  const fresh = useMemo(() => listRows(workflows, query), [workflows, query]);
  const [held, setHeld] = useState<{ rows: ListRow[]; query: ListQuery } | null>(null);
  if (pointed && held?.query !== query) setHeld({ rows: fresh, query });
  if (!pointed && held !== null) setHeld(null);
  return useMemo(
    () => (held?.query === query ? steadyRows(held.rows, fresh, workflows) : fresh),
    [held, query, workflows, fresh],
  );
}
