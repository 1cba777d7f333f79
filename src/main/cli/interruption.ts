/**
 * A terminal gives Ctrl-C to the whole process group, and a launcher (npm, bin/flowdeck) passes on its own: two
 * signals so close together are one keystroke.
 */
const SAME_KEYSTROKE_MS = 300;

export interface Interruption {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP, or when nobody reads standard output any more. */
  readonly signal: AbortSignal;
  /** As if a person had pressed Ctrl-C. */
  request(): void;
  /** The signals do again what they usually do. */
  dispose(): void;
}

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Listens for a person's wish to stop. The first one asks; the second one (`atOnce`) no longer waits.
 * `now` is in milliseconds and only ever grows.
 */
export function listenForInterruption(
  source: SignalSource,
  now: () => number,
  atOnce: () => void,
): Interruption {
  const controller = new AbortController();
  let firstAt: number | null = null;
  const request = () => {
    if (firstAt === null) {
      firstAt = now();
      controller.abort();
    } else if (now() - firstAt > SAME_KEYSTROKE_MS) atOnce();
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) source.on(signal, request);
  return {
    signal: controller.signal,
    request,
    dispose: () => {
      for (const signal of signals) source.off(signal, request);
    },
  };
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
