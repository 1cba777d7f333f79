import { Clapperboard, Image } from 'lucide-react';
import type { PlanNode } from '../../../shared/domain.ts';
import { Button } from '../../components/button.tsx';
import { counted } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { isMade, isStale, type PlanPart, type PlanRow, planMark, planRows, planWords } from './plan-rows.ts';

type PlanListProps = {
  nodes: readonly PlanNode[];
  part: PlanPart;
  /** Takes a stale node as it is; left out where a plan is only shown. */
  accept?: { node: (node: PlanNode) => void; pending: number | null };
};

const nothing: Record<PlanPart, string> = {
  all: 'There is nothing to generate in this workflow: it has no image or video node.',
  generate: 'Nothing to generate: all output is there and fits.',
  reuse: 'Nothing is reused.',
};

/** The plan node by node, under its tabs and scenes. Fills the height it is given. */
export function PlanList({ nodes, part, accept }: PlanListProps) {
  const rows = planRows(nodes, part);
  const severalTabs = new Set(nodes.map((node) => node.tab)).size > 1;
  if (rows.length === 0) return <p className="text-muted">{nothing[nodes.length === 0 ? 'all' : part]}</p>;
  return (
    <VirtualList
      label="Plan"
      items={rows}
      keyOf={(row) => row.key}
      height={(row) => (row.kind === 'scene' ? 32 : 28)}
      className="@container"
    >
      {(row) =>
        row.kind === 'scene' ? (
          <SceneHeading row={row} showTab={severalTabs} />
        ) : (
          <PlannedNode node={row.node} accept={accept} />
        )
      }
    </VirtualList>
  );
}

type SceneRow = Extract<PlanRow, { kind: 'scene' }>;

function SceneHeading({ row, showTab }: { row: SceneRow; showTab: boolean }) {
  return (
    <div className="flex items-baseline gap-3 pt-2 pb-1">
      <h3 className="min-w-0 truncate font-medium">
        {showTab && `${row.tab} · `}Scene {row.scene}
      </h3>
      <span className="ml-auto whitespace-nowrap text-muted text-xs">
        {row.generations === 0 ? (
          'nothing to generate'
        ) : (
          <>
            {row.generations} to generate, <Money usd={row.costUSD} estimate />
          </>
        )}
      </span>
    </div>
  );
}

function PlannedNode({ node, accept }: { node: PlanNode; accept: PlanListProps['accept'] }) {
  const Kind = node.kind === 'image' ? Image : Clapperboard;
  const [one, many] = node.kind === 'image' ? ['image', 'images'] : ['clip', 'clips'];
  return (
    <div className="grid grid-cols-[12px_16px_minmax(0,1fr)_max-content] items-center gap-x-2 py-1 @lg:grid-cols-[12px_16px_minmax(0,2fr)_minmax(0,3fr)_5rem]">
      <StateMark {...planMark(node)} hideWord />
      <Kind aria-hidden className="size-4 text-muted" />
      <span className="truncate" title={`${node.title}, node ${node.nodeId}`}>
        {node.title} <span className="text-muted">{node.nodeId}</span>
      </span>
      <span className="col-start-3 row-start-2 text-muted @lg:col-start-4 @lg:row-start-1">
        {planWords(node)}
        {accept && isStale(node) && (
          <Button
            size="sm"
            className="ml-2"
            aria-label={`Accept ${node.title} (node ${node.nodeId}) as it is`}
            busy={accept.pending === node.nodeId}
            onClick={() => accept.node(node)}
          >
            Accept as it is
          </Button>
        )}
      </span>
      <span className="whitespace-nowrap text-right @lg:col-start-5">
        {isMade(node) ? counted(node.generations, one, many) : <span className="text-muted">–</span>}
      </span>
    </div>
  );
}
