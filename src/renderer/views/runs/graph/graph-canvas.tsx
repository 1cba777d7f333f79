import { ReactFlow, type ReactFlowInstance, useOnViewportChange } from '@xyflow/react';
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { counted } from '../../../components/format.ts';
import { flowElements } from './flow-elements.ts';
import {
  type Box,
  boundsOf,
  cardAt,
  firstView,
  fitView,
  MOST_ZOOM,
  type View,
  withInSight,
} from './graph-arrange.ts';
import { ActiveCard, type CardNode, CardView } from './graph-card.tsx';
import { type Detail, detailAt } from './graph-detail.ts';
import { type LinkEdge, LinkView } from './graph-edge.tsx';
import { GraphLiveProvider, type GraphLiveStore } from './graph-live.ts';
import type { GraphTab, Places, Size } from './graph-model.ts';
import { type GraphColumns, moveOnGraph } from './graph-moves.ts';
import { GraphOverview } from './graph-overview.tsx';
import { GraphTools } from './graph-tools.tsx';

const nodeTypes = { card: CardView };
const edgeTypes = { link: LinkView };
const none = { nodes: [], edges: [] };

type GraphCanvasProps = {
  /** Names the graph: `Graph of XYZG3-V0-1, Account A`. */
  label: string;
  tab: GraphTab;
  places: Places;
  columns: GraphColumns;
  live: GraphLiveStore;
  size: Size;
  /** Where one was when one last looked. */
  before: View | undefined;
  onView: (view: View) => void;
  chosen: number | null;
  active: number;
  onActive: (card: number) => void;
  onChoose: (card: number | null) => void;
  /** The focus came to the graph, or left it. */
  onFocused: (focused: boolean) => void;
  note: string | null;
};

/**
 * One tab's cards and links on a canvas. It is one stop for the Tab key: the card that keys go to is told by
 * `aria-activedescendant`, so that the focus is not lost when a card leaves the page on the way.
 */
export function GraphCanvas(props: GraphCanvasProps) {
  const { label, tab, places, columns, live, size, before, onView, chosen, active, note } = props;
  const { onActive, onChoose, onFocused } = props;
  const id = useId();
  const flow = useRef<ReactFlowInstance<CardNode, LinkEdge> | null>(null);
  const bounds = useMemo(() => boundsOf(tab, places), [tab, places]);
  const elements = useMemo(() => flowElements(tab, places), [tab, places]);
  const [start] = useState(() => before ?? firstView(bounds, size));
  const [detail, setDetail] = useState<Detail>(() => detailAt(start.zoom));
  const shown = detail === 'overview' ? none : elements;
  const leastZoom = Math.min(0.2, fitView(bounds, size).zoom * 0.8);

  const boxOf = (card: number): Box | null => {
    const at = places.get(card);
    const of = tab.byId.get(card)?.size;
    return at && of ? { ...at, ...of } : null;
  };
  const bringInSight = (card: number, room = size) => {
    const box = boxOf(card);
    const view = flow.current?.getViewport();
    if (!box || !view) return;
    const next = withInSight(view, box, room);
    if (next !== view) void flow.current?.setViewport(next);
  };
  // What is opened stays in sight when the panel takes its room, and comes into sight when it was opened elsewhere.
  const latest = useRef(bringInSight);
  useEffect(() => {
    latest.current = bringInSight;
  });
  useEffect(() => {
    if (chosen !== null) latest.current(chosen, size);
  }, [chosen, size]);

  const showAll = () => void flow.current?.setViewport(fitView(bounds, size));

  const onKeyDown = (press: KeyboardEvent<HTMLElement>) => {
    // Buttons on the canvas have keys of their own.
    if (press.target !== press.currentTarget || press.ctrlKey || press.metaKey || press.altKey) return;
    const done = keyAction(press.key);
    if (!done) return;
    press.preventDefault();
    done();
  };
  const keyAction = (key: string): (() => void) | null => {
    switch (key) {
      case 'Enter':
      case ' ':
        return () => onChoose(active);
      case '+':
      case '=':
        return () => void flow.current?.zoomIn();
      case '-':
        return () => void flow.current?.zoomOut();
      case '0':
        return showAll;
    }
    const to = moveOnGraph(active, key, tab, places, columns);
    return to === null
      ? null
      : () => {
          onActive(to);
          bringInSight(to);
        };
  };

  const choose = (card: number | null, event: MouseEvent) => {
    (event.target as Element).closest<HTMLElement>('[data-home]')?.focus({ preventScroll: true });
    onChoose(card);
  };
  const onPaneClick = (event: MouseEvent) => {
    const point = flow.current?.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const reach = FINGER / (flow.current?.getZoom() ?? 1);
    choose(detail === 'overview' && point ? cardAt(tab, places, point, reach) : null, event);
  };

  const activeCard = tab.byId.get(active);
  return (
    <GraphLiveProvider value={live}>
      <ReactFlow<CardNode, LinkEdge>
        {...shown}
        className="group/graph -outline-offset-2 rounded-lg bg-panel"
        aria-label={`${label}: ${counted(tab.cards.length, 'node')}`}
        aria-describedby={`${id}-keys`}
        aria-activedescendant={activeCard ? `${id}-${active}` : undefined}
        tabIndex={0}
        data-home
        data-detail={detail}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultViewport={start}
        minZoom={leastZoom}
        maxZoom={MOST_ZOOM}
        onInit={(instance) => {
          flow.current = instance;
          if (chosen !== null) bringInSight(chosen);
        }}
        onNodeClick={(event, { data }) => choose(data.card.id, event)}
        onPaneClick={onPaneClick}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.target === event.currentTarget && onFocused(true)}
        onBlur={(event) => event.target === event.currentTarget && onFocused(false)}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        panOnScroll
        zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
      >
        {detail === 'overview' && <GraphOverview tab={tab} places={places} live={live} />}
        <ViewWatch
          onChange={(view) => {
            const next = detailAt(view.zoom);
            setDetail(next);
            live.setState({ far: next === 'far' && tab.cards.length > MOST_WITH_PICTURES });
          }}
          onEnd={onView}
        />
        <GraphTools onFit={showAll} note={note} />
        <p id={`${id}-keys`} className="sr-only">
          Arrow keys move along the links, Enter opens a node, plus and minus zoom, 0 shows everything.
        </p>
        {activeCard && (
          <ActiveCard key={active} id={`${id}-${active}`} card={activeCard} onOpen={() => onChoose(active)} />
        )}
      </ReactFlow>
    </GraphLiveProvider>
  );
}

/** Up to so many cards, the pictures are shown from farther away, too. */
const MOST_WITH_PICTURES = 120;

/** How near to a card, in pixels of the screen, a click in the overview is meant for it. */
const FINGER = 12;

function ViewWatch({ onChange, onEnd }: { onChange: (view: View) => void; onEnd: (view: View) => void }) {
  useOnViewportChange({ onChange, onEnd });
  return null;
}
