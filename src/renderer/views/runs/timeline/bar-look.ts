import type { BarKind } from './timeline-bars.ts';

/** How a kind of bar is drawn: a hue and a pattern, so that colour alone never tells (ui.md, Manner). */
export interface BarLook {
  /** Classes of the part before G-Labs took it: lighter. */
  queue: string;
  /** Classes of the part G-Labs was at. */
  work: string;
  /** Pattern over that part. */
  pattern: string | undefined;
}

const hatch = (angle: number, line: number, gap: number) =>
  `repeating-linear-gradient(${angle}deg, var(--panel) 0 ${line}px, transparent ${line}px ${line + gap}px)`;

/** A time in which the run waited for its backend: a band from top to bottom. */
export const bandLook = 'border-attn border-x bg-attn-soft';

export const barLooks: Record<BarKind, BarLook> = {
  queued: { queue: 'border-line-strong bg-sunken border-dashed', work: '', pattern: undefined },
  working: { queue: 'border-busy bg-busy-soft', work: 'border-busy bg-busy', pattern: hatch(90, 1, 5) },
  done: { queue: 'border-good bg-good-soft', work: 'border-good bg-good', pattern: undefined },
  failed: { queue: 'border-bad bg-bad-soft', work: 'border-bad bg-bad', pattern: hatch(45, 2, 3) },
  lost: { queue: 'border-attn bg-attn-soft', work: 'border-attn bg-attn', pattern: hatch(135, 1, 2) },
  cut: {
    queue: 'border-line-strong bg-sunken',
    work: 'border-line-strong bg-line-strong',
    pattern: hatch(90, 3, 3),
  },
};
