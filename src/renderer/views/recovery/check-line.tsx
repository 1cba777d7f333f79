import type { Diagnosis } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { counted } from '../../components/format.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { useWindow } from '../../state/window.ts';
import { useDetailsTab } from '../workflows/details-tab.ts';

/** The sanity check in a line; the findings themselves are on the screen Workflows, where they can be repaired. */
export function CheckLine({ diagnosis: { check, path, verdict } }: { diagnosis: Diagnosis }) {
  const openWorkflow = useWindow((state) => state.openWorkflow);
  const ask = useDetailsTab((state) => state.ask);
  const show = () => {
    ask(path, 'findings');
    openWorkflow(path);
  };
  if (verdict === 'source damaged') return null;
  const errors = check.filter(({ severity }) => severity === 'error').length;
  if (check.length === 0) return <StateMark mark="done" word="The sanity check finds nothing." />;
  const words = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(check.length > errors ? [counted(check.length - errors, 'warning')] : []),
  ];
  return (
    <p className="flex flex-wrap items-center gap-3">
      <StateMark
        mark={errors > 0 ? 'failed' : 'needs-you'}
        word={`The sanity check finds ${words.join(' and ')}.`}
      />
      <Button size="sm" onClick={show}>
        Show the findings
      </Button>
    </p>
  );
}
