import { Archive, ShieldCheck } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { WorkflowsView } from '../../../shared/workflows.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Screen } from '../../components/screen.tsx';
import { Select } from '../../components/select.tsx';
import { useAction } from '../../state/actions.ts';
import { isVerifying, useVerification } from '../../state/verification.ts';
import { useWindow } from '../../state/window.ts';
import { useWire } from '../../wire/provider.tsx';
import { useHistory, useWorkflows } from '../../wire/queries.ts';
import { VersionActions } from '../versions/version-actions.tsx';
import { BackupDialog } from './backup-dialog.tsx';
import { Lineage } from './lineage.tsx';
import { choiceOf, lineageKey, lineageLabels, lineages, shownPath } from './lineages.ts';

/** Versions, backups, runs and restores of a workflow, and the way back to any of them (ui.md, screen 5). */
export function HistoryView() {
  const workflows = useWorkflows();
  const asked = useWindow((state) => state.historyPath);
  // What was asked for is shown at once, also while the folders are looked through.
  if (workflows.data === undefined && asked === null)
    return (
      <Screen title="History">
        <Loaded query={workflows} waiting="Looking for workflows">
          {() => null}
        </Loaded>
      </Screen>
    );
  return <Histories known={workflows.data ?? null} asked={asked} />;
}

function Histories({ known, asked }: { known: WorkflowsView | null; asked: string | null }) {
  const openHistory = useWindow((state) => state.openHistory);
  const go = useWindow((state) => state.go);
  const found = useMemo(() => lineages(known?.workflows ?? []), [known]);
  const scanning = known === null || known.scanning;
  // Decided once: a file that changes must not turn the page under a person's eyes.
  const [first, setFirst] = useState<string | null>(null);
  if (asked === null && first === null && !scanning && found.length > 0) setFirst(shownPath(found, null));
  const wanted = asked ?? first;
  const path = wanted === null ? null : shownPath(found, wanted);
  if (path === null)
    return (
      <Screen title="History">
        <EmptyState
          title="Versions, backups, runs and restores will be here"
          action={<Button onClick={() => go('workflows')}>Show workflows</Button>}
        >
          <p>
            {scanning
              ? 'Looking through the folders…'
              : 'There is no workflow yet. Add the folder of your projects; whatever is done to a workflow can be undone from here.'}
          </p>
        </EmptyState>
      </Screen>
    );
  const own = lineageKey(path);
  const choices = found.some(({ key }) => key === own) ? found : [...found, choiceOf(path)];
  const labels = lineageLabels(choices);
  return (
    <Screen
      fixed
      title="History"
      summary={
        <Select
          label="Workflow"
          hideLabel
          className="w-64"
          value={own}
          onValueChange={(key) => {
            const next = choices.find((choice) => choice.key === key)?.paths[0];
            if (next !== undefined) openHistory(next);
          }}
          options={choices.map(({ key, code }) => ({ value: key, label: labels.get(key) ?? code }))}
        />
      }
      actions={<Actions path={path} isThere={found.some(({ paths }) => paths.includes(path))} />}
    >
      <Shown key={path} path={path} />
    </Screen>
  );
}

function Shown({ path }: { path: string }) {
  const history = useHistory(path);
  return (
    <Loaded query={history} waiting="Reading the history">
      {(view) => <Lineage view={view} />}
    </Loaded>
  );
}

function Actions({ path, isThere }: { path: string; isThere: boolean }) {
  const { client } = useWire();
  const selectEntry = useWindow((state) => state.selectEntry);
  const { current, begin } = useVerification();
  const [isBackingUp, setBackingUp] = useState(false);
  const goesOn = current !== null && current.path === path && isVerifying(current);
  const backUp = () => setBackingUp(true);
  const verify = () => void begin(client, path);
  useAction({ id: 'back-up', title: 'Back up the workflow now…', group: 'History', run: backUp });
  useAction(goesOn ? null : { id: 'verify', title: 'Verify the backups', group: 'History', run: verify });
  return (
    <>
      {isThere && <VersionActions path={path} />}
      <Button icon={<Archive aria-hidden />} onClick={backUp}>
        Back up now…
      </Button>
      <Button icon={<ShieldCheck aria-hidden />} busy={goesOn} onClick={verify}>
        Verify
      </Button>
      {isBackingUp && <BackupDialog path={path} onClose={() => setBackingUp(false)} onMade={selectEntry} />}
    </>
  );
}
