import { useMemo, useState } from 'react';
import { wordDiff } from '../../../../shared/word-diff.ts';
import { counted } from '../../../components/format.ts';
import { foldWords, type TextPiece } from './fold-words.ts';

type PromptChangeProps = { before: string | null; after: string | null };

/** A text word by word: what went is struck through, what came is underlined; long stretches that stayed are folded. */
export function PromptChange({ before, after }: PromptChangeProps) {
  const pieces = useMemo(
    () => foldWords(wordDiff(before ?? '', after ?? '')).map((piece, place) => ({ ...piece, place })),
    [before, after],
  );
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  return (
    <p className="min-w-0 whitespace-pre-wrap break-words rounded-sm bg-sunken px-2 py-1.5">
      {before === null && <span className="sr-only">New text: </span>}
      {after === null && <span className="sr-only">Removed text: </span>}
      {pieces.map((piece) => (
        <Piece
          key={piece.place}
          piece={piece}
          opened={opened.has(piece.place)}
          onOpen={() => setOpened(new Set(opened).add(piece.place))}
        />
      ))}
    </p>
  );
}

type PieceProps = { piece: TextPiece; opened: boolean; onOpen: () => void };

function Piece({ piece, opened, onOpen }: PieceProps) {
  const { text } = piece;
  if (piece.kind === 'removed') return <del className="rounded-[2px] bg-bad-soft text-bad">{text}</del>;
  if (piece.kind === 'added') {
    return <ins className="rounded-[2px] bg-good-soft text-good underline underline-offset-2">{text}</ins>;
  }
  if (piece.kind !== 'folded' || opened) return <span>{text}</span>;
  return (
    <>
      <button
        type="button"
        onClick={onOpen}
        title="Show these words"
        className="mx-0.5 inline-flex h-6 items-center rounded-sm border border-line px-1.5 text-muted text-xs hover:bg-hover hover:text-ink"
      >
        … {counted(piece.words, 'word')} …
      </button>{' '}
    </>
  );
}
