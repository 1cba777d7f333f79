import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { columnHeader, gridGroup, gridRow } from '../grid-roles.ts';
import { ticksBetween } from './time-scale.ts';
import { NAMES_WIDTH } from './timeline-line.tsx';
import type { TimeScale } from './use-time-scale.ts';

export const AXIS_HEIGHT = 28;

/** Ticks are made for what is in sight and this much beside it, so that not every pixel of scrolling makes new ones. */
const CHUNK = 512;

/** Round times that are in sight. */
export function useTicks(box: RefObject<HTMLElement | null>, scale: TimeScale) {
  const [chunk, setChunk] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setChunk(Math.floor(element.scrollLeft / CHUNK));
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, [box]);
  const from = chunk * CHUNK;
  return ticksBetween(scale.pxPerMs, from, Math.min(scale.width, from + scale.inSight + 2 * CHUNK));
}

/** A tick's words need this much room in pixels. */
const ROOM = 36;

/** Left of now, its word needs this much room in pixels. */
const ROOM_OF_NOW = 72;

type AxisProps = {
  ticks: ReturnType<typeof useTicks>;
  width: number;
  nowX: number | null;
  /** What else stands on the axis. */
  children?: ReactNode;
};

/** The head of the timeline; it stays in sight. */
export function TimelineAxis({ ticks, width, nowX, children }: AxisProps) {
  return (
    <div
      {...gridGroup}
      className="sticky top-0 z-20 border-line border-b bg-panel text-muted text-xs"
      style={{ width: NAMES_WIDTH + width, height: AXIS_HEIGHT }}
    >
      <div {...gridRow(1)} className="flex h-full">
        <div
          {...columnHeader(1)}
          className="sticky left-0 z-10 flex shrink-0 items-center border-line border-r bg-panel px-2"
          style={{ width: NAMES_WIDTH }}
        >
          Node
        </div>
        <div {...columnHeader(2)} className="relative overflow-hidden" style={{ width }}>
          <span className="sr-only">Attempts, by the time since the run began</span>
          {children}
          {ticks
            .filter(({ x }) => x < width - ROOM && (nowX === null || x > nowX || x < nowX - ROOM_OF_NOW))
            .map(({ at, x, label }) => (
              <span key={at} aria-hidden className="absolute top-1.5 pl-1" style={{ left: x }}>
                {label}
              </span>
            ))}
          {nowX !== null && (
            <span
              aria-hidden
              className="-translate-x-full absolute top-1 bg-panel px-1 font-medium text-accent-text leading-5"
              style={{ left: nowX }}
            >
              now
            </span>
          )}
        </div>
      </div>
    </div>
  );
}

/** The lines of the ticks, behind the bars. */
export function TickLines({ ticks }: Pick<AxisProps, 'ticks'>) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-y-0" style={{ left: NAMES_WIDTH }}>
      {ticks.map(({ at, x }) => (
        <span key={at} className="absolute inset-y-0 w-px bg-line" style={{ left: x }} />
      ))}
    </div>
  );
}

/** Where now is, over the bars. */
export function NowLine({ x }: { x: number }) {
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-y-0 w-0.5 bg-accent-text"
      style={{ left: NAMES_WIDTH + x - 1 }}
    />
  );
}
