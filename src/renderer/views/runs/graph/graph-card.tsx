import type { Node, NodeProps } from '@xyflow/react';
import { Check, Clapperboard, Image, type LucideIcon, Shapes, TextAlignStart, UserRound } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { NodeKind } from '../../../../shared/domain.ts';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { cx } from '../../../components/cx.ts';
import type { Mark } from '../../../components/marks.ts';
import { StateMark } from '../../../components/state-mark.tsx';
import { Thumb } from '../board-cells.tsx';
import { MOST_THUMBS, shapeOf } from '../board-layout.ts';
import { Media } from '../media.tsx';
import { candidateAt, isThere, pickedFor } from '../picks.ts';
import { nodeWords } from '../run-words.ts';
import { useLive } from './graph-live.ts';
import { type GraphCard, LINK_HEIGHT, type Size } from './graph-model.ts';
import { cardLabel, gateState, kindWords, mediaOf, opensWith, promptText } from './graph-words.ts';

export type CardNode = Node<{ card: GraphCard }, 'card'>;

const icons: Record<NodeKind, LucideIcon> = {
  prompt: TextAlignStart,
  media: UserRound,
  image: Image,
  video: Clapperboard,
  gate: Check,
  other: Shapes,
};

/** A node of the workflow. Drawn anew only when its own part of the run is another. */
export const CardView = memo(function CardView({ data: { card } }: NodeProps<CardNode>) {
  const label = useLive((state) => cardLabel(card, state.nodes, state.wanting));
  const opens = useLive((state) => opensWith(card, state.nodes) !== null);
  const chosen = useLive((state) => state.chosen === card.id);
  const onPath = useLive((state) => state.path.nodes.has(card.id));
  const active = useLive((state) => state.active === card.id);
  const dim = useLive((state) => state.lit !== null && !state.lit.has(card.id));
  const mark = useLive((state) => markOf(card, state.nodes, state.wanting));
  const Icon = icons[card.kind];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a group of fields.
    <div
      role="group"
      aria-label={label}
      aria-current={chosen || undefined}
      data-card={card.id}
      data-dim={dim || undefined}
      className={cx(
        'flex size-full flex-col overflow-hidden rounded-md border px-3 py-2 text-(length:--graph-text)',
        dim ? 'border-line bg-panel text-muted' : 'border-line-strong/60 bg-raised',
        opens && 'hover:border-accent-text',
        onPath && 'border-accent-text/70',
        !dim && mark && edges[mark],
        chosen && 'border-accent-text outline-2 outline-accent-text',
        active && activeRing,
      )}
    >
      <div className="flex h-8 shrink-0 items-center gap-1.5 leading-8" title={card.title}>
        <Icon aria-hidden className="size-[1em] shrink-0 text-muted" />
        <span className={cx('truncate', mark !== null && 'font-medium')}>{card.title}</span>
      </div>
      <CardContent card={card} />
      {/* React Flow looks here for the ends of links, when it measures a card. */}
      <span className="source absolute right-0" data-handlepos="right" style={{ top: LINK_HEIGHT }} />
      <span className="target absolute left-0" data-handlepos="left" style={{ top: LINK_HEIGHT }} />
    </div>
  );
});

/** The ring of the card that keys go to shows while the graph itself has the focus. */
const activeRing =
  'group-focus-visible/graph:outline-2 group-focus-visible/graph:outline-accent-text group-focus-visible/graph:outline-offset-3';

/** A state in the size of the letters around it. */
const stateLine = 'shrink-0 leading-7 [&>svg]:size-[0.85em]';

const edges: Partial<Record<Mark, string>> = {
  working: 'border-busy',
  'needs-you': 'border-attn',
  failed: 'border-bad',
};

/** The state that colours a card: of generation nodes and of gates; null for the others. */
export function markOf(
  card: GraphCard,
  nodes: ReadonlyMap<number, RunNodeView>,
  wanting: ReadonlySet<number>,
): Mark | null {
  const [id = card.id] = card.about;
  const node = nodes.get(id);
  if (card.kind === 'gate') return gateState(card, node, wanting.has(id))?.mark ?? null;
  return node && card.id === id ? nodeWords(node).mark : null;
}

function CardContent({ card }: { card: GraphCard }) {
  switch (card.kind) {
    case 'image':
    case 'video':
      return <Candidates card={card} />;
    case 'gate':
      return <Picks card={card} />;
    case 'prompt':
      return <PromptText card={card} />;
    case 'media':
      return <Picture card={card} />;
    case 'other':
      return null;
  }
}

