import { Archive, Clapperboard, type LucideIcon, RotateCcw, Tag } from 'lucide-react';
import type { HistoryKind } from '../../../shared/history.ts';
import { cx } from '../../components/cx.ts';

const looks: Record<HistoryKind, { icon: LucideIcon; colour: string }> = {
  version: { icon: Tag, colour: 'text-accent-text' },
  backup: { icon: Archive, colour: 'text-muted' },
  run: { icon: Clapperboard, colour: 'text-busy' },
  restore: { icon: RotateCcw, colour: 'text-attn' },
};

/** Shape and colour of a kind of entry; its word always stands beside it. */
export function KindIcon({ kind, className }: { kind: HistoryKind; className?: string }) {
  const { icon: Icon, colour } = looks[kind];
  return <Icon aria-hidden className={cx('size-4 shrink-0', colour, className)} />;
}
