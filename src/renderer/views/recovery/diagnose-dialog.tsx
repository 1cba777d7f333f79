import { Command } from 'cmdk';
import { useDeferredValue, useState } from 'react';
import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { Dialog } from '../../components/dialog.tsx';
import { counted } from '../../components/format.ts';
import { Loaded } from '../../components/loaded.tsx';
import { useWindow } from '../../state/window.ts';
import { useWorkflows } from '../../wire/queries.ts';
import { foundWorkflows } from './found-workflows.ts';

/** Chooses a workflow to be diagnosed, whatever tool ran it last. */
export function DiagnoseDialog({ onClose }: { onClose: () => void }) {
  const workflows = useWorkflows();
  const openRecovery = useWindow((state) => state.openRecovery);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Diagnose a workflow"
      description="Flowdeck looks at the file, what lies in Assets/ and in the store, and whether its outputs still answer. Nothing is changed."
    >
      <Loaded query={workflows} waiting="Looking for workflows">
        {(view) => (
          <Chooser
            workflows={view.workflows}
            onChoose={(path) => {
              openRecovery(path);
              onClose();
            }}
          />
        )}
      </Loaded>
    </Dialog>
  );
}

type ChooserProps = { workflows: readonly WorkflowSummary[]; onChoose: (path: string) => void };

function Chooser({ workflows, onChoose }: ChooserProps) {
  const [search, setSearch] = useState('');
  const { found, more } = foundWorkflows(workflows, useDeferredValue(search));
  return (
    <Command label="Workflows" shouldFilter={false} loop className="p-1">
      <Command.Input
        value={search}
        onValueChange={setSearch}
        placeholder="Name or folder"
        className="h-8 w-full rounded-sm border border-line-strong bg-sunken px-2 placeholder:text-muted"
      />
      <Command.List className="mt-2 max-h-80 overflow-y-auto">
        <Command.Empty className="px-2 py-4 text-muted">
          {workflows.length === 0
            ? 'No workflow is known. Add the folder of your projects on the screen Workflows.'
            : 'No workflow has this name.'}
        </Command.Empty>
        {found.map(({ path, name, folder, unreadable }) => (
          <Command.Item
            key={path}
            value={path}
            onSelect={() => onChoose(path)}
            className="flex h-8 cursor-pointer items-center gap-3 rounded-sm px-2 data-[selected=true]:bg-accent-soft"
          >
            <span className="shrink-0 font-medium">{name}</span>
            <span className="min-w-0 truncate text-muted">{folder}</span>
            {unreadable !== null && <span className="ml-auto shrink-0 text-bad">cannot be read</span>}
          </Command.Item>
        ))}
      </Command.List>
      {more > 0 && (
        <p className="px-2 pt-2 text-muted">
          {counted(more, 'more workflow')}: type a part of the name to find it.
        </p>
      )}
    </Command>
  );
}
