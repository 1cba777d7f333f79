import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { usePictures } from '../../../wire/queries.ts';
import { AddressPicture, type MediaOf } from './address-picture.tsx';

/** An address that was there before and one that is there after; null: none was, or is. */
export interface AddressPair {
  key: string;
  /** What the pair is of: `candidate 2`. */
  label: string;
  before: string | null;
  after: string | null;
}

type PicturePairsProps = {
  pairs: readonly AddressPair[];
  /** Workflow files the addresses stand in: relative paths start there. */
  beside: readonly string[];
  /** The addresses are told as well, under their pictures. */
  showAddresses?: boolean;
};

/** More are shown when somebody asks for them: each is a picture that is fetched. */
const AT_FIRST = 8;
/** The longest address that is asked about; longer ones are pictures in themselves. */
const MOST_LETTERS = 4096;

/** Pictures and clips side by side, old and new; each pair can be seen large. */
export function PicturePairs({ pairs, beside, showAddresses = false }: PicturePairsProps) {
  const [shown, setShown] = useState(AT_FIRST);
  const [large, setLarge] = useState<number | null>(null);
  const inSight = pairs.slice(0, shown);
  const mediaOf = useMediaOf(inSight, beside);
  const left = pairs.length - inSight.length;
  return (
    <div className="flex min-w-0 flex-col items-start gap-2">
      <ul className="flex min-w-0 flex-wrap gap-x-6 gap-y-3">
        {inSight.map((pair, place) => (
          <li key={pair.key} className="flex min-w-0 flex-col gap-1">
            <span className="text-muted text-xs">{pair.label}</span>
            <button
              type="button"
              aria-label={`Show ${pair.label} large, before and after`}
              onClick={() => setLarge(place)}
              className="flex w-fit items-center gap-2 rounded-sm hover:bg-hover"
            >
              <AddressPicture address={pair.before} side="before" mediaOf={mediaOf} />
              <ArrowRight aria-hidden className="size-4 shrink-0 text-muted" />
              <AddressPicture address={pair.after} side="after" mediaOf={mediaOf} />
            </button>
            {isSamePicture(pair, mediaOf) && <span>The same picture, at another address.</span>}
            {showAddresses && <Addresses pair={pair} />}
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Button size="sm" onClick={() => setShown(shown + 4 * AT_FIRST)}>
          Show {Math.min(left, 4 * AT_FIRST)} more
        </Button>
      )}
      {large !== null && <LargePair pairs={inSight} at={large} mediaOf={mediaOf} onShow={setLarge} />}
    </div>
  );
}

function useMediaOf(pairs: readonly AddressPair[], beside: readonly string[]): MediaOf {
  const addresses = pairs
    .flatMap(({ before, after }) => [before, after])
    .filter((address) => address !== null && address.length <= MOST_LETTERS && !/^data:/i.test(address))
    .filter((address) => address !== null);
  const asked = [...new Set(addresses)];
  const { data, error } = usePictures(asked, [...beside]);
  return (address) => {
    const place = asked.indexOf(address);
    // What cannot be asked about has no copy that could be shown; nor has anything while the question fails.
    return place < 0 || error ? null : data?.[place];
  };
}

/** Media are named by their content. */
function isSamePicture({ before, after }: AddressPair, mediaOf: MediaOf): boolean {
  if (before === null || after === null) return false;
  const media = mediaOf(before);
  return typeof media === 'string' && media === mediaOf(after);
}

function Addresses({ pair: { before, after } }: { pair: AddressPair }) {
  return (
    <p className="max-w-120 break-all font-mono text-xs">
      <Address address={before} /> → <Address address={after} />
    </p>
  );
}

const SHOWN_LETTERS = 160;

function Address({ address }: { address: string | null }) {
  if (address === null) return <span className="font-sans text-muted">none</span>;
  const cut = address.length > SHOWN_LETTERS ? `${address.slice(0, SHOWN_LETTERS)}…` : address;
  return <span title={address.slice(0, MOST_LETTERS)}>{cut}</span>;
}

type LargePairProps = {
  pairs: readonly AddressPair[];
  at: number;
  mediaOf: MediaOf;
  /** Null: closed. */
  onShow: (at: number | null) => void;
};

/** One pair as large as the window allows, with the way to its neighbours. */
function LargePair({ pairs, at, mediaOf, onShow }: LargePairProps) {
  const pair = pairs[at];
  if (pair === undefined) return null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onShow(null)}
      title={pair.label}
      description="Before on the left, after on the right."
      className="max-w-320"
      footer={
        <>
          <Button disabled={at === 0} onClick={() => onShow(at - 1)}>
            Previous
          </Button>
          <Button disabled={at === pairs.length - 1} onClick={() => onShow(at + 1)}>
            Next
          </Button>
          <Button className="ml-auto" onClick={() => onShow(null)}>
            Close
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-4">
        {(['before', 'after'] as const).map((side) => (
          <figure key={side} className="flex min-w-0 flex-col gap-1">
            <AddressPicture address={pair[side]} side={side} mediaOf={mediaOf} large />
            <figcaption className="break-all text-xs">
              <span className="text-muted">{side}: </span>
              <Address address={pair[side]} />
            </figcaption>
          </figure>
        ))}
      </div>
    </Dialog>
  );
}
