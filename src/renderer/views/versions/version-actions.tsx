import { BadgeCheck, CopyPlus } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { useAction } from '../../state/actions.ts';
import { useVersionDialog } from '../../state/version-dialog.ts';
import { useBumpAdvice } from '../../wire/queries.ts';
import { workflowName } from './version-words.ts';

/** Next version, and approval of one under test. `path`: the live file. */
export function VersionActions({ path, size = 'md' }: { path: string; size?: 'sm' | 'md' }) {
  const { data: advice } = useBumpAdvice(path);
  const open = useVersionDialog((state) => state.open);
  const name = workflowName(path);
  const bump = () => open(path, 'bump');
  const graduate = () => open(path, 'graduate');
  const canGraduate = advice?.graduated != null;

  useAction({ id: 'bump-workflow', title: `Bump ${name}: next version…`, group: 'Workflow', run: bump });
  useAction(
    canGraduate
      ? { id: 'graduate-workflow', title: `Graduate ${name}: approve it…`, group: 'Workflow', run: graduate }
      : null,
  );
  return (
    <>
      <Button size={size} icon={<CopyPlus aria-hidden />} onClick={bump}>
        Next version…
      </Button>
      {canGraduate && (
        <Button size={size} icon={<BadgeCheck aria-hidden />} onClick={graduate}>
          Approve…
        </Button>
      )}
    </>
  );
}
