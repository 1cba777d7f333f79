import { Bot, Check } from 'lucide-react';
import { cx } from '../../components/cx.ts';
import type { PickedBy } from './picks.ts';

const words: Record<PickedBy, string> = { person: 'your pick', machine: 'machine’s pick' };
const shapes = { person: Check, machine: Bot };

type PickBadgeProps = {
  by: PickedBy;
  /** Where the place is too small for the words: they stay for a screen reader and on hover. */
  hideWord?: boolean;
  className?: string;
};

/** Who picked: a filled tick is a person's, an outlined machine is the machine's. */
export function PickBadge({ by, hideWord = false, className }: PickBadgeProps) {
  const Shape = shapes[by];
  return (
    <span
      data-picked={by}
      title={hideWord ? words[by] : undefined}
      className={cx(
        'inline-flex items-center gap-1 rounded-sm',
        by === 'person'
          ? 'bg-accent text-accent-ink'
          : 'border border-line-strong border-dashed bg-panel text-ink',
        hideWord ? 'p-px' : 'px-1.5 text-xs leading-5',
        className,
      )}
    >
      <Shape aria-hidden className="size-3 shrink-0" />
      <span className={hideWord ? 'sr-only' : 'whitespace-nowrap'}>{words[by]}</span>
    </span>
  );
}

/** The edge of a picked candidate's box: solid for a person's pick, dashed for the machine's. */
export const pickedEdge: Record<PickedBy, string> = {
  person: 'outline-2 outline-accent-text',
  machine: 'outline-2 outline-line-strong outline-dashed',
};
