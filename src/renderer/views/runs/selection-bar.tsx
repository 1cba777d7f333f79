import { RefreshCw, X } from 'lucide-react';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { counted } from '../../components/format.ts';
import { useAction } from '../../state/actions.ts';
import { useMakeReroll, useUnitPrices } from './reroll-action.ts';
import { amountWords, sumUp, whyNoRerolls } from './reroll-words.ts';

type SelectionBarProps = {
  run: RunSummary;
  nodes: ReadonlyMap<number, RunNodeView>;
  /** Nodes that are selected. */
  marked: ReadonlySet<number>;
  /** Escape clears the selection: nothing else wants that key now. */
  ownsEscape: boolean;
  onClear: () => void;
};

/** What can be done with all selected nodes at once, and what it costs. Lies over the foot of the board. */
export function SelectionBar({ run, nodes, marked, ownsEscape, onClear }: SelectionBarProps) {
  const { reroll, isPending } = useMakeReroll(run.runId);
  const prices = useUnitPrices(run.workflow, marked.size > 0);
  const chosen = [...marked].flatMap((id) => nodes.get(id) ?? []);
  const sum = sumUp(chosen, nodes, run, prices);
  const why = whyNoRerolls(run);
  const again = async () => {
    if (await reroll(sum.ready, sum.targets)) onClear();
  };
  const possible = chosen.length > 0 && sum.ready.length > 0;

  useAction(
    possible && !isPending
      ? {
          id: 'reroll-selection',
          title: `Re-roll ${counted(sum.ready.length, 'selected node')}`,
          group: 'Run',
          run: again,
        }
      : null,
  );
  useAction(
    chosen.length > 0
      ? {
          id: 'clear-selection',
          title: 'Clear the selection',
          group: 'Run',
          ...(ownsEscape && { shortcut: 'escape' }),
          run: onClear,
        }
      : null,
  );

  const leftOut =
    sum.leftOut === 0
      ? ''
      : `${sum.leftOut} of them cannot be made again now and ${sum.leftOut === 1 ? 'is' : 'are'} left out`;
  const words = [amountWords(null, sum.candidates, sum.costUSD), why ?? leftOut].filter(
    (part) => part !== '',
  );
  return (
    <>
      <p role="status" className="sr-only">
        {chosen.length > 0 && `${counted(chosen.length, 'node')} selected: ${words.join('. ')}.`}
      </p>
      {chosen.length > 0 && (
        <section
          aria-label="Selected nodes"
          className="absolute bottom-3 left-1/2 z-30 flex w-max max-w-[calc(100%-24px)] -translate-x-1/2 items-center gap-3 rounded-md border border-line-strong bg-raised py-2 pr-2 pl-4 shadow-lift"
        >
          <p className="min-w-0">
            <span className="font-medium">{counted(chosen.length, 'node')}</span>
            <span className="text-muted"> · {words.join(' · ')}</span>
          </p>
          <Button
            variant="primary"
            icon={<RefreshCw aria-hidden />}
            busy={isPending}
            disabled={!possible}
            onClick={again}
          >
            Re-roll {sum.ready.length}
          </Button>
          <Button variant="ghost" icon={<X aria-hidden />} onClick={onClear}>
            Clear
          </Button>
        </section>
      )}
    </>
  );
}
