import '@xyflow/react/dist/base.css';
import './graph.css';
import { useMemo, useState } from 'react';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Loaded } from '../../../components/loaded.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { Tabs } from '../../../components/tabs.tsx';
import { useRunGraph } from '../../../wire/queries.ts';
import { isWanted } from '../board-filter.ts';
import { graphTab } from './graph-model.ts';
import { GraphPane, type RunViewProps } from './graph-pane.tsx';

interface GraphProps extends RunViewProps {
  runId: string;
  /** Whose graph it is, for its name. */
  name: string;
  nodes: readonly RunNodeView[];
}

/** The workflow of a run as it was drawn when the run began, with what the run says of its nodes (ui.md, screen 3). */
export function Graph(props: GraphProps) {
  const graph = useRunGraph(props.runId);
  if (graph.error?.failure.code === 'not-found') {
    return (
      <EmptyState title="This run has no graph">
        It is of an earlier version of Flowdeck, which did not keep the drawing of the workflow. Its nodes are
        on the board.
      </EmptyState>
    );
  }
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Loaded query={graph} waiting="Reading the graph">
        {({ tabs }) => <TabsOfGraph {...props} tabs={tabs} />}
      </Loaded>
    </div>
  );
}

type DrawnTabs = readonly Parameters<typeof graphTab>[0][];

function TabsOfGraph({ tabs: drawn, ...props }: GraphProps & { tabs: DrawnTabs }) {
  const { nodes, wanting, selectedId, name } = props;
  const tabs = useMemo(() => drawn.map(graphTab), [drawn]);
  const ofTab = useMemo(() => {
    const lists = Map.groupBy(nodes, (node) => node.tabIndex);
    return tabs.map((_, i) => new Map((lists.get(i) ?? []).map((node) => [node.nodeId, node])));
  }, [tabs, nodes]);
  // The tab one chose, until a node of another one is opened.
  const [asked, setAsked] = useState({ tabIndex: 0, selectedId: null as number | null });
  const withSelected = ofTab.findIndex((members) => selectedId !== null && members.has(selectedId));
  const now = asked.selectedId === selectedId || withSelected < 0 ? asked.tabIndex : withSelected;

  const pane = (i: number) => {
    const tab = tabs[i];
    const members = ofTab[i];
    if (!tab || !members || tab.cards.length === 0) return <EmptyState title="This tab has no nodes" />;
    return (
      <GraphPane
        {...props}
        label={tabs.length > 1 ? `Graph of ${name}, ${tab.name}` : `Graph of ${name}`}
        tabIndex={i}
        tab={tab}
        nodes={members}
      />
    );
  };
  if (tabs.length < 2) return <div className="min-h-0 flex-1">{pane(0)}</div>;
  return (
    <Tabs
      label="Tabs of the workflow"
      value={String(now)}
      onValueChange={(value) => setAsked({ tabIndex: Number(value), selectedId })}
      className="flex-1"
      items={tabs.map((tab, i) => ({
        value: String(i),
        label: <TabLabel name={tab.name} nodes={[...(ofTab[i]?.values() ?? [])]} wanting={wanting} />,
        content: pane(i),
      }))}
    />
  );
}

type TabLabelProps = { name: string; nodes: readonly RunNodeView[]; wanting: ReadonlySet<number> };

function TabLabel({ name, nodes, wanting }: TabLabelProps) {
  const picks = nodes.filter((node) => isWanted(node, 'needs-you', wanting.has(node.nodeId))).length;
  const failed = nodes.filter((node) => isWanted(node, 'failed', false)).length;
  return (
    <span className="flex items-center gap-2">
      {name}
      {picks > 0 && (
        <span>
          <StateMark mark="needs-you" word={String(picks)} />
          <span className="sr-only"> need your pick</span>
        </span>
      )}
      {failed > 0 && (
        <span>
          <StateMark mark="failed" word={String(failed)} />
          <span className="sr-only"> failed</span>
        </span>
      )}
    </span>
  );
}
