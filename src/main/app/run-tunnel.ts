import type { Settings } from '../../shared/settings.ts';
import type { MovingServer, NoAddress } from '../backend/address.ts';
import type { TunnelAddresses } from '../db/tunnel-addresses.ts';
import type { SeenServices } from './backend-watch.ts';

export interface RunTunnelParts {
  /** The services as a supervisor that lives sees them. */
  seen: () => Promise<Pick<SeenServices, 'tunnel'>>;
  addresses: Pick<TunnelAddresses, 'current'>;
  mode: () => Settings['tunnel.mode'];
  /** `tunnel.probeOrigin`. */
  sentTo: () => string | null;
}

/** The address for runs that go through the tunnel: the one in `runner.server` and `--server`. */
export const TUNNEL = 'tunnel';

/** The public address of now, for each request of a run; only one that was seen to work counts (behaviour.md §10). */
export function tunnelServer({ seen, addresses, mode, sentTo }: RunTunnelParts): MovingServer {
  return {
    name: TUNNEL,
    find: async () => {
      const { tunnel } = await seen();
      if (tunnel === null) return none('No Flowdeck of this data folder keeps a tunnel up.', startCure);
      if (tunnel.desired === 'down') {
        return mode() === 'none'
          ? none(
              'There is no tunnel: the setting tunnel.mode is none.',
              'Choose a mode, or run with --server local.',
            )
          : none('The tunnel is not started.', startCure);
      }
      const address = addresses.current();
      if (tunnel.tunnel?.stage !== 'verified' || address === null) {
        const state = tunnel.tunnel?.stage ?? tunnel.state;
        return none(
          `The tunnel has no address that works just now (${state}).`,
          'Look at its card on the Control room, which says what is the matter.',
        );
      }
      return { server: address.url, sentTo: sentTo() };
    },
  };
}

const startCure = 'Start it on the Control room or with: flowdeck up';

const none = (message: string, cure: string): NoAddress => ({ server: null, message, cure });
