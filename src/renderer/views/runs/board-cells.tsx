import type { ReactNode } from 'react';
import type { CandidateView, GateView, RunNodeView } from '../../../shared/run-view.ts';
import { cx } from '../../components/cx.ts';
import { counted } from '../../components/format.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { MOST_BANDS, MOST_THUMBS, type Stage, thumbSize } from './board-layout.ts';
import { Media } from './media.tsx';
import { PickBadge, pickedEdge } from './pick-badge.tsx';
import { candidateRows, gateName, isThere, type PickedBy, pickedFor } from './picks.ts';
import { candidateMark, candidateProgress, nodeWords } from './run-words.ts';

/** What stands in the four kinds of cells of the board. */

type Slot = { image: RunNodeView | null; video: RunNodeView | null };

/** The node a cell is about: its own, or the one whose prompt or gate it shows. */
export function nodeOfCell(stage: Stage, { image, video }: Slot): RunNodeView | null {
  if (stage === 'video') return video;
  if (stage === 'image') return image;
  if (stage === 'prompt') return image ?? video;
  return [image, video].find((node) => (node?.gates.length ?? 0) > 0) ?? null;
}

/** A cell in one sentence, for a screen reader. */
export function cellLabel(stage: Stage, node: RunNodeView | null, wantsPick: boolean): string {
  if (!node) return `No ${stage}`;
  const of = `of ${node.title}`;
  if (stage === 'prompt') return `Prompt ${of}: ${node.prompts[0] ?? 'none'}`;
  if (stage === 'gate') {
    const [gate] = node.gates;
    const words = gate ? gateWords(gate, wantsPick) : null;
    return `Gate ${of}: ${words?.words ?? 'none'}`;
  }
  const { done, total } = candidateProgress(node);
  return `${stage === 'image' ? 'Image' : 'Video'} ${of}: ${nodeWords(node).word}, ${done} of ${counted(total, 'candidate')}`;
}

type ContentProps = { node: RunNodeView; bandHeight: number; wantsPick: boolean };

export function CellContent({ stage, node, bandHeight, wantsPick }: ContentProps & { stage: Stage }) {
  switch (stage) {
    case 'prompt':
      return <PromptContent node={node} bandHeight={bandHeight} />;
    case 'gate':
      return <GateContent node={node} bandHeight={bandHeight} wantsPick={wantsPick} />;
    case 'image':
    case 'video':
      return <StripContent node={node} bandHeight={bandHeight} wantsPick={wantsPick} />;
  }
}

function PromptContent({ node, bandHeight }: Omit<ContentProps, 'wantsPick'>) {
  const lines = Math.max(1, Math.floor(bandHeight / 16));
  return (
    <>
      <TopLine>
        <span className="truncate font-medium" title={node.title}>
          {node.title}
        </span>
        {node.rows > MOST_BANDS && (
          <span className="shrink-0 text-muted text-xs">
            {MOST_BANDS} of {node.rows} rows
          </span>
        )}
      </TopLine>
      {bandsOf(node).map((row) => (
        <Band key={row} height={bandHeight}>
          <p className="overflow-hidden text-muted text-xs" style={clamp(lines)}>
            {node.prompts[row - 1] ?? <span>No prompt.</span>}
          </p>
        </Band>
      ))}
    </>
  );
}

function StripContent({ node, bandHeight, wantsPick }: ContentProps) {
  const rows = candidateRows(node);
  const picks = node.gates[0];
  const { mark, word } = nodeWords(node);
  return (
    <>
      <TopLine>
        <StateMark mark={mark} word={word} />
      </TopLine>
      {bandsOf(node).map((row) => {
        const candidates = rows[row - 1]?.candidates ?? [];
        const picked = picks ? pickedFor(picks, row, wantsPick) : null;
        return (
          <Band key={row} height={bandHeight}>
            {candidates.slice(0, MOST_THUMBS).map((candidate) => (
              <Thumb
                key={candidate.candidate}
                node={node}
                candidate={candidate}
                picked={picked?.candidate === candidate.candidate ? picked.by : null}
              />
            ))}
            {candidates.length > MOST_THUMBS && (
              <span className="self-end text-muted text-xs">+{candidates.length - MOST_THUMBS}</span>
            )}
          </Band>
        );
      })}
    </>
  );
}

/** A candidate in a small box of the node's shape, with its state until it is there. */
export function Thumb({
  node,
  candidate,
  picked,
  size = thumbSize(node.aspectRatio),
}: {
  node: RunNodeView;
  candidate: CandidateView;
  picked: PickedBy | null;
  /** Pixels. */
  size?: { width: number; height: number };
}) {
  const { mark, word } = candidateMark(candidate, node);
  return (
    <span
      className={cx(
        'relative flex shrink-0 items-center justify-center overflow-hidden rounded-sm bg-sunken',
        picked && `-outline-offset-2 ${pickedEdge[picked]}`,
      )}
      style={size}
    >
      {candidate.media ? (
        <Media media={candidate.media} kind={node.kind} width={160} alt="" />
      ) : (
        <StateMark mark={mark} word={word} hideWord />
      )}
      {picked && <PickBadge by={picked} hideWord className="absolute right-0 bottom-0" />}
    </span>
  );
}

/** What a gate passes on, and who says so. */
export function gateWords(
  gate: GateView,
  wantsPick: boolean,
): { words: string; by: PickedBy | null; wanted: boolean } {
  if (gate.picks.length > 0) return { words: 'your pick', by: 'person', wanted: false };
  if (wantsPick || gate.held) return { words: 'needs your pick', by: null, wanted: true };
  if (gate.machinePicks.length > 0) return { words: 'machine’s pick', by: 'machine', wanted: false };
  return { words: 'nothing yet', by: null, wanted: false };
}

function GateContent({ node, bandHeight, wantsPick }: ContentProps) {
  const [gate] = node.gates;
  if (!gate) return null;
  const { words, by, wanted } = gateWords(gate, wantsPick);
  const rows = candidateRows(node);
  return (
    <>
      <TopLine title={gateName(gate)}>
        {wanted ? (
          <StateMark mark="needs-you" word={words} />
        ) : by ? (
          <PickBadge by={by} />
        ) : (
          <StateMark mark="waiting" word={words} />
        )}
      </TopLine>
      {bandsOf(node).map((row) => {
        const picked = pickedFor(gate, row, wanted);
        const candidate = picked
          ? rows[row - 1]?.candidates.find((each) => each.candidate === picked.candidate)
          : undefined;
        return (
          <Band key={row} height={bandHeight}>
            {candidate && isThere(candidate) && (
              <Thumb node={node} candidate={candidate} picked={picked?.by ?? null} />
            )}
            {picked && <span className="text-muted text-xs">no. {picked.candidate}</span>}
          </Band>
        );
      })}
      {node.gates.length > 1 && <span className="sr-only">{counted(node.gates.length, 'gate')}</span>}
    </>
  );
}

function TopLine({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <div title={title} className="flex h-6 min-w-0 items-start justify-between gap-2">
      {children}
    </div>
  );
}

function Band({ height, children }: { height: number; children: ReactNode }) {
  return (
    <div className="mt-1 flex items-start gap-1 first-of-type:mt-0" style={{ height }}>
      {children}
    </div>
  );
}

const bandsOf = (node: RunNodeView): number[] =>
  Array.from({ length: Math.min(Math.max(node.rows, 1), MOST_BANDS) }, (_, i) => i + 1);

const clamp = (lines: number) =>
  ({ display: '-webkit-box', WebkitBoxOrient: 'vertical', WebkitLineClamp: lines }) as const;
