import { Wrench } from 'lucide-react';
import type { FixResult } from '../../../shared/contract.ts';
import type { Finding } from '../../../shared/domain.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted } from '../../components/format.ts';
import { Loaded } from '../../components/loaded.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { notifyUndo } from '../../components/toaster.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { useCheck, type useFixWorkflow } from '../../wire/queries.ts';
import { failureCard } from './failure-card.ts';
import { useUndoBackup } from './undo-backup.ts';

/** What the sanity check says of the file as it is now, worst first, and the repair of what is safely repairable. */
export function FindingsPanel({ path, fix }: { path: string; fix: ReturnType<typeof useFixWorkflow> }) {
  const check = useCheck(path);
  const undo = useUndoBackup(path, 'the repair');
  const repair = () =>
    fix.mutate(
      { path },
      {
        onSuccess: ({ fixed, backupId }) => {
          // What the panel tells of the repair is no longer so once it is undone.
          if (backupId !== null) notifyUndo(repairedWords(fixed), () => undo(backupId, fix.reset));
        },
      },
    );
  return (
    <Loaded query={check} waiting="Checking">
      {(findings) => {
        const fixable = findings.filter((finding) => finding.fixable).length;
        return (
          <div className="flex h-full min-h-0 flex-col gap-3">
            {fix.error && <ErrorCard {...failureCard(fix.error.failure)} className="shrink-0" />}
            {fix.data && (
              <Repaired fixed={fix.data.fixed} backup={fix.data.backup} problem={fix.data.problem} />
            )}
            {fixable > 0 && (
              <div className="flex shrink-0 items-center gap-3 rounded-md bg-sunken px-3 py-2">
                <p className="min-w-0 flex-1">
                  {fixable === findings.length ? 'All of these' : `${fixable} of these`} can be repaired
                  safely. The file is backed up first.
                </p>
                <Button icon={<Wrench aria-hidden />} busy={fix.isPending} onClick={repair}>
                  Fix {fixable}
                </Button>
              </div>
            )}
            {findings.length === 0 ? (
              <StateMark mark="done" word="The check found nothing." />
            ) : (
              <VirtualList
                label="Findings"
                items={findings.map((finding, index) => ({ finding, key: String(index) }))}
                keyOf={({ key }) => key}
                height={() => 92}
              >
                {({ finding }) => <FindingItem finding={finding} />}
              </VirtualList>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

const repairedWords = (fixed: readonly Finding[]) => `Repaired ${counted(fixed.length, 'finding')}.`;

function Repaired({ fixed, backup, problem }: Pick<FixResult, 'fixed' | 'backup' | 'problem'>) {
  return (
    <div role="status" className="shrink-0 rounded-md bg-good-soft px-3 py-2">
      <StateMark
        mark="done"
        word={fixed.length === 0 ? 'There was nothing to repair.' : repairedWords(fixed)}
      />
      {backup !== null && (
        <p className="flex items-center gap-1">
          <span className="min-w-0 truncate" title={backup}>
            The file as it was: {backup}
          </span>
          <CopyButton text={backup} what="path of the backup" />
        </p>
      )}
      {problem !== null && <p>{problem}</p>}
    </div>
  );
}

function FindingItem({ finding }: { finding: Finding }) {
  const { severity, rule, tab, title, nodeId, where, message, cure, fixable } = finding;
  const node = nodeId === null ? null : `${title ?? 'node'} (${nodeId})`;
  const place = [tab, node].filter((part) => part !== null).join(' · ');
  return (
    <article className="flex gap-2 border-line border-b py-2">
      <StateMark
        mark={severity === 'error' ? 'failed' : 'needs-you'}
        word={severity}
        className="w-18 shrink-0 self-start"
      />
      <div className="min-w-0 flex-1 break-words">
        <p className="font-medium">{message}</p>
        <p>{cure}</p>
        <p className="text-muted text-xs leading-5">
          {place === '' ? 'the file' : place}
          {rule !== null && ` · rule ${rule}`}
          {fixable && ' · can be fixed'}
        </p>
        <p className="break-all font-mono text-muted text-xs">{where}</p>
      </div>
    </article>
  );
}
