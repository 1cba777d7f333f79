import type { RecoveryFinding } from '../../../shared/recovery.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { StateMark } from '../../components/state-mark.tsx';

/** What was seen, worst first. */
export function FindingList({ findings }: { findings: readonly RecoveryFinding[] }) {
  if (findings.length === 0) return null;
  const sorted = findings.toSorted((a, b) => weight(a) - weight(b));
  return (
    <section aria-label="Evidence" className="flex flex-col">
      <h4 className="pb-1 text-muted text-xs">Evidence</h4>
      <ul className="flex flex-col">
        {sorted.map((finding) => (
          <FindingItem key={`${finding.code} ${finding.nodeId} ${finding.message}`} finding={finding} />
        ))}
      </ul>
    </section>
  );
}

const weight = ({ severity }: RecoveryFinding) => (severity === 'problem' ? 0 : 1);

function FindingItem({ finding: { severity, message, nodeId, where, cure } }: { finding: RecoveryFinding }) {
  return (
    <li className="flex gap-2 border-line border-t py-2">
      <StateMark
        mark={severity === 'problem' ? 'failed' : 'waiting'}
        word={severity}
        className="w-20 shrink-0 self-start"
      />
      <div className="min-w-0 flex-1 break-words">
        <p>{message}</p>
        {cure !== null && <p className="text-muted">{cure}</p>}
        {(where !== null || nodeId !== null) && (
          <p className="flex min-w-0 items-center gap-1 text-muted text-xs">
            {nodeId !== null && <span className="shrink-0">node {nodeId}</span>}
            {where !== null && (
              <>
                <span className="min-w-0 truncate font-mono" title={where}>
                  {where}
                </span>
                <CopyButton text={where} what={/^https?:/.test(where) ? 'address' : 'path'} />
              </>
            )}
          </p>
        )}
      </div>
    </li>
  );
}
