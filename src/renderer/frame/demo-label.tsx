import { Tooltip } from '../components/tooltip.tsx';

/** What the demo is, in the words every place uses (behaviour.md §10: labelled as such on every screen). */
export const DEMO_WORDS = 'Demo: the built-in simulator. Nothing is real, nothing is paid.';

/** The short label; the whole sentence is in its tooltip, and on the card of G-Labs. */
export function DemoLabel() {
  return (
    <Tooltip text={DEMO_WORDS}>
      <span className="rounded-sm border border-attn px-1.5 text-attn text-xs">Demo</span>
    </Tooltip>
  );
}
