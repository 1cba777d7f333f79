import type { ServiceName } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';
import { stillRuns } from '../platform/process-identity.ts';
import type { ChildRegistry, Leftover } from './child-registry.ts';
import { endGroup } from './process-group.ts';

export interface LeftoverDeps {
  children: ChildRegistry;
  clock: Clock;
  /** Milliseconds between the gentle end and the force; default 5000. */
  graceMs?: number;
  /** Whether this one is to go on in our care; asked of the newest first, until one is. */
  takeUp(leftover: Leftover): boolean | Promise<boolean>;
  /** A sentence for the log of the service. */
  note(text: string): void;
}

/**
 * What an earlier Flowdeck left running of a service (behaviour.md §10): at most one is given back, to be taken over;
 * the others are ended, with all they started. To be done before anything is started.
 */
export async function settleLeftovers(service: ServiceName, deps: LeftoverDeps): Promise<Leftover | null> {
  const { children, clock, graceMs = 5000, takeUp, note } = deps;
  let taken: Leftover | null = null;
  for (const leftover of (await children.leftovers(service)).toReversed()) {
    const { pid, started } = leftover;
    if (taken === null && !leftover.ended && (await takeUp(leftover))) {
      taken = leftover;
      continue;
    }
    await endGroup(pid, { graceMs, clock });
    if (await stillRuns({ pid, startTime: started })) {
      note(`Process ${pid} of an earlier Flowdeck could not be ended.`);
      continue;
    }
    leftover.forget();
    note(
      leftover.ended
        ? `What process ${pid} of an earlier Flowdeck had started was ended.`
        : `Process ${pid}, which an earlier Flowdeck had left behind, was ended.`,
    );
  }
  return taken;
}
