import type { ServicesChange, ServiceView } from '../../shared/services.ts';

/** A supervised program: G-Labs or the tunnel. What the faces can do with it. */
export interface Service {
  view(): ServiceView;
  /** Hears every change from now on, gathered. Returns what ends it. */
  subscribe(listener: (change: ServicesChange) => void): () => void;
  /** Resolves when it is ready. Rejects with the problem, or `interrupted` by a stop. */
  start(): Promise<void>;
  /** Resolves when everything that was started here has ended. What was adopted runs on. */
  stop(): Promise<void>;
  /** Rejects with `usage` when it was not started here. */
  restart(): Promise<void>;
  /** Ends every watch, and what was started here; with `keep` that runs on, to be taken up by the next Flowdeck. */
  close(options?: { keep: boolean }): Promise<void>;
}
