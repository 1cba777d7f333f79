import type { GenerationKind } from '../../../shared/domain.ts';
import { cx } from '../../components/cx.ts';
import { useWire } from '../../wire/provider.tsx';
import { shapeOf } from './board-layout.ts';

type MediaProps = {
  /** Opaque id of RunView. */
  media: string;
  kind: GenerationKind;
  /** Pixels of the small picture that is fetched; clips come as they are. */
  width: number;
  /** What it shows, in words; empty where words beside it say so. */
  alt: string;
  className?: string;
};

/** A picture, or a clip that plays while it is pointed at; fills the box it is put in, which has its shape beforehand. */
export function Media({ media, kind, width, alt, className }: MediaProps) {
  const { mediaUrl } = useWire();
  const look = cx('block size-full object-cover', className);
  if (kind === 'video') return <HoverClip src={mediaUrl(media)} alt={alt} className={look} />;
  return <img src={mediaUrl(media, width)} alt={alt} decoding="async" draggable={false} className={look} />;
}

function HoverClip({ src, alt, className }: { src: string; alt: string; className: string }) {
  return (
    <video
      src={src}
      {...(alt === '' ? { 'aria-hidden': true } : { 'aria-label': alt })}
      tabIndex={-1}
      muted
      loop
      playsInline
      disablePictureInPicture
      preload="metadata"
      className={className}
      onPointerEnter={(event) => {
        // Refused when the pointer leaves before it began, or when the clip is gone: it then shows no motion.
        event.currentTarget.play().catch(() => undefined);
      }}
      onPointerLeave={(event) => {
        event.currentTarget.pause();
        event.currentTarget.currentTime = 0;
      }}
    />
  );
}

/** The shape of a node's pictures for CSS, so that boxes have their size before anything is loaded. */
export function aspectStyle(aspectRatio: string): { aspectRatio: string } {
  const [across, down] = shapeOf(aspectRatio);
  return { aspectRatio: `${across} / ${down}` };
}
