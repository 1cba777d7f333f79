import type { RunCause, RunOutcome } from '../../shared/domain.ts';
import type { FailureCode } from '../../shared/failure.ts';
import type { OutageView } from '../../shared/run-view.ts';
import { sameBoot } from '../platform/boot.ts';

/** How a run ended by itself. */
export interface RunEnd {
  status: RunOutcome;
  cancelled: boolean;
  failure: FailureCode | null;
  /** Its waits for the backend, oldest first. */
  outages: readonly OutageView[];
  /** Address of the backend. */
  server: string;
  /** Whether the machine had an address of its own when it gave up. */
  online: boolean;
}

/** Why a run that ended by itself was not through (behaviour.md §8); null: it was. Pure. */
export function causeOfEnd({ status, cancelled, failure, outages, server, online }: RunEnd): RunCause | null {
  if (cancelled) return 'cancelled';
  if (status !== 'aborted' && status !== 'interrupted') return null;
  if (failure === 'backend-unreachable') {
    const what = outages.findLast(({ to }) => to === null)?.what ?? 'glabs';
    // What answers on this machine needs no network.
    if (!online && (what === 'tunnel' || !isHere(server))) return 'network';
    return what === 'tunnel' ? 'tunnel' : 'backend';
  }
  if (failure === 'store-unreachable' && !online) return 'network';
  return 'other';
}

/** A run without an end, whose process is gone. */
export interface RunDeath {
  /** Which start of the machine it belonged to (platform/boot.ts); null: a version that did not note it. */
  boot: string | null;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** The machine as it is now. */
export interface MachineNow {
  boot: string | null;
  /** Milliseconds since the epoch, and since the machine started. */
  now: number;
  sinceBoot: number;
}

/** Why a run ended that could not say so itself. Pure. */
export function causeOfDeath(run: RunDeath, machine: MachineNow): 'killed' | 'rebooted' {
  if (run.boot !== null && machine.boot !== null)
    return sameBoot(run.boot, machine.boot) ? 'killed' : 'rebooted';
  // Older records tell it only by the clock on the wall.
  return run.startedAt < machine.now - machine.sinceBoot ? 'rebooted' : 'killed';
}

function isHere(server: string): boolean {
  const host = URL.canParse(server) ? new URL(server).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
