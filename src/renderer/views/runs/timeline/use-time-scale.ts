import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useInnerWidth } from '../use-board.ts';
import { mostZoom, pixelsPerMs, spanFor } from './time-scale.ts';

export interface TimeScale {
  pxPerMs: number;
  /** Width of the whole time in pixels. */
  width: number;
  /** Width of the part in sight in pixels. */
  inSight: number;
  zoom: number;
  canZoomIn: boolean;
  zoomIn: () => void;
  zoomOut: () => void;
  /** Shows the whole run. */
  fit: () => void;
}

type ScaleParts = {
  /** The box that scrolls; the names of the nodes cover its left edge. */
  box: RefObject<HTMLElement | null>;
  /** Width of that left edge in pixels. */
  edge: number;
  /** Milliseconds the run took so far. */
  elapsed: number;
  live: boolean;
  /** A person looks at something: nothing may move under the pointer, so the scale waits. */
  hold: boolean;
};

const STEP = 2;

/** How time is drawn: fitted to the window, or closer. Control with the wheel zooms around the pointer. */
export function useTimeScale({ box, edge, elapsed, live, hold }: ScaleParts): TimeScale {
  const inSight = Math.max(1, useInnerWidth(box) - edge);
  const span = spanFor(elapsed, live);
  const [held, setHeld] = useState(span);
  if (held !== span && !hold) setHeld(span);
  const fitted = hold ? held : span;

  const [wanted, setWanted] = useState(1);
  const most = mostZoom(fitted, inSight);
  const zoom = Math.min(wanted, most);
  const pxPerMs = pixelsPerMs(fitted, inSight, zoom);

  /** What must stay where it is when the scale changes: a time in ms, and its place in pixels of what is in sight. */
  const anchor = useRef<{ at: number; x: number } | null>(null);
  useLayoutEffect(() => {
    if (!box.current || !anchor.current) return;
    const { at, x } = anchor.current;
    anchor.current = null;
    box.current.scrollLeft = at * pxPerMs - x;
  }, [box, pxPerMs]);

  const zoomTo = useCallback(
    (next: number, x = inSight / 2) => {
      const to = Math.min(Math.max(1, next), most);
      if (to === zoom || !box.current) return;
      anchor.current = { at: (box.current.scrollLeft + x) / pxPerMs, x };
      setWanted(to);
    },
    [box, inSight, most, pxPerMs, zoom],
  );

  // React listens to the wheel passively, and could not keep the page from zooming.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onWheel = (turn: WheelEvent) => {
      if (!turn.ctrlKey && !turn.metaKey) return;
      turn.preventDefault();
      const x = Math.max(0, turn.clientX - element.getBoundingClientRect().left - edge);
      zoomTo(zoom * STEP ** (-turn.deltaY / 200), x);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box, edge, zoom, zoomTo]);

  return {
    pxPerMs,
    width: Math.max(inSight, Math.ceil(span * pxPerMs)),
    inSight,
    zoom,
    canZoomIn: zoom < most,
    zoomIn: () => zoomTo(zoom * STEP),
    zoomOut: () => zoomTo(zoom / STEP),
    fit: () => zoomTo(1),
  };
}
