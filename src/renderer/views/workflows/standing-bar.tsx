import type { WorkflowSummary } from '../../../shared/workflows.ts';
import { cx } from '../../components/cx.ts';

type Standing = Pick<WorkflowSummary, 'cached' | 'stale' | 'missing'>;

const parts = [
  { key: 'cached', look: 'bg-good' },
  // Hatched, so that it differs from its neighbours by more than its hue.
  {
    key: 'stale',
    look: 'bg-[repeating-linear-gradient(135deg,var(--attn)_0_2px,var(--attn-soft)_2px_4px)]',
  },
  { key: 'missing', look: 'border border-line-strong bg-transparent' },
] as const;

/** How much of a workflow's output is there, as a bar with its numbers: `12 cached · 3 stale · 1 missing`. */
export function StandingBar({ standing, className }: { standing: Standing; className?: string }) {
  const there = parts.filter(({ key }) => standing[key] > 0);
  return (
    <span className={cx('flex min-w-0 items-center gap-2', className)}>
      <span aria-hidden className="flex h-2 min-w-8 flex-1 gap-px overflow-hidden rounded-full">
        {there.map(({ key, look }) => (
          <span key={key} className={cx('min-w-1', look)} style={{ flexGrow: standing[key] }} />
        ))}
      </span>
      <span className="shrink-0 text-muted text-xs">
        {there.length === 0
          ? 'nothing to generate'
          : there.map(({ key }) => `${standing[key]} ${key}`).join(' · ')}
      </span>
    </span>
  );
}
