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
 * Serves the files that lie in `folder` now, by a table made once: a path from outside is only ever looked up, never
 * joined to a folder. File names of the build carry a hash, so all but the page itself may be kept for ever.
 */
export async function openPages(folder: string): Promise<Pages> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile() || !(extname(entry.name) in types)) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
  }
  return {
    async respond(request) {
      const { pathname } = new URL(request.url);
      const path = pathname === '/' ? '/index.html' : pathname;
      const file = files.get(path);
      if (file === undefined) {
        return path === '/index.html'
          ? plain(503, 'The window is not built yet. Run: npm run build')
          : plain(404, 'There is nothing here.');
      }
      const hashed = path.startsWith('/assets/');
      return fileResponse(request, {
        file,
        contentType: types[extname(file)] ?? 'application/octet-stream',
        cacheControl: hashed ? 'private, max-age=31536000, immutable' : 'no-cache',
      });
    },
  };
}
