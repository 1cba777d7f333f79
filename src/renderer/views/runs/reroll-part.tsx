import { Pencil, RefreshCw } from 'lucide-react';
import type { Ref } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { draftKey, usePromptDrafts } from './prompt-edits.ts';
import type { Rerolling } from './reroll-action.ts';
import { amountWords, candidatesOf, targetsOf } from './reroll-words.ts';

type RerollPartProps = Rerolling & {
  node: RunNodeView;
  editButton: Ref<HTMLButtonElement>;
  onEdit: () => void;
};

/** The two ways to get something else from a node, with what they cost; or why it is not the time. */
export function RerollPart({
  node,
  path,
  whyNot,
  whyNoEdit,
  unitUSD,
  reroll,
  isPending,
  editButton,
  onEdit,
}: RerollPartProps) {
  const hasDraft = usePromptDrafts((state) => draftKey(path, node.nodeId) in state.drafts);
  const candidates = candidatesOf(node);
  const failed = node.state === 'failed';
  const cost = unitUSD === null ? null : unitUSD * candidates;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap gap-2">
        <Button
          icon={<RefreshCw aria-hidden />}
          busy={isPending}
          disabled={whyNot !== null}
          onClick={() => void reroll([node], targetsOf([node]))}
        >
          {failed ? 'Try again' : 'Re-roll'}
        </Button>
        <Button ref={editButton} icon={<Pencil aria-hidden />} disabled={whyNoEdit !== null} onClick={onEdit}>
          {hasDraft ? 'Go on editing the prompt…' : 'Edit prompt and re-roll…'}
        </Button>
      </div>
      <p className="text-muted text-xs">
        {whyNot ??
          (failed
            ? `Makes what is missing: ${amountWords(node.kind, candidates, cost)}. Then what waits for it.`
            : `Makes ${amountWords(node.kind, candidates, cost)}, anew. All else stays as it is.`)}
        {whyNoEdit !== null && whyNoEdit !== whyNot && ` ${whyNoEdit}`}
      </p>
    </div>
  );
}
