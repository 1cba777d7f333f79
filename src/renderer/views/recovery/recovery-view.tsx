import { Stethoscope } from 'lucide-react';
import { useState } from 'react';
import type { RecoveryEntry } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Screen } from '../../components/screen.tsx';
import { useAction } from '../../state/actions.ts';
import { inOrder, newEntry } from '../../state/recovery.ts';
import { useRecoveryWindow } from '../../state/recovery-window.ts';
import { useWindow } from '../../state/window.ts';
import { useRecoveries } from '../../wire/queries.ts';
import { DiagnoseDialog } from './diagnose-dialog.tsx';
import { RecoveryList } from './recovery-list.tsx';
import { Wizard } from './wizard.tsx';

/** Finds out what an interrupted run left behind, and takes it up (ui.md, screen 4). */
export function RecoveryView() {
  const recoveries = useRecoveries();
  const [isChoosing, setChoosing] = useState(false);
  const choose = () => setChoosing(true);
  useAction({ id: 'diagnose-workflow', title: 'Diagnose a workflow…', group: 'Recovery', run: choose });
  return (
    <Screen
      fixed
      title="Recovery"
      actions={
        <Button icon={<Stethoscope aria-hidden />} onClick={choose}>
          Diagnose a workflow…
        </Button>
      }
    >
      <Loaded query={recoveries} waiting="Looking for interrupted runs">
        {({ entries }) => <Recoveries entries={entries} onChoose={choose} />}
      </Loaded>
      {isChoosing && <DiagnoseDialog onClose={() => setChoosing(false)} />}
    </Screen>
  );
}

function Recoveries({ entries, onChoose }: { entries: readonly RecoveryEntry[]; onChoose: () => void }) {
  const chosen = useWindow((state) => state.recoveryPath);
  const known = inOrder(entries);
  // Off the list of the main side; what was done stays here until it has been read.
  const isFinished = useRecoveryWindow(({ outcomes }) => chosen !== null && outcomes[chosen] !== undefined);
  const entry =
    chosen === null
      ? (known[0] ?? null)
      : (known.find(({ path }) => path === chosen) ?? unlisted(chosen, isFinished));
  if (entry === null) return <NothingToRecover onChoose={onChoose} />;
  const isListed = known.includes(entry);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 xl:flex-row xl:gap-4">
      <RecoveryList entries={isListed ? known : [...known, entry]} selected={entry.path} />
      <Wizard key={entry.path} entry={entry} isListed={isListed} />
    </div>
  );
}

const unlisted = (path: string, isFinished: boolean): RecoveryEntry =>
  isFinished ? { ...newEntry(path), step: 'after-care' } : newEntry(path);

function NothingToRecover({ onChoose }: { onChoose: () => void }) {
  return (
    <EmptyState
      title="No run was interrupted"
      action={
        <Button icon={<Stethoscope aria-hidden />} onClick={onChoose}>
          Diagnose a workflow…
        </Button>
      }
    >
      <p>
        When a run is cut short, it stands here: what happened, what there is, and how to go on without paying
        for anything twice. You can also have a workflow looked at that another tool left half done.
      </p>
    </EmptyState>
  );
}
