import type { RunEvent, RunEventOf } from '../../shared/run-events.ts';
import type { OutageView, RunChange, RunView } from '../../shared/run-view.ts';

/** The outages of a run, as a fold of its events. Pure. */

/** What an event changes: one begins, ends, or a task turns out to have gone with it. */
export function outageChange(
  outages: readonly OutageView[],
  event: RunEvent,
): Pick<RunChange, 'outages'> | null {
  const last = outages.at(-1);
  switch (event.type) {
    case 'backend.down': {
      const { at, what, message, mended, waitS } = event;
      return { outages: [{ from: after(last, at), to: null, what, message, mended, waitS, lost: 0 }] };
    }
    case 'backend.up':
      return last?.to === null ? { outages: [{ ...last, to: event.at }] } : null;
    case 'node.state':
      return last && event.lost ? { outages: [{ ...last, lost: last.lost + 1 }] } : null;
    default:
      return null;
  }
}

/** Outages are told apart by their beginning: two of one millisecond begin one after the other. */
function after(last: OutageView | undefined, at: string): string {
  if (last === undefined || last.from < at) return at;
  return new Date(Date.parse(last.from) + 1).toISOString();
}

const names = { glabs: 'G-Labs', tunnel: 'The tunnel' };

export const downWords = ({ what, message }: RunEventOf<'backend.down'>): string =>
  `${names[what]} does not answer: ${message}`;

/** With the address, where that is a new one. */
export function backWords(
  { summary, outages }: Pick<RunView, 'summary' | 'outages'>,
  { downMs, server }: RunEventOf<'backend.up'>,
): string {
  const back = `${names[outages.at(-1)?.what ?? 'glabs']} is back after ${Math.round(downMs / 1000)} s`;
  return server === summary.server ? `${back}.` : `${back}, at ${server}.`;
}
