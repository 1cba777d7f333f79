import type { RecoveriesChange, RecoveriesView } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Runner } from '../runner/runner-api.ts';
import { followRuns } from './live-runs.ts';
import { isNews } from './recovery-words.ts';
import type { Services } from './services.ts';
import type { Topic } from './topic.ts';
import { publicAddress, type TrayState, trayState } from './tray-state.ts';

/** What a tray shows and does, without a word of Electron. */
export interface Tray {
  state(): TrayState;
  /** Hears of every state that reads differently. Returns what ends it. */
  subscribe(listener: (state: TrayState) => void): () => void;
  /** Brings up G-Labs, then the tunnel, where that means something. What fails stands in their state. */
  start(): Promise<void>;
  /** Stops what was started here: the tunnel first, it leads to G-Labs. */
  stop(): Promise<void>;
  /** Null while it is not verified. */
  publicAddress(): string | null;
  close(): void;
}

/**
 * Follows the services, the runs of this process and what was interrupted; nothing is asked of disk or network for it.
 */
export function createTray(
  services: Services,
  runner: Pick<Runner, 'onStarted'>,
  recoveries: Pick<Topic<RecoveriesView, RecoveriesChange>, 'state' | 'listen'>,
): Tray {
  const listeners = new Set<(state: TrayState) => void>();
  const live = new Map<string, RunSummary>();
  const compute = () =>
    trayState(services.view(), [...live.values()], recoveries.state().entries.filter(isNews));
  let current = compute();

  const look = () => {
    const next = compute();
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    for (const listener of [...listeners]) listener(next);
  };
  const ends = [
    services.subscribe(look),
    recoveries.listen(look),
    followRuns(runner, (run, _before, over) => {
      if (over) live.delete(run.runId);
      else live.set(run.runId, run);
      look();
    }),
  ];

  return {
    state: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => {
      await services.glabs.start();
      if (services.tunnel.view().startWill !== 'nothing') await services.tunnel.start();
    },
    stop: async () => {
      await services.tunnel.stop();
      await services.glabs.stop();
    },
    publicAddress: () => publicAddress(services.view()),
    close: () => {
      for (const end of ends) end();
      listeners.clear();
    },
  };
}
