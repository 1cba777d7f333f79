import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConsumerView } from '../../../shared/services.ts';

// An address book in a process of its own: killed while it writes, and without rights.

const script = fileURLToPath(new URL('address-process.ts', import.meta.url));
/** A user who is not root, as whom the tests may run where root may write everywhere. */
const NOBODY = 65_534;

let folder = '';
let dataDir = '';
let file = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-book-'));
  dataDir = path.join(folder, 'data');
  file = path.join(folder, 'project', '.env');
  await fs.mkdir(dataDir);
  await fs.mkdir(path.dirname(file));
  const consumers = [{ kind: 'env-file', path: file, key: 'URL' }];
  await fs.writeFile(path.join(dataDir, 'settings.json'), JSON.stringify({ 'tunnel.consumers': consumers }));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await fs.rm(folder, { recursive: true, force: true });
});

interface Said {
  current: { url: string } | null;
  consumers: ConsumerView[];
}

async function start(uid?: number) {
  const child = spawn(process.execPath, [script, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  children.push(child);
  const heard: Said[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => heard.push(JSON.parse(line) as Said));
  await once(lines, 'line');
  const saw = async (holds: (said: Said) => boolean): Promise<Said> => {
    for (;;) {
      const found = heard.find(holds);
      if (found) return found;
      await once(lines, 'line');
    }
  };
  const confirmed = (url: string) =>
    saw(({ consumers, current }) => current?.url === url && consumers[0]?.state === 'confirmed');
  const end = async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  return { child, saw, confirmed, end, publish: (url: string) => child.stdin.write(`${url}\n`) };
}

const address = (n: number) => `https://r${n}.trycloudflare.com`;

it('killed in the middle of its work it leaves the file old or new, and the next one mends the rest', async () => {
  const rest = 'A_LONG_LINE_THAT_IS_ALL_THE_SAME=1\n'.repeat(20_000);
  const content = (url: string) => `URL=${url}\n${rest}`;
  const whole = new Set([content('old')]);
  await fs.writeFile(file, content('old'));
  for (let round = 0; round < 3; round += 1) {
    const { child, publish } = await start();
    const ended = once(child, 'exit');
    // Killed as soon as a new content begins to be there.
    const watching = new AbortController();
    watch(path.dirname(file), { signal: watching.signal }, (_event, name) => {
      if (name?.endsWith('.tmp')) child.kill('SIGKILL');
    });
    whole.add(content(address(round)));
    publish(address(round));
    await ended;
    watching.abort();
    expect(whole.has(await fs.readFile(file, 'utf8'))).toBe(true);
  }
  const { publish, confirmed, end } = await start();
  publish(address(9));
  await confirmed(address(9));
  await end();
  expect(await fs.readFile(file, 'utf8')).toBe(content(address(9)));
  expect(await fs.readdir(path.dirname(file))).toEqual(['.env']);
});

it('killed between two addresses it tells the newer one when it is started again, and it still works', async () => {
  await fs.writeFile(file, 'URL=old\n');
  const first = await start();
  first.publish(address(1));
  await first.confirmed(address(1));
  first.publish(address(2));
  await first.saw(({ current }) => current?.url === address(2));
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start();
  second.publish(address(2));
  await second.confirmed(address(2));
  await second.end();
  expect(await fs.readFile(file, 'utf8')).toBe(`URL=${address(2)}\n`);
});

it('without the right to write the folder it says so, leaves the file alone, and goes on once it may', async () => {
  const root = process.getuid?.() === 0;
  await fs.writeFile(file, 'URL=old\n');
  await fs.chmod(file, 0o666);
  if (root) {
    await fs.chmod(folder, 0o755);
    for (const each of [dataDir, path.join(dataDir, 'settings.json')]) await fs.chown(each, NOBODY, NOBODY);
  } else await fs.chmod(path.dirname(file), 0o555);
  const { publish, saw, confirmed, end } = await start(root ? NOBODY : undefined);
  publish(address(1));
  const said = await saw(({ consumers }) => (consumers[0]?.problem ?? null) !== null);
  expect(said.consumers[0]?.problem?.message).toMatch(/may not be written \(.*\.env\)/);
  expect(await fs.readFile(file, 'utf8')).toBe('URL=old\n');
  await fs.chmod(path.dirname(file), 0o777);
  await confirmed(address(1));
  await end();
  expect(await fs.readFile(file, 'utf8')).toBe(`URL=${address(1)}\n`);
});
