import type { NodeKind } from '../../../../shared/domain.ts';
import type { RunNodeView } from '../../../../shared/run-view.ts';
import { counted } from '../../../components/format.ts';
import type { Marked } from '../../../components/marks.ts';
import { gateWords } from '../board-cells.tsx';
import { type PickedBy, pickedFor } from '../picks.ts';
import { candidateProgress, nodeWords } from '../run-words.ts';
import type { GraphCard } from './graph-model.ts';

/** What the cards of the graph say. Pure. */

export const kindWords: Record<NodeKind, string> = {
  prompt: 'Prompt',
  media: 'Media',
  image: 'Image',
  video: 'Video',
  gate: 'Gate',
  other: 'Node',
};

/** The nodes a card reads: those it is about that are part of the run, in its order. */
export type NodesOfRun = ReadonlyMap<number, RunNodeView>;

/** The generation node that opens with a card: the one it is about, if there is just one and the run knows it. */
export function opensWith(card: GraphCard, nodes: NodesOfRun): number | null {
  const [only, ...others] = card.about;
  return only !== undefined && others.length === 0 && nodes.has(only) ? only : null;
}

/** A gate's state; null when the run knows nothing of it. */
export function gateState(
  card: GraphCard,
  node: RunNodeView | undefined,
  wantsPick: boolean,
): (Marked & { by: PickedBy | null; candidate: number | null }) | null {
  const gate = node?.gates.find((each) => each.nodeId === card.id);
  if (!gate) return null;
  const { words, by, wanted } = gateWords(gate, wantsPick);
  const row = gate.picks[0]?.row ?? 1;
  return {
    mark: wanted ? 'needs-you' : by === null ? 'waiting' : 'done',
    word: words,
    by,
    candidate: pickedFor(gate, row, wantsPick)?.candidate ?? null,
  };
}

/** The prompt that reaches the model from a prompt node, its first row; null when this node is only a part of it. */
export function promptText(card: GraphCard, nodes: NodesOfRun): string | null {
  if (card.kind !== 'prompt' || card.into === null || !/prompt/i.test(card.into.slot)) return null;
  return nodes.get(card.into.nodeId)?.prompts[0] ?? null;
}

/** The small picture of a media node: the reference it is for the node it goes into. */
export function mediaOf(card: GraphCard, nodes: NodesOfRun): string | null {
  if (card.kind !== 'media' || card.into === null) return null;
  const { nodeId, slot } = card.into;
  const references = nodes.get(nodeId)?.references ?? [];
  const named = references.find((each) => each.label.toLowerCase() === slot.toLowerCase());
  return (named ?? (references.length === 1 ? references[0] : undefined))?.media ?? null;
}

/** A card in one sentence, for a screen reader. */
export function cardLabel(card: GraphCard, nodes: NodesOfRun, wanting: ReadonlySet<number>): string {
  const name = `${kindWords[card.kind]} ${card.title}`;
  const [id = card.id] = card.about;
  const node = nodes.get(id);
  if (card.kind === 'gate') {
    const state = gateState(card, node, wanting.has(id));
    return state ? `${name}: ${state.word}` : name;
  }
  if (card.kind !== 'image' && card.kind !== 'video') return name;
  if (!node) return `${name}: not part of this run`;
  const { done, total } = candidateProgress(node);
  return `${name}: ${nodeWords(node).word}, ${done} of ${counted(total, 'candidate')}`;
}
