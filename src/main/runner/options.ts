import type { RerollTarget, RunOptions } from '../../shared/domain.ts';
import type { SettingKey, Settings } from '../../shared/settings.ts';

/** Run options with every gap filled from the settings. Seconds are milliseconds here. */
export interface ResolvedOptions {
  mode: RunOptions['mode'];
  gates: RunOptions['gates'];
  concurrency: number;
  maxTasks: number;
  refImage: string | null;
  storage: string;
  outRoot: string | null;
  pollMs: number;
  /** For nodes that name no timeout of their own … */
  imageTimeoutMs: number;
  videoTimeoutMs: number;
  /** … unless a person gave one for this run: it goes before the node's. */
  askedTimeoutMs: { image: number | null; video: number | null };
  /** How long to wait for a backend before the run has begun, and in its middle. */
  waitAtStartMs: number;
  waitMidRunMs: number;
  retries: number;
  quotaPauseMs: number;
  /** Null: an ordinary run. */
  reroll: RerollTarget[] | null;
}

const WAIT_AT_START_S = 15;

export function resolveOptions(
  options: RunOptions,
  setting: <K extends SettingKey>(key: K) => Settings[K],
): ResolvedOptions {
  return {
    mode: options.mode,
    gates: options.gates,
    concurrency: options.concurrency ?? setting('runner.concurrency'),
    maxTasks: setting('runner.maxTasks'),
    refImage: options.refImage ?? null,
    storage: options.storage ?? setting('storage.default'),
    outRoot: options.outRoot ?? null,
    pollMs: options.pollMs ?? setting('runner.pollMs'),
    imageTimeoutMs: (options.imageTimeoutS ?? setting('runner.imageTimeoutS')) * 1000,
    videoTimeoutMs: (options.videoTimeoutS ?? setting('runner.videoTimeoutS')) * 1000,
    askedTimeoutMs: { image: inMs(options.imageTimeoutS), video: inMs(options.videoTimeoutS) },
    waitAtStartMs: (options.waitBackendS ?? WAIT_AT_START_S) * 1000,
    waitMidRunMs: (options.waitBackendS ?? setting('runner.waitForBackendS')) * 1000,
    retries: setting('runner.retries'),
    quotaPauseMs: setting('runner.quotaPauseS') * 1000,
    reroll: options.reroll ?? null,
  };
}

const inMs = (seconds: number | undefined): number | null => (seconds === undefined ? null : seconds * 1000);

/** How long a task of a node may take, in ms: what was asked for this run, else the node's own, else the setting. */
export function timeoutOf(
  node: { kind: 'image' | 'video'; timeoutS: number | null },
  options: ResolvedOptions,
): number {
  const usual = node.kind === 'image' ? options.imageTimeoutMs : options.videoTimeoutMs;
  return options.askedTimeoutMs[node.kind] ?? inMs(node.timeoutS ?? undefined) ?? usual;
}
