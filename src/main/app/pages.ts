import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileResponse, plain } from './file-response.ts';

/** Answers for the built window: the same for the browser face and for Electron's own protocol. */
export interface Pages {
  /** For a GET or HEAD of anything but media and the wire. */
  respond(request: Request): Promise<Response>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
};

/**
 * Serves the files that lie in `folder`, by a table of them: a path from outside is only ever looked up, never joined
 * to a folder. What the table lacks is looked for once more, since the window may have been built anew. File names of
 * the build carry a hash, so all but the page itself may be kept for ever.
 */
export async function openPages(folder: string): Promise<Pages> {
  let files = await listPages(folder);

  const find = async (request: Request, path: string): Promise<Response | null> => {
    const file = files.get(path);
    if (file === undefined) return null;
    const answer = await fileResponse(request, {
      file,
      contentType: types[extname(file)] ?? 'application/octet-stream',
      cacheControl: path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
    });
    return answer.status === 404 ? null : answer;
  };

  return {
    async respond(request) {
      const { pathname } = new URL(request.url);
      const path = pathname === '/' ? '/index.html' : pathname;
      const found = await find(request, path);
      if (found) return found;
      files = await listPages(folder);
      const late = await find(request, path);
      if (late) return late;
      return path === '/index.html'
        ? plain(503, 'The window is not built yet. Start Flowdeck with: npm start')
        : plain(404, 'There is nothing here.');
    },
  };
}

/** Files of the folder by the path a page asks for them with. */
async function listPages(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile() || !(extname(entry.name) in types)) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
  }
  return files;
}
