import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { readCommandLine } from './cloudflared/command-line.ts';
import { standardError } from './cloudflared/console.ts';
import { startEdge } from './cloudflared/edge.ts';
import { helpOf } from './cloudflared/help.ts';
import { readPlay } from './cloudflared/play.ts';
import { readSettings } from './cloudflared/settings.ts';
import { runTunnel, type Signals } from './cloudflared/tunnel.ts';
import { RECORDED_VERSION } from './cloudflared/version.ts';

/** The process of the simulated cloudflared; as `edge [--port N] [--seed N] [--speed N]`, of the simulated Cloudflare. */

const WRONG_USE = 2;
const BUILT = '2026-08-14-12:17 UTC';

async function run(argv: readonly string[]): Promise<number | null> {
  if (argv[0] === 'edge') return runEdge(argv.slice(1));
  const play = readPlay(process.env, RECORDED_VERSION);
  const line = readCommandLine(argv, play.version);
  switch (line.kind) {
    case 'version':
      process.stdout.write(
        line.short ? `${play.version}\n` : `cloudflared version ${play.version} (built ${BUILT})\n`,
      );
      return 0;
    case 'usage':
      // On standard output and with 0: so does the real one.
      process.stdout.write(`Incorrect Usage: ${line.problem}\n\n${helpOf(line.command, play.version)}`);
      return 0;
    case 'ready':
      return askReady(line.values.get('metrics') ?? null);
    default: {
      const settings = readSettings(line, { env: process.env, version: play.version, read: textOf });
      if ('message' in settings) {
        process.stderr.write(`${settings.message}\n`);
        return settings.code;
      }
      const out = standardError(settings.format, settings.level);
      const edgePort = play.edgePort ?? (await ownEdge(play));
      const code = await runTunnel(settings, { ...play, edgePort }, out, listenToSignals());
      await out.flushed();
      return code;
    }
  }
}

/** The first signal asks to end. Then the system's own way is back: the second kills. */
function listenToSignals(): Signals {
  let ignored = false;
  const asked = Promise.withResolvers<'terminated' | 'interrupt'>();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (ignored) return;
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    asked.resolve(signal === 'SIGINT' ? 'interrupt' : 'terminated');
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return {
    first: asked.promise,
    ignore: () => {
      ignored = true;
    },
  };
}

/** `tunnel --metrics ADDR ready`: 0 when the tunnel is ready, else 1 and why. */
async function askReady(address: string | null): Promise<number> {
  if (address === null) {
    process.stderr.write('--metrics has to be provided\n');
    return 1;
  }
  const url = `http://${address}/ready`;
  return new Promise((resolve) => {
    const tell = (text: string): void => {
      process.stderr.write(`${text}\n`);
      resolve(1);
    };
    request(url, { agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(0);
        else tell(`${url} endpoint returned status code ${answer.statusCode}\n${body}`);
      });
    })
      .on('error', () => tell(`Get "${url}": dial tcp ${address}: connect: connection refused`))
      .end();
  });
}

/** An edge within this process, on a port that is written where it was asked for: whole or not at all. */
async function ownEdge(play: { seed: number; speed: number; edgeFile: string | null }): Promise<number> {
  const edge = await startEdge(0, play);
  if (play.edgeFile !== null) {
    writeFileSync(`${play.edgeFile}.new`, `${edge.port}\n`);
    renameSync(`${play.edgeFile}.new`, play.edgeFile);
  }
  return edge.port;
}

/** The edge as a process of its own, for as long as it is let: it outlives the tunnels. */
async function runEdge(argv: readonly string[]): Promise<null> {
  const options = new Map<string, number>();
  for (let at = 0; at < argv.length; at += 2) {
    const [name = '', value = ''] = argv.slice(at, at + 2);
    if (!['--port', '--seed', '--speed'].includes(name) || value === '' || !(Number(value) >= 0)) {
      throw new Error('Usage: edge [--port N] [--seed N] [--speed N]');
    }
    options.set(name, Number(value));
  }
  const seed = options.get('--seed') ?? Math.floor(Math.random() * 2 ** 32);
  const port = options.get('--port') ?? 0;
  const edge = await startEdge(port, { seed, speed: options.get('--speed') ?? 1 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(`Port ${port} is taken. Choose another one with --port, or 0 for a free one.`);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void edge.close().then(() => process.exit(0)));
  }
  process.stdout.write(
    `${JSON.stringify({ type: 'edge.ready', url: `http://127.0.0.1:${edge.port}`, pid: process.pid, seed })}\n`,
  );
  return null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return null;
    throw error;
  }
}

run(process.argv.slice(2)).then(
  (code) => {
    if (code !== null) process.exit(code);
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(WRONG_USE);
  },
);
