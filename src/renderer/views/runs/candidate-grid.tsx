import { RefreshCw } from 'lucide-react';
import type { CandidateView, GateView, RunNodeView } from '../../../shared/run-view.ts';
import { IconButton } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Kbd } from '../../components/kbd.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { shapeOf } from './board-layout.ts';
import { aspectStyle, Media } from './media.tsx';
import { PickBadge, pickedEdge } from './pick-badge.tsx';
import { PICK_KEYS } from './pick-keys.tsx';
import { type Choice, candidateRows, gateName, isThere, pickedFor } from './picks.ts';
import { candidateMark } from './run-words.ts';

type CandidateGridProps = {
  node: RunNodeView;
  /** The gate picks are made at; null where there is none or it is not the time. */
  gate: GateView | null;
  canPick: boolean;
  /** The run waits for a person's pick at the gate. */
  wantsPick: boolean;
  /** The row the keys 1 to 4 pick in. */
  activeRow: number;
  onActiveRow: (row: number) => void;
  onOpen: (choice: Choice) => void;
  onPick: (choice: Choice) => void;
  /** Makes one candidate anew; null while it cannot be. */
  onReroll: ((choice: Choice) => void) | null;
};

/** The candidates of a node by row, as they arrive. */
export function CandidateGrid({
  node,
  gate,
  canPick,
  wantsPick,
  activeRow,
  onActiveRow,
  onOpen,
  onPick,
  onReroll,
}: CandidateGridProps) {
  const [across, down] = shapeOf(node.aspectRatio);
  const wide = across > down;
  return candidateRows(node).map(({ row, candidates }) => {
    const picked = gate ? pickedFor(gate, row, wantsPick) : null;
    const keys = canPick && gate !== null && row === activeRow;
    return (
      <section key={row} aria-label={`Candidates of row ${row}`} onFocus={() => onActiveRow(row)}>
        {(node.rows > 1 || gate) && (
          <h4 className="mb-1 flex h-6 items-center gap-2 text-muted text-xs">
            {node.rows > 1 && <span className={cx(keys && 'font-medium text-ink')}>Row {row}</span>}
            {picked ? (
              <>
                <PickBadge by={picked.by} /> no. {picked.candidate}
              </>
            ) : (
              gate &&
              (wantsPick ? (
                <StateMark mark="needs-you" word="needs your pick" />
              ) : (
                <span>nothing picked yet</span>
              ))
            )}
            {keys && node.rows > 1 && <span>· the keys 1 to 4 pick here</span>}
          </h4>
        )}
        <ul className={cx('grid gap-2', wide ? 'grid-cols-2' : 'grid-cols-4')}>
          {candidates.map((candidate) => (
            <Tile
              key={candidate.candidate}
              node={node}
              candidate={candidate}
              gate={gate}
              canPick={canPick && isThere(candidate)}
              pickedBy={picked?.candidate === candidate.candidate ? picked.by : null}
              hasKey={keys && PICK_KEYS.some((key) => key === candidate.candidate)}
              onOpen={onOpen}
              onPick={onPick}
              onReroll={onReroll}
            />
          ))}
        </ul>
      </section>
    );
  });
}

/** Over a picture the button shows while it is pointed at or has the focus, and always where there is no pointer. */
const shownWhenWanted =
  'opacity-0 focus-visible:opacity-100 group-focus-within/tile:opacity-100 group-hover/tile:opacity-100 [@media(hover:none)]:opacity-100';

type TileProps = {
  node: RunNodeView;
  candidate: CandidateView;
  gate: GateView | null;
  canPick: boolean;
  pickedBy: 'person' | 'machine' | null;
  hasKey: boolean;
  onOpen: (choice: Choice) => void;
  onPick: (choice: Choice) => void;
  onReroll: ((choice: Choice) => void) | null;
};

function Tile({ node, candidate, gate, canPick, pickedBy, hasKey, onOpen, onPick, onReroll }: TileProps) {
  const { mark, word } = candidateMark(candidate, node);
  const choice = { row: candidate.row, candidate: candidate.candidate };
  const name = `candidate ${choice.candidate}${node.rows > 1 ? ` of row ${choice.row}` : ''}`;
  return (
    <li className="flex min-w-0 flex-col gap-1">
      <div
        className={cx(
          'group/tile relative overflow-hidden rounded-sm bg-sunken',
          pickedBy && `outline-offset-1 ${pickedEdge[pickedBy]}`,
        )}
        style={aspectStyle(node.aspectRatio)}
      >
        {candidate.media ? (
          <button
            type="button"
            aria-label={`Show ${name} large`}
            className="block size-full cursor-zoom-in -outline-offset-2"
            onClick={() => onOpen(choice)}
          >
            <Media media={candidate.media} kind={node.kind} width={320} alt="" />
          </button>
        ) : (
          <span className="flex size-full flex-col items-center justify-center gap-1 p-1 text-center text-xs">
            <StateMark mark={mark} word={word} hideWord />
            <span className="text-muted">{word}</span>
          </span>
        )}
        {pickedBy && <PickBadge by={pickedBy} hideWord className="absolute right-0.5 bottom-0.5" />}
        {onReroll && (
          <IconButton
            size="sm"
            label={`Re-roll ${name} alone`}
            icon={<RefreshCw aria-hidden />}
            onClick={() => onReroll(choice)}
            className={cx('absolute top-0.5 right-0.5 bg-panel', candidate.media && shownWhenWanted)}
          />
        )}
      </div>
      {gate && canPick ? (
        <button
          type="button"
          aria-pressed={pickedBy === 'person'}
          aria-label={
            pickedBy === 'person'
              ? `Your pick: ${name} at ${gateName(gate)}`
              : `Pick ${name} at ${gateName(gate)}`
          }
          onClick={() => onPick(choice)}
          className={cx(
            'flex h-6 min-w-0 items-center justify-center gap-1.5 rounded-sm text-xs',
            pickedBy === 'person'
              ? 'bg-accent font-medium text-accent-ink'
              : 'border border-line-strong/60 bg-raised hover:bg-hover',
          )}
        >
          {pickedBy === 'person' ? 'Your pick' : 'Pick'}
          {hasKey && pickedBy !== 'person' && <Kbd shortcut={String(choice.candidate)} />}
        </button>
      ) : (
        <span className="text-center text-muted text-xs">
          {candidate.media ? `no. ${choice.candidate}` : ' '}
        </span>
      )}
    </li>
  );
}
