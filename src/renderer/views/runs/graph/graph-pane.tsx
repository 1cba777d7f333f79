import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { useRunLook } from '../../../state/run-look.ts';
import type { BoardFilter } from '../board-filter.ts';
import { GraphCanvas } from './graph-canvas.tsx';
import { litCards } from './graph-lit.ts';
import { createGraphLive } from './graph-live.ts';
import { type GraphTab, noPath, pathThrough } from './graph-model.ts';
import { columnsOf } from './graph-moves.ts';
import { opensWith } from './graph-words.ts';
import { useBoxSize } from './use-box-size.ts';
import { usePlaces } from './use-places.ts';

/** What the three views of a run have in common. */
export interface RunViewProps {
  /** Nodes that want a person's pick. */
  wanting: ReadonlySet<number>;
  filter: BoardFilter;
  search: string;
  selectedId: number | null;
  /** A node was opened: with Enter or a click. */
  onOpen: (nodeId: number) => void;
  /** The node that keys go to; null when the focus leaves the view. */
  onFocusNode: (nodeId: number | null) => void;
}

interface GraphPaneProps extends RunViewProps {
  runId: string;
  label: string;
  tabIndex: number;
  tab: GraphTab;
  /** The tab's generation nodes. */
  nodes: ReadonlyMap<number, RunNodeView>;
}

/** A card, for as long as the node that is open stays the same. */
interface Held {
  card: number;
  selectedId: number | null;
}

/** One tab of the graph: which of its cards is open, which one keys go to, and what the run says of them. */
export function GraphPane(props: GraphPaneProps) {
  const { runId, label, tabIndex, tab, nodes, wanting, filter, search, selectedId } = props;
  const { onOpen, onFocusNode } = props;
  const box = useRef<HTMLDivElement>(null);
  const size = useBoxSize(box);
  const { places, shown, note } = usePlaces(runId, tabIndex, tab);
  const view = `${runId} ${tabIndex} ${shown}`;
  const before = useRunLook.getState().views[view];

  const [live] = useState(createGraphLive);
  const [lastChosen, setChosen] = useState<Held | null>(null);
  const [lastActive, setActive] = useState<Held | null>(null);
  const own = selectedId !== null && tab.byId.has(selectedId) ? selectedId : null;
  const chosen = lastChosen?.selectedId === selectedId ? lastChosen.card : own;
  const columns = useMemo(() => columnsOf(tab, places), [tab, places]);
  const first = columns.columns[0]?.[0];
  const active =
    lastActive?.selectedId === selectedId ? lastActive.card : (chosen ?? lastActive?.card ?? first ?? null);

  const opens = (card: number) => {
    const found = tab.byId.get(card);
    return found ? opensWith(found, nodes) : null;
  };
  const choose = (card: number | null) => {
    const nodeId = card === null ? null : opens(card);
    const next = nodeId ?? selectedId;
    setChosen(card === null ? null : { card, selectedId: next });
    if (card !== null) setActive({ card, selectedId: next });
    if (nodeId !== null) onOpen(nodeId);
  };
  const activate = (card: number) => {
    const nodeId = opens(card);
    setActive({ card, selectedId: selectedId === null ? null : (nodeId ?? selectedId) });
    if (nodeId !== null) onFocusNode(nodeId);
  };

  const path = useMemo(() => (chosen === null ? noPath : pathThrough(tab, chosen)), [tab, chosen]);
  const lit = useMemo(
    () => litCards(tab, nodes, wanting, { filter, search }),
    [tab, nodes, wanting, filter, search],
  );
  useLayoutEffect(() => {
    live.setState({ nodes, wanting, lit, chosen, active, path });
  }, [live, nodes, wanting, lit, chosen, active, path]);

  return (
    <div ref={box} className="h-full min-h-0 min-w-0 overflow-hidden">
      {size && active !== null && (
        <GraphCanvas
          key={shown}
          label={label}
          tab={tab}
          places={places}
          columns={columns}
          live={live}
          size={size}
          before={before}
          onView={(next) => useRunLook.getState().keepView(view, next)}
          chosen={chosen}
          active={active}
          onActive={activate}
          onChoose={choose}
          onFocused={(focused) => onFocusNode(focused ? opens(active) : null)}
          note={note}
        />
      )}
    </div>
  );
}