function Candidates({ card }: { card: GraphCard }) {
  const node = useLive((state) => state.nodes.get(card.id));
  const wantsPick = useLive((state) => state.wanting.has(card.id));
  const far = useLive((state) => state.far);
  if (!node) return <Line>not part of this run</Line>;
  const [gate] = node.gates;
  const size = thumbIn(node.aspectRatio, { width: 58, height: 72 });
  return (
    <>
      <StateMark {...nodeWords(node)} className={stateLine} />
      {!far && (
        <div className="mt-auto flex items-end gap-1" data-thumbs>
          {node.candidates.slice(0, MOST_THUMBS).map((candidate) => {
            const picked = gate ? pickedFor(gate, candidate.row, wantsPick) : null;
            return (
              <Thumb
                key={`${candidate.row}.${candidate.candidate}`}
                node={node}
                candidate={candidate}
                picked={picked?.candidate === candidate.candidate ? picked.by : null}
                size={size}
              />
            );
          })}
          {node.candidates.length > MOST_THUMBS && (
            <span className="text-muted text-xs">+{node.candidates.length - MOST_THUMBS}</span>
          )}
        </div>
      )}
    </>
  );
}

function Picks({ card }: { card: GraphCard }) {
  const [about = card.id] = card.about;
  const node = useLive((state) => state.nodes.get(about));
  const wantsPick = useLive((state) => state.wanting.has(about));
  const far = useLive((state) => state.far);
  const state = gateState(card, node, wantsPick);
  if (!node || !state) return <Line>no gallery in this run</Line>;
  const row = node.gates.find((gate) => gate.nodeId === card.id)?.picks[0]?.row ?? 1;
  const { candidate: number } = state;
  const candidate = number === null ? null : candidateAt(node, { row, candidate: number });
  return (
    <div className="flex min-h-0 gap-2">
      <StateMark
        mark={state.mark}
        word={number === null ? state.word : `${state.word}, no. ${number}`}
        className={stateLine}
      />
      {!far && candidate && isThere(candidate) && (
        <span className="-mt-8 ml-auto shrink-0 self-start">
          <Thumb
            node={node}
            candidate={candidate}
            picked={state.by}
            size={thumbIn(node.aspectRatio, { width: 56, height: 64 })}
          />
        </span>
      )}
    </div>
  );
}

function PromptText({ card }: { card: GraphCard }) {
  const text = useLive((state) => promptText(card, state.nodes));
  if (text === null) return card.into === null ? null : <Line>{card.into.slot}</Line>;
  return <p className="line-clamp-2 text-(length:--graph-small) text-muted leading-5">{text}</p>;
}

function Picture({ card }: { card: GraphCard }) {
  const media = useLive((state) => mediaOf(card, state.nodes));
  const far = useLive((state) => state.far);
  if (card.into === null) return null;
  return (
    <div className="flex min-h-0 items-start gap-2">
      {media !== null && !far && (
        <span className="size-10 shrink-0 overflow-hidden rounded-sm bg-sunken" data-thumbs>
          <Media media={media} kind="image" width={160} alt="" />
        </span>
      )}
      <Line>{card.into.slot}</Line>
    </div>
  );
}

const Line = ({ children }: { children: ReactNode }) => (
  <p className="truncate text-(length:--graph-small) text-muted leading-5">{children}</p>
);

/** The size in pixels of a picture of this shape that fits into a box. */
function thumbIn(aspectRatio: string, box: Size): Size {
  const [across, down] = shapeOf(aspectRatio);
  const scale = Math.min(box.width / across, box.height / down);
  return { width: Math.round(across * scale), height: Math.round(down * scale) };
}

/** Shown for the sake of those who hear the graph: the card that keys go to. */
export function ActiveCard({ id, card, onOpen }: { id: string; card: GraphCard; onOpen: () => void }) {
  const label = useLive((state) => cardLabel(card, state.nodes, state.wanting));
  const chosen = useLive((state) => state.chosen === card.id);
  return (
    <button
      type="button"
      id={id}
      tabIndex={-1}
      aria-pressed={chosen}
      className="sr-only"
      onClick={onOpen}
      title={kindWords[card.kind]}
    >
      {label}
    </button>
  );
}
