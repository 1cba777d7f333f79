import type { ConsumerView, TunnelAddress } from '../../../shared/services.ts';

/** Somebody outside of this program who uses the address of the tunnel. */
export interface Consumer extends Pick<ConsumerView, 'id' | 'kind' | 'target'> {
  /** Its state can be looked up again: telling it what it has changes nothing, and finds what was put back by hand. */
  readonly canLook: boolean;
  /**
   * Tells it the newest address, asked for at the last moment. Resolves with the one it surely has now. Rejects with a
   * FlowdeckError. `signal` ends it only where nothing can be left half done.
   */
  tell(newest: () => TunnelAddress, signal: AbortSignal): Promise<TunnelAddress>;
  /** Hears when what stood in the way may be gone. Returns what ends that; null: nothing tells. */
  watch(onChange: () => void): (() => void) | null;
}
