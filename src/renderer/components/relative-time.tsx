import { useNow } from '../state/clock.tsx';
import { exactTime, relativeTime } from './format.ts';
import { Tooltip } from './tooltip.tsx';

/** `4 min ago`, with the exact time on hover. `at` is an ISO time. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return (
    <Tooltip text={exactTime(at)}>
      <time dateTime={at} className={className}>
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  );
}
