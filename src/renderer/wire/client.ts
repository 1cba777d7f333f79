import { config } from 'zod';
import { APP_SCHEME, MEDIA_PATH } from '../../shared/wire.ts';
import { dialPort, dialSocket } from './channel.ts';
import { type Connection, createConnection } from './connection.ts';
import { askPreload, socketUrl } from './page.ts';

/** The window's way to the main side. */
export interface Wire extends Connection {
  /** Address of a picture or clip; with `width` (pixels) that of a small picture of it. */
  mediaUrl(id: string, width?: number): string;
}

/**
 * Connects this page: over the MessagePort its preload hands out in the Electron window, else over a WebSocket to the
 * server the page came from.
 */
export function connect(page: Window = window): Wire {
  // The page's content policy forbids eval, and zod's mere attempt at it would be reported as a breach.
  config({ jitless: true });
  const inElectron = page.location.protocol === `${APP_SCHEME}:`;
  const dial = inElectron
    ? dialPort(askPreload(page))
    : dialSocket(
        () => new WebSocket(socketUrl(page.location)),
        () => void reloadIfShutOut(page),
      );
  return { ...createConnection(dial), mediaUrl };
}

function mediaUrl(id: string, width?: number): string {
  const path = `${MEDIA_PATH}${encodeURIComponent(id)}`;
  return width === undefined ? path : `${path}?w=${width}`;
}

/** A server that came back with another access token shuts this page out: its own page then says what to do. */
async function reloadIfShutOut(page: Window): Promise<void> {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => null);
  if (answer?.status === 401) page.location.reload();
}
