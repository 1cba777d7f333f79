import { Progress } from 'radix-ui';
import { cx } from './cx.ts';

type ProgressBarProps = {
  /** Names what goes on, for a screen reader: `Progress of XYZG3-V0-1`. */
  label: string;
  done: number;
  total: number;
  className?: string;
};

/** How much of something with a known end is done. The numbers stand beside it, not in it. */
export function ProgressBar({ label, done, total, className }: ProgressBarProps) {
  const max = Math.max(1, total);
  const value = Math.min(max, Math.max(0, total === 0 ? max : done));
  return (
    <Progress.Root
      value={value}
      max={max}
      aria-label={label}
      getValueLabel={() => `${done} of ${total}`}
      className={cx('h-1.5 min-w-0 overflow-hidden rounded-full bg-hover', className)}
    >
      <Progress.Indicator
        className="h-full rounded-full bg-busy transition-[width] data-[state=complete]:bg-good"
        style={{ width: `${(value / max) * 100}%` }}
      />
    </Progress.Root>
  );
}
