import type { OutageView, RunSummary } from '../../../shared/run-view.ts';
import { counted, duration } from '../../components/format.ts';

/** What a run tells of the times in which it waited for its backend. Pure. */

export const awayNames: Record<OutageView['what'], string> = { glabs: 'G-Labs', tunnel: 'the tunnel' };

/** The outage a run waits out just now; null when it waits for none. */
export function lastingOutage(
  run: Pick<RunSummary, 'status' | 'live'>,
  outages: readonly OutageView[],
): OutageView | null {
  const last = outages.at(-1);
  return run.live && run.status === 'waiting-backend' && last?.to === null ? last : null;
}

/** What a waiting run says: for what, and whether somebody is at it. */
export function waitingWords({ what, mended }: Pick<OutageView, 'what' | 'mended'>): string {
  const how = what === 'tunnel' ? 'it is being brought back' : 'it is being restarted';
  return `Waiting for ${awayNames[what]}: ${mended ? how : 'nobody restarts it'}`;
}

/** How long a run has waited, and how long it would: `12 s of at most 10 min`. */
export const waitedWords = (outage: OutageView, now: number): string =>
  `${duration(outageMs(outage, now) / 1000)} of at most ${duration(outage.waitS)}`;

/** How long it lasted; `end` (ms since 1970) ends one that was not over by then. */
export const outageMs = ({ from, to }: Pick<OutageView, 'from' | 'to'>, end: number): number =>
  Math.max(0, (to === null ? end : Date.parse(to)) - Date.parse(from));

/** What became of it: `back after 12 s, 2 tasks lost`. */
export function outcomeWords(outage: OutageView, end: number): string {
  const span = duration(outageMs(outage, end) / 1000);
  const lost = outage.lost === 0 ? '' : `, ${counted(outage.lost, 'task')} lost`;
  return `${outage.to === null ? `not back in ${span}` : `back after ${span}`}${lost}`;
}
