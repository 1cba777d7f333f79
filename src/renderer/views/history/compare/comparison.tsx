import { ArrowDown, ArrowLeftRight, ArrowUp, RefreshCw } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type {
  Comparison as Compared,
  DiffRef,
  DiffSide,
  NodeDiff,
} from '../../../../shared/workflow-diff.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorCard } from '../../../components/error-card.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { useWindow } from '../../../state/window.ts';
import { useComparison } from '../../../wire/queries.ts';
import { failureCard } from '../../workflows/failure-card.ts';
import { type ChangeKind, fileWords, nodesOf, totalsWords } from './change-kinds.ts';
import { ChangeList, type ChangeListHandle } from './change-list.tsx';
import { comparisonText } from './comparison-text.ts';
import { KindFilter } from './kind-filter.tsx';

type ComparisonProps = {
  before: DiffRef;
  after: DiffRef;
  /** Somebody goes on to the run that is compared: what covers it may close. */
  onLeave?: () => void;
};

/** What is different between two workflows, versions, backups or ends of a run. Fills the height it is given. */
export function Comparison({ before, after, onLeave }: ComparisonProps) {
  const [swapped, setSwapped] = useState(false);
  const [first, second] = swapped ? [after, before] : [before, after];
  const compared = useComparison(first, second);
  const { data, error, isFetching } = compared;
  const again = () => void compared.refetch();
  return (
    <section aria-label="Comparison" className="@container flex min-h-0 min-w-0 flex-1 flex-col gap-3">
      {error && (
        <ErrorCard
          {...failureCard(error.failure)}
          actions={
            <Button size="sm" busy={isFetching} onClick={again}>
              Compare again
            </Button>
          }
        />
      )}
      {!error && !data && (
        <p role="status" className="text-muted">
          Comparing…
        </p>
      )}
      {!error && data && (
        <>
          <Sides compared={data} busy={isFetching} onSwap={() => setSwapped(!swapped)} onAgain={again} />
          <Differences
            key={`${data.before.sha256} ${data.after.sha256}`}
            compared={data}
            runId={runOf(second) ?? runOf(first)}
            onLeave={onLeave}
          />
        </>
      )}
    </section>
  );
}

const runOf = (side: DiffRef): string | null => (side.of === 'run' ? side.runId : null);

type SidesProps = { compared: Compared; busy: boolean; onSwap: () => void; onAgain: () => void };

function Sides({ compared: { before, after }, busy, onSwap, onAgain }: SidesProps) {
  return (
    <header className="grid shrink-0 grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto] items-center gap-3">
      <Side word="Before" side={before} />
      <IconButton label="Swap the sides" icon={<ArrowLeftRight aria-hidden />} onClick={onSwap} />
      <Side word="After" side={after} />
      <IconButton label="Compare again" disabled={busy} icon={<RefreshCw aria-hidden />} onClick={onAgain} />
    </header>
  );
}

function Side({ word, side: { label, path, at } }: { word: string; side: DiffSide }) {
  return (
    <div className="min-w-0">
      <p className="flex items-baseline gap-2 text-muted text-xs">
        {word}
        {at !== null && <RelativeTime at={at} />}
      </p>
      <p className="truncate font-medium" title={path ?? `${label} (its content is in the database only)`}>
        {label}
      </p>
    </div>
  );
}

type DifferencesProps = { compared: Compared; runId: string | null; onLeave: (() => void) | undefined };

function Differences({ compared, runId, onLeave }: DifferencesProps) {
  const { before, after, identical, diff } = compared;
  const [kinds, setKinds] = useState<ReadonlySet<ChangeKind>>(new Set());
  const nodes = useMemo(() => nodesOf(diff.nodes, kinds), [diff, kinds]);
  const beside = useMemo(
    () => [before.path, after.path].filter((path) => path !== null),
    [before.path, after.path],
  );
  const list = useRef<ChangeListHandle>(null);
  const showNode = useShowNode(runId, onLeave);
  const sum = totalsWords(diff.totals);
  const notes = fileWords(diff);

  if (identical) {
    return (
      <EmptyState title="Alike, byte for byte">
        <p>Both sides have the same content.</p>
      </EmptyState>
    );
  }
  if (sum === null && notes.length === 0) {
    return (
      <EmptyState title="Only the layout differs">
        <p>
          Prompts, references, settings, picks, cached output and wiring are the same. What differs is how the
          file is written, or where its nodes stand on the canvas.
        </p>
      </EmptyState>
    );
  }
  return (
    <>
      <div className="flex shrink-0 flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <p role="status" className="font-medium">
            {sum ?? 'No node differs.'}
          </p>
          <span className="ml-auto flex items-center gap-1">
            <CopyButton text={() => comparisonText(compared, nodes)} what="the comparison as text" />
            <IconButton
              size="sm"
              label="Previous change (K)"
              icon={<ArrowUp aria-hidden />}
              onClick={() => list.current?.step(-1)}
            />
            <IconButton
              size="sm"
              label="Next change (J)"
              icon={<ArrowDown aria-hidden />}
              onClick={() => list.current?.step(1)}
            />
          </span>
        </div>
        {notes.map((note) => (
          <p key={note} className="break-words">
            {note}
          </p>
        ))}
        <KindFilter totals={diff.totals} chosen={kinds} onChange={setKinds} />
        {diff.left > 0 && (
          <p className="text-muted">
            The first {diff.nodes.length} nodes are listed; {diff.left} more differ.
          </p>
        )}
      </div>
      {sum !== null && <ChangeList ref={list} nodes={nodes} beside={beside} showNode={showNode} />}
    </>
  );
}

/** Leads to a node on the board of the run that is compared; only what makes something stands there. */
function useShowNode(
  runId: string | null,
  onLeave: (() => void) | undefined,
): (node: NodeDiff) => (() => void) | null {
  const openRun = useWindow((state) => state.openRun);
  const selectNode = useWindow((state) => state.selectNode);
  return ({ nodeId, kind, change }) => {
    if (runId === null || change === 'removed' || (kind !== 'image' && kind !== 'video')) return null;
    return () => {
      openRun(runId);
      selectNode(nodeId);
      onLeave?.();
    };
  };
}
