import { protocol } from 'electron';
import { APP_SCHEME, MEDIA_PATH } from '../../shared/wire.ts';
import { plain } from '../app/file-response.ts';
import type { Media } from '../app/media.ts';
import { withPageHeaders } from '../app/page-headers.ts';
import type { Pages } from '../app/pages.ts';
import { isOurPage } from './origin.ts';

/** Makes `app://flowdeck` an origin like any secure web page. Must be called before Electron is ready. */
export function claimScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Serves pages and media under that origin, with the same answers and headers as the browser face. */
export function serveApp({ pages, media }: { pages: Pages; media: Media }): void {
  protocol.handle(APP_SCHEME, async (request) => withPageHeaders(await answer(request)));

  const answer = async (request: Request): Promise<Response> => {
    if (!isOurPage(request.url)) return plain(404, 'There is nothing here.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(405, 'Only GET is answered here.');
    return new URL(request.url).pathname.startsWith(MEDIA_PATH)
      ? media.respond(request)
      : pages.respond(request);
  };
}
