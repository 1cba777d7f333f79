import type { ServicesChange, ServicesView } from '../../shared/services.ts';
import type { Service } from '../services/service.ts';

/**
 * G-Labs and the tunnel, as this process can act on them: it supervises them itself, or another Flowdeck of the same
 * data folder does; then what is asked here is passed on to that one.
 */
export interface Services {
  readonly glabs: Service;
  readonly tunnel: Service;
  view(): ServicesView;
  /** Hears every change from now on, gathered. Returns what ends it. */
  subscribe(listener: (change: ServicesChange) => void): () => void;
  /** Process of the other Flowdeck that supervises; null: this one does. */
  supervisor(): number | null;
  /** Tells a pending consumer of the tunnel's address at once. Throws `not-found`. */
  tellConsumer(id: string): void;
  /** `keep`: what runs goes on, to be taken up by the next Flowdeck. Default: the setting services.onQuit. */
  close(options?: { keep: boolean }): Promise<void>;
}
