import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const simulatorMain = fileURLToPath(new URL('../../../../simulator/main.ts', import.meta.url));

/**
 * G-Labs behind a door of ours: the simulator as a real process, at an address that stays when it is killed and started
 * anew. Only at the door can one see how much it had taken on when it died.
 */
export interface Door {
  url: string;
  /** Tasks that all its lives took on. */
  made(): Promise<number>;
  /** Kills the simulator. What it had read is answered to nobody; nothing reaches it any more. */
  kill(): Promise<void>;
  /** Starts it anew: it knows nothing of before. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

const State = z.object({ submits: z.object({ made: z.number() }) });
const Ready = z.object({ url: z.string() });

interface Life {
  child: ChildProcess;
  url: string;
}

/** `args` of the simulator (docs/simulator.md). */
export async function openDoor(args: readonly string[]): Promise<Door> {
  let life: Life | null = await startLife(args);
  let before = 0;
  const under = new Set<Promise<void>>();

  const server = createServer((asked, answer) => {
    const work = handOn(asked, answer, () => life).finally(() => under.delete(work));
    under.add(work);
  });
  const port = await listen(server, 0);
  const madeNow = async () =>
    life === null ? 0 : State.parse(await (await fetch(`${life.url}/sim/state`)).json()).submits.made;

  return {
    url: `http://127.0.0.1:${port}`,
    made: async () => before + (await madeNow()),
    kill: async () => {
      const dying = life;
      if (dying === null) return;
      // Whoever comes now is refused, so surely did not arrive; whoever is in is never answered.
      const closed = new Promise((resolve) => server.close(resolve));
      life = null;
      await Promise.all(under);
      server.closeAllConnections();
      await closed;
      before += State.parse(await (await fetch(`${dying.url}/sim/state`)).json()).submits.made;
      await endLife(dying);
    },
    revive: async () => {
      life = await startLife(args);
      await listen(server, port);
    },
    close: async () => {
      if (life !== null) await endLife(life);
      life = null;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** To the simulator and back; an answer that comes after its death is kept back. */
async function handOn(
  asked: IncomingMessage,
  answer: ServerResponse,
  living: () => Life | null,
): Promise<void> {
  const life = living();
  if (life === null) {
    asked.socket.destroy();
    return;
  }
  try {
    const body: Buffer[] = [];
    for await (const chunk of asked) body.push(chunk);
    const { status, headers, bytes } = await ask(new URL(asked.url ?? '/', life.url), asked, body);
    if (living() !== life) throw new Error('it is dead');
    // The simulator names its own address in what it answers.
    const text = /json/.test(String(headers['content-type']))
      ? Buffer.from(bytes.toString('utf8').replaceAll(life.url, `http://${asked.headers.host}`))
      : bytes;
    answer.writeHead(status, { ...headers, 'content-length': text.length }).end(text);
  } catch {
    // What happens to a connection whose other end dies: it is cut.
    asked.socket.destroy();
  }
}

function ask(
  url: URL,
  { method, headers }: IncomingMessage,
  body: readonly Buffer[],
): Promise<{ status: number; headers: IncomingMessage['headers']; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, host: url.host } }, (got) => {
      const bytes: Buffer[] = [];
      got.on('data', (chunk: Buffer) => bytes.push(chunk));
      got.on('error', reject);
      got.on('close', () => {
        if (!got.complete) return reject(new Error('cut off'));
        const { 'transfer-encoding': _encoding, ...kept } = got.headers;
        resolve({ status: got.statusCode ?? 502, headers: kept, bytes: Buffer.concat(bytes) });
      });
    });
    sent.on('error', reject);
    sent.end(Buffer.concat(body));
  });
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

async function startLife(args: readonly string[]): Promise<Life> {
  const child = spawn(
    process.execPath,
    [simulatorMain, '--port', '0', '--tiny', '--exit-with-parent', ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const line: string = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  return { child, url: Ready.parse(JSON.parse(line)).url };
}

async function endLife({ child }: Life): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
