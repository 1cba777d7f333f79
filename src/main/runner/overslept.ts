/** A wait that takes so much longer than it should was none: the machine slept, or this process was stopped. */
const SLEPT_MS = 10_000;

/** The part of a wait, in ms, in which nobody was there; 0 for an ordinary one. It counts against no deadline. Pure. */
export const overslept = (meantMs: number, tookMs: number): number =>
  tookMs - meantMs > SLEPT_MS ? tookMs - meantMs : 0;
