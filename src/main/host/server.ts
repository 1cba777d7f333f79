import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { MEDIA_PATH } from '../../shared/wire.ts';
import { plain } from '../app/file-response.ts';
import type { Media } from '../app/media.ts';
import { withPageHeaders } from '../app/page-headers.ts';
import type { Pages } from '../app/pages.ts';
import type { WireServer } from '../app/wire-server.ts';
import { type Access, isOurHost } from './access.ts';
import { takeSockets } from './sockets.ts';

export interface HostParts {
  access: Access;
  pages: Pages;
  media: Media;
  wire: WireServer;
  /** A name people may reach this server by, besides numbers and localhost. */
  ownName: string;
  /** The port it is reached at; known once it listens. */
  port: () => number;
}

/**
 * The browser face's HTTP server, not listening yet: pages, media and the wire for whoever has shown the token.
 * `end` drops every connection, so that closing does not wait for a browser.
 */
export function createHost(parts: HostParts): { server: Server; end(): void } {
  const { access, pages, media } = parts;
  const app = new Hono();

  app.use(async (context, next) => {
    await next();
    context.res = withPageHeaders(new Response(context.res.body, context.res));
  });
  app.use(async ({ req }, next) => {
    if (!isOurHost(req.header('host') ?? null, parts.ownName)) {
      return plain(421, 'Flowdeck is not reached by this name. Use the address it printed when it started.');
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') return plain(405, 'Only GET is answered here.');
    return next();
  });
  app.use(async ({ req }, next) => {
    const shown = req.query('token') ?? null;
    if (shown !== null && access.isToken(shown)) {
      // On to the address without the token, so that it stays in no history and no screenshot.
      return new Response(null, {
        status: 303,
        headers: {
          location: '/',
          'set-cookie': access.sessionCookie(parts.port()),
          'cache-control': 'no-store',
        },
      });
    }
    if (access.isSession(req.header('cookie') ?? null)) return next();
    return new Response(shutOut, {
      status: 401,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    });
  });
  app.get(`${MEDIA_PATH}:id`, ({ req }) => media.respond(req.raw));
  app.get('*', ({ req }) => pages.respond(req.raw));
  app.onError(() => plain(500, 'Flowdeck made a mistake and could not answer this.'));

  const server = createServer(getRequestListener(app.fetch));
  const sockets = takeSockets(server, parts);
  return {
    server,
    end() {
      sockets.end();
      server.closeAllConnections();
    },
  };
}

const shutOut = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Flowdeck</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}code{font-size:.95em}</style>
<h1>This address needs its access token</h1>
<p>Flowdeck printed the whole address, ending in <code>?token=…</code>, where it was started. Open that one.</p>
<p>The token is a new one at each start. If Flowdeck was started again since, take the newest address.</p>
</html>
`;
