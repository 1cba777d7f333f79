import { PORT_GIVEN, PORT_WANTED, WIRE_PATH } from '../../shared/wire.ts';
import type { PortLike } from './channel.ts';

/** Asks the preload for a port to the main side; only pages of the Electron window have one that answers. */
export function askPreload(page: Window): (signal: AbortSignal) => Promise<PortLike> {
  return (signal) =>
    new Promise((resolve, reject) => {
      const onMessage = (event: MessageEvent<unknown>) => {
        const port = event.ports[0];
        if (event.source !== page || event.data !== PORT_GIVEN || port === undefined) return;
        done();
        resolve(port);
      };
      const onAbort = () => {
        done();
        reject(signal.reason);
      };
      const done = () => {
        page.removeEventListener('message', onMessage);
        signal.removeEventListener('abort', onAbort);
      };
      page.addEventListener('message', onMessage);
      signal.addEventListener('abort', onAbort, { once: true });
      page.postMessage(PORT_WANTED, page.location.origin);
    });
}

/** Where the page's own server takes WebSockets. */
export function socketUrl(location: Pick<Location, 'protocol' | 'host'>): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${WIRE_PATH}`;
}
