import type { ServiceName } from '../../shared/services.ts';

/** What we started, noted down where the next Flowdeck finds it (behaviour.md §10). */
export interface ChildRegistry {
  /** Notes a process the moment it was started. `command`: the program without its arguments. */
  add(child: { service: ServiceName; pid: number; command: string; output: string | null }): RegisteredChild;
  /** Those whose Flowdeck is gone and that still run: pid, start time and command all match. The others are forgotten. */
  leftovers(): Promise<Leftover[]>;
}

export interface RegisteredChild {
  /** Nothing of it is left. */
  gone(): void;
  /** It runs on when this Flowdeck ends, on purpose. */
  keep(): void;
}

export interface Leftover {
  service: ServiceName;
  pid: number;
  /** An earlier Flowdeck left it running on purpose; else it crashed. */
  kept: boolean;
  output: string | null;
  /** This Flowdeck takes care of it from now on. */
  takeOver(): RegisteredChild;
  forget(): void;
}
