import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';

/** Everybody who is told the address of the tunnel: three files among other words, and a webhook that really listens. */
export interface Told {
  /** For the setting tunnel.consumers. */
  setting: unknown[];
  /** What each of them has just now, by name; what is not as it was besides the address is told in `spoilt`. */
  read(): Promise<{ has: Record<string, string>; spoilt: string[] }>;
  close(): Promise<void>;
}

const files = {
  '.env': (url: string) => `# mine\nOTHER=1\nGLABS_URL=${url}\nLAST=2\n`,
  'config.json': (url: string) => `{ "other": [1,  2],\n\t"glabs": {"url": "${url}"} }\n`,
  'server.ini': (url: string) => `[a]\r\nserver = ${url}\r\n[b]\r\n`,
};
const Post = z.object({ url: z.string(), revision: z.number() });
const NOWHERE = 'http://nowhere.invalid';

export async function openTold(folder: string): Promise<Told> {
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content(NOWHERE));
  let posted: z.infer<typeof Post> | null = null;
  const backwards: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const post = Post.parse(JSON.parse(body));
    if (posted !== null && post.revision < posted.revision) {
      backwards.push(`the webhook heard of revision ${post.revision} after ${posted.revision}`);
    }
    posted = post;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const at = (name: string) => join(folder, name);
  return {
    setting: [
      { kind: 'env-file', path: at('.env'), key: 'GLABS_URL' },
      { kind: 'json-file', path: at('config.json'), pointer: '/glabs/url' },
      { kind: 'text-file', path: at('server.ini'), pattern: '^server = (\\S+)' },
      { kind: 'webhook', url: `http://127.0.0.1:${port}/told` },
    ],
    read: async () => {
      const has: Record<string, string> = { webhook: posted?.url ?? NOWHERE };
      const spoilt = [...backwards];
      for (const [name, content] of Object.entries(files)) {
        const text = await readFile(at(name), 'utf8');
        const url = /https?:\/\/[a-z0-9.-]+/.exec(text)?.[0] ?? '';
        has[name] = url;
        if (text !== content(url)) spoilt.push(`${name} is no longer what it was: ${JSON.stringify(text)}`);
      }
      const strange = (await readdir(folder)).filter((name) => !(name in files));
      if (strange.length > 0) spoilt.push(`beside the files of consumers lies ${strange.join(', ')}`);
      return { has, spoilt };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
