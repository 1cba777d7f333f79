import type { RunOptions } from '../../../shared/domain.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { counted, duration } from '../../components/format.ts';

/** What a run's record tells besides its nodes. Pure. */

/**
 * Whether the record does not say what the run did: its program ended before it could write that down, or drives it
 * still, elsewhere. What was asked of G-Labs is in the journal all the same.
 */
export const isUnrecorded = (
  run: Pick<RunSummary, 'live' | 'finishedAt'>,
  nodes: readonly RunNodeView[],
): boolean => !run.live && run.finishedAt === null && nodes.length === 0;

/** Candidates that were made in this run, by kind. */
export function madeIn(nodes: readonly RunNodeView[]): { images: number; videos: number } {
  const made = (kind: RunNodeView['kind']) =>
    nodes
      .filter((node) => node.kind === kind)
      .reduce((sum, node) => sum + node.candidates.filter(({ state }) => state === 'done').length, 0);
  return { images: made('image'), videos: made('video') };
}

/** What was asked of a run besides mode and concurrency, which its summary has; what was left to the settings is left out. */
export function optionFacts(options: RunOptions): { name: string; value: string }[] {
  const seconds = (value: number | undefined) => (value === undefined ? undefined : duration(value));
  const told: [string, string | undefined][] = [
    ['Gates', options.gates === 'hold' ? 'wait for a person’s pick' : 'the machine picks'],
    ['Review', options.qa === 'on' ? `on, ${counted(options.qaAttempts ?? 3, 'attempt')}` : undefined],
    [
      'Re-rolled',
      options.reroll && counted(new Set(options.reroll.map(({ nodeId }) => nodeId)).size, 'node'),
    ],
    ['Reference', options.refImage],
    ['Store', options.storage],
    ['Project folder', options.outRoot],
    ['Image timeout', seconds(options.imageTimeoutS)],
    ['Clip timeout', seconds(options.videoTimeoutS)],
    ['Wait for G-Labs', seconds(options.waitBackendS)],
    ['Looked each', options.pollMs === undefined ? undefined : `${options.pollMs} ms`],
  ];
  return told.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
