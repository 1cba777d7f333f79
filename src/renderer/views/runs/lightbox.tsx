import { ChevronLeft, ChevronRight, RefreshCw, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { KeyboardEvent } from 'react';
import type { CandidateView, GateView, RunNodeView } from '../../../shared/run-view.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { useAction } from '../../state/actions.ts';
import { useWire } from '../../wire/provider.tsx';
import { aspectStyle } from './media.tsx';
import { PickBadge } from './pick-badge.tsx';
import { PICK_KEYS } from './pick-keys.tsx';
import { type Choice, candidateRows, gateName, pickedFor } from './picks.ts';

type LightboxProps = {
  node: RunNodeView;
  gate: GateView | null;
  canPick: boolean;
  wantsPick: boolean;
  /** The candidate that is shown; null: closed. */
  shown: Choice | null;
  onShow: (choice: Choice | null) => void;
  onPick: (choice: Choice) => void;
  /** Makes one candidate anew; null while it cannot be. */
  onReroll: ((choice: Choice) => void) | null;
};

/** One candidate as large as the window allows; the arrow keys go through those that are there. */
export function Lightbox(props: LightboxProps) {
  const { node, gate, canPick, wantsPick, shown, onShow, onPick, onReroll } = props;
  const there = candidateRows(node)
    .flatMap(({ candidates }) => candidates)
    .filter((candidate) => candidate.media !== null);
  const at = there.findIndex((each) => each.row === shown?.row && each.candidate === shown.candidate);
  const candidate = there[at];
  const go = (index: number) => {
    const next = there[(index + there.length) % there.length];
    if (next) onShow({ row: next.row, candidate: next.candidate });
  };
  const onKeyDown = (press: KeyboardEvent) => {
    const step = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: there.length - 1 }[press.key];
    if (step === undefined || press.target instanceof HTMLVideoElement) return;
    press.preventDefault();
    go(step);
  };

  return (
    <Dialog.Root open={candidate !== undefined} onOpenChange={(open) => !open && onShow(null)}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onInteractOutside={(event) => {
            // A message lies over this: it is not outside of what one is looking at.
            if (isMessage(event.target)) event.preventDefault();
          }}
          onOpenAutoFocus={(event) => {
            // On the picture as a whole, not on a button: the arrow keys are what one wants next.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          className="fixed inset-4 z-40 flex flex-col overflow-hidden rounded-lg border border-line bg-panel shadow-lift outline-none"
        >
          <header className="flex h-11 shrink-0 items-center gap-4 px-4">
            <Dialog.Title className="min-w-0 truncate font-semibold">{node.title}</Dialog.Title>
            <span className="shrink-0 text-muted">
              {at + 1} of {there.length}
            </span>
            <Dialog.Close asChild>
              <IconButton label="Close" icon={<X aria-hidden />} className="-mr-2 ml-auto" />
            </Dialog.Close>
          </header>
          {candidate && (
            <>
              <div className="flex min-h-0 flex-1 items-center gap-2 bg-sunken px-2">
                <IconButton
                  label="Previous candidate (arrow left)"
                  icon={<ChevronLeft aria-hidden />}
                  disabled={there.length < 2}
                  onClick={() => go(at - 1)}
                />
                <Large node={node} candidate={candidate} />
                <IconButton
                  label="Next candidate (arrow right)"
                  icon={<ChevronRight aria-hidden />}
                  disabled={there.length < 2}
                  onClick={() => go(at + 1)}
                />
              </div>
              <Caption
                node={node}
                candidate={candidate}
                gate={gate}
                canPick={canPick}
                wantsPick={wantsPick}
                onPick={onPick}
                onReroll={onReroll}
              />
            </>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const isMessage = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-sonner-toaster]') !== null;

function Large({ node, candidate }: { node: RunNodeView; candidate: CandidateView }) {
  const { mediaUrl } = useWire();
  if (candidate.media === null) return null;
  const name = `Candidate ${candidate.candidate} of ${node.title}`;
  // As high as there is room for, as wide as its shape makes it: the player's bar is no wider than the clip.
  const look = 'mx-auto block h-full min-w-0 max-w-full object-contain py-2';
  const shape = aspectStyle(node.aspectRatio);
  const url = mediaUrl(candidate.media);
  if (node.kind === 'image') return <img src={url} alt={name} className={look} style={shape} />;
  return (
    <video
      key={url}
      src={url}
      aria-label={name}
      controls
      autoPlay
      muted
      loop
      playsInline
      className={look}
      style={shape}
    />
  );
}

type CaptionProps = {
  node: RunNodeView;
  candidate: CandidateView;
  gate: GateView | null;
  canPick: boolean;
  wantsPick: boolean;
  onPick: (choice: Choice) => void;
  onReroll: ((choice: Choice) => void) | null;
};

function Caption({ node, candidate, gate, canPick, wantsPick, onPick, onReroll }: CaptionProps) {
  const { row, candidate: number, file } = candidate;
  const again = () => onReroll?.({ row, candidate: number });
  useAction(
    onReroll && {
      id: 'reroll-candidate',
      title: `Re-roll candidate ${number}${node.rows > 1 ? ` of row ${row}` : ''} alone`,
      group: 'Run',
      shortcut: 'r',
      run: again,
    },
  );
  const picked = gate ? pickedFor(gate, row, wantsPick) : null;
  const by = picked?.candidate === number ? picked.by : null;
  return (
    <footer className="flex h-12 shrink-0 items-center gap-3 px-4">
      <span className="shrink-0 font-medium">
        {node.rows > 1 ? `Row ${row}, candidate ${number}` : `Candidate ${number}`}
      </span>
      {by && <PickBadge by={by} />}
      {gate && canPick && by !== 'person' && (
        <Button onClick={() => onPick({ row, candidate: number })}>
          Pick at {gateName(gate)}
          {PICK_KEYS.some((key) => key === number) && <Kbd shortcut={String(number)} />}
        </Button>
      )}
      {onReroll && (
        <Button icon={<RefreshCw aria-hidden />} aria-keyshortcuts="r" onClick={again}>
          Re-roll this one <Kbd shortcut="r" />
        </Button>
      )}
      {file && (
        <span className="ml-auto flex min-w-0 items-center gap-1 text-muted text-xs">
          <span className="truncate" title={file}>
            {file}
          </span>
          <CopyButton text={file} what="path of the file" />
        </span>
      )}
    </footer>
  );
}
