import open from 'open';
import type { Flowdeck } from '../app/flowdeck.ts';
import { openPages } from '../app/pages.ts';
import { createAccess } from './access.ts';
import { listen } from './listen.ts';
import { createHost } from './server.ts';

export interface ServeOptions {
  flowdeck: Flowdeck;
  /** Null or left out: the first free one of a few. 0: any free one. */
  port?: number | null;
  /** Address to listen on; 127.0.0.1 unless a person asks for more. */
  host?: string;
  /** Show the address in the person's browser. */
  open?: boolean;
  /** Opens an address in a browser; the system's usual one unless given. */
  launch?: (url: string) => Promise<unknown>;
}

export interface Served {
  /** With the access token: for the person who started it and nobody else. */
  readonly url: string;
  /** Without the token. */
  readonly origin: string;
  readonly port: number;
  /** Words for the person who started it, such as that the network can reach this server. */
  readonly warnings: readonly string[];
  /** Stops serving. The Flowdeck stays open: it belongs to the caller. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Serves the control room to a browser. Rejects with `usage` when the port or address cannot be had. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { flowdeck, host = LOOPBACK, launch = open } = options;
  const access = createAccess();
  let port = 0;
  const { server, end } = createHost({
    access,
    pages: await openPages(flowdeck.places.renderer),
    media: flowdeck.media,
    wire: await flowdeck.wire(),
    ownName: host,
    port: () => port,
  });
  port = await listen(server, host, options.port ?? null);

  const warnings: string[] = [];
  if (!isLoopback(host)) {
    warnings.push(
      `Anybody who can reach ${host}:${port} and has the token controls this Flowdeck. The connection is not encrypted.`,
    );
  }
  const origin = `http://${urlHost(host)}:${port}`;
  const url = `${origin}/?token=${access.token}`;
  if (options.open === true) {
    await launch(url).catch(() =>
      warnings.push('The browser could not be opened. Open the address yourself.'),
    );
  }
  return {
    url,
    origin,
    port,
    warnings,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        end();
      }),
  };
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** An address that a browser on this machine can open; one that stands for all interfaces is not such. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return LOOPBACK;
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
