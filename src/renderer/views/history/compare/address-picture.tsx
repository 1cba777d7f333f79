import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { cx } from '../../../components/cx.ts';
import { useWire } from '../../../wire/provider.tsx';
import { Media } from '../../runs/media.tsx';

/** What the window shows for an address: a media id, null where this machine has no copy, undefined until it is known. */
export type MediaOf = (address: string) => string | null | undefined;

type AddressPictureProps = {
  /** Null: there is none on this side. */
  address: string | null;
  side: 'before' | 'after';
  mediaOf: MediaOf;
  large?: boolean;
};

/** A picture or clip by its address in a workflow, or why it cannot be shown. Has its size beforehand. */
export function AddressPicture({ address, side, mediaOf, large = false }: AddressPictureProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const media = address === null ? null : mediaOf(address);
  const embedded = address !== null && /^data:image\//i.test(address);
  const why = whyNot({ address, media, embedded, broken: broken !== null && broken === address });
  return (
    <span
      onErrorCapture={() => setBroken(address)}
      className={cx(
        'relative flex shrink-0 items-center justify-center overflow-hidden rounded-sm bg-sunken',
        large ? 'h-[60vh] w-full' : 'h-32 w-24',
        why !== null && 'border border-line border-dashed',
      )}
    >
      {why !== null && (
        <span className="flex flex-col items-center gap-1 p-1 text-center text-muted text-xs">
          {address !== null && <ImageOff aria-hidden className="size-4" />}
          {why}
        </span>
      )}
      {why === null && embedded && (
        <img src={address} alt={side} decoding="async" className="block size-full object-contain" />
      )}
      {why === null && typeof media === 'string' && <Shown media={media} side={side} large={large} />}
    </span>
  );
}

function Shown({ media, side, large }: { media: string; side: string; large: boolean }) {
  const { mediaUrl } = useWire();
  const isClip = media.endsWith('.mp4');
  if (large && !isClip) {
    return <img src={mediaUrl(media)} alt={side} className="block size-full object-contain" />;
  }
  return (
    <Media
      media={media}
      kind={isClip ? 'video' : 'image'}
      width={320}
      alt={side}
      className="object-contain"
    />
  );
}

type Known = {
  address: string | null;
  media: string | null | undefined;
  embedded: boolean;
  broken: boolean;
};

/** Why there is nothing to see, in two or three words; null: there is, or it is on its way. */
function whyNot({ address, media, embedded, broken }: Known): string | null {
  if (address === null) return 'none';
  if (broken) return 'its file is gone';
  return media === null && !embedded ? 'no copy on this machine' : null;
}
