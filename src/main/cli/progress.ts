import { duration } from './words.ts';

/** Where a run stands: candidates done of those it set out to make, and seconds left. */
export interface RunProgress {
  done: number;
  total: number;
  etaS: number | null;
}

const WIDEST_BAR = 30;

/** `███████░░░░░░░ 12/24  about 3 min left`, never wider than the terminal. */
export function progressLine({ done, total, etaS }: RunProgress, columns: number): string {
  const words = `${done}/${total}${etaS === null ? '' : `  about ${duration(etaS)} left`}`;
  const width = Math.min(WIDEST_BAR, columns - words.length - 2);
  if (width < 5) return words.slice(0, Math.max(0, columns - 1));
  const full = total === 0 ? width : Math.min(width, Math.floor((done / total) * width));
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${words}`;
}
