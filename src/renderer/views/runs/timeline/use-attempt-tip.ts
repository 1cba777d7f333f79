import { type PointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { TipTarget } from './attempt-tip.tsx';

/** How long a tip stays after the pointer left its bar, so that one can move onto it, in ms. */
const LEAVE_MS = 150;

/** Which bar's tip is shown: of the bar under the pointer, else of the one with the focus. */
export function useAttemptTip() {
  const [target, setTarget] = useState<TipTarget | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const hide = useCallback(() => {
    clearTimeout(timer.current);
    setTarget(null);
  }, []);
  const show = useCallback((element: EventTarget) => {
    clearTimeout(timer.current);
    setTarget(targetOf(element));
  }, []);
  const hideSoon = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setTarget(null), LEAVE_MS);
  }, []);

  return {
    target,
    show,
    hide,
    onPointerOver: (event: PointerEvent) => {
      if (targetOf(event.target)) show(event.target);
      else hideSoon();
    },
    onTipHover: (over: boolean) => (over ? clearTimeout(timer.current) : hideSoon()),
  };
}

function targetOf(element: EventTarget): TipTarget | null {
  const bar = element instanceof Element ? element.closest<HTMLElement>('[data-bar]') : null;
  const { bar: key, node } = bar?.dataset ?? {};
  if (!bar || key === undefined || node === undefined) return null;
  const { left, top, width, height } = bar.getBoundingClientRect();
  return { nodeId: Number(node), bar: key, at: { left, top, width, height } };
}
