import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../../../../shared/services.ts';
import { isAlive } from '../../test-support.ts';
import type { ChaosEvent, EventKind } from './events.ts';
import { pause, type Stage, soon } from './stage.ts';
import { killIfThere, type Upkeep } from './upkeep.ts';

const strangerMain = fileURLToPath(new URL('stranger.ts', import.meta.url));

/** How long one waits for something that can be struck. */
const TARGET_MS = 30_000;
/** How long the supervisor may take to name a stranger, a start of the whole of `up` included. */
const NAMED_MS = 60_000;

/** Does it. What was done in words; null when there was nothing to do it to. */
export function strike({ kind, extent }: ChaosEvent, stage: Stage, upkeep: Upkeep): Promise<string | null> {
  return strikes[kind](stage, extent, upkeep);
}

const strikes: Record<EventKind, (stage: Stage, extent: number, upkeep: Upkeep) => Promise<string | null>> = {
  'kill-glabs': (stage) => signalled(stage, 'glabs', 'SIGKILL'),
  'hang-glabs': async (stage, extent) => {
    // Mostly one that works; one that hangs while it starts has the patience of glabs.startupTimeoutS.
    if (extent < 0.7) await well(stage);
    return signalled(stage, 'glabs', 'SIGSTOP');
  },
  'doze-glabs': async (stage, extent) => {
    const pid = await target(stage, 'glabs');
    if (pid === null || !killIfThere(pid, 'SIGSTOP')) return null;
    await pause(200 + 1000 * extent);
    killIfThere(pid, 'SIGCONT');
    return `process ${pid} for ${Math.round(200 + 1000 * extent)} ms`;
  },
  'steal-port': stealPort,
  'unwell-503': (stage, extent) => withFaults(stage, ['health'], 200 + 6000 * extent),
  'all-503': (stage, extent) =>
    withFaults(stage, ['health', 'submit', 'status', 'tasks', 'stop', 'file'], 200 + 6000 * extent),
  forget: async (stage, extent) => {
    if (!(await well(stage))) return null;
    const downMs = extent < 0.5 ? 0 : Math.round(1500 * extent);
    return (await tell(stage, 'POST', 'restart', { downMs })) ? `away for ${downMs} ms` : null;
  },
  'kill-cloudflared': (stage) => signalled(stage, 'tunnel', 'SIGKILL'),
  'hang-cloudflared': (stage) => signalled(stage, 'tunnel', 'SIGSTOP'),
  'tunnel-blip': (stage, extent) => play(stage, 'blip', Math.round(500 + 4000 * extent)),
  'tunnel-deleted': (stage) => play(stage, 'deleted'),
  'tunnel-dead': (stage) => play(stage, 'ready-then-dead'),
  sleep: async (stage, extent) => {
    const all = (await stage.residents()).filter(({ stopped }) => !stopped).map(({ pid }) => pid);
    for (const pid of all) killIfThere(pid, 'SIGSTOP');
    await pause(3000 + 3000 * extent);
    for (const pid of all) killIfThere(pid, 'SIGCONT');
    return `${all.length} processes for ${Math.round(3000 + 3000 * extent)} ms`;
  },
  'kill-up': async (_stage, extent, upkeep) => {
    const before = upkeep.pid();
    await upkeep.replace(Math.round(1500 * extent));
    return `process ${before}; another one after ${Math.round(1500 * extent)} ms`;
  },
};

/** G-Labs, once it answers. */
async function well(stage: Stage): Promise<boolean> {
  return soon(TARGET_MS, () => stage.view('glabs')?.state === 'ready');
}

/** Process of a service, ready or still on its way. */
async function target(stage: Stage, service: ServiceName): Promise<number | null> {
  await soon(TARGET_MS, () => stage.child(service) !== null);
  return stage.child(service);
}

async function signalled(stage: Stage, service: ServiceName, signal: NodeJS.Signals): Promise<string | null> {
  const pid = await target(stage, service);
  return pid !== null && killIfThere(pid, signal) ? `process ${pid}` : null;
}

async function withFaults(stage: Stage, places: readonly string[], ms: number): Promise<string | null> {
  if (!(await well(stage))) return null;
  const add = places.map((on) => ({ fault: 'http-503', on }));
  if (!(await tell(stage, 'POST', 'faults', { add }))) return null;
  await pause(ms);
  // The supervisor may have started it again meanwhile: that one is well.
  await tell(stage, 'DELETE', 'faults');
  return `${places.join(', ')} for ${Math.round(ms)} ms`;
}

/** Tells the simulator; false when it does not answer, which is what many events bring about. */
async function tell(stage: Stage, method: string, what: string, body?: object): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${stage.port}/sim/${what}`, {
      method,
      signal: AbortSignal.timeout(3000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch (error) {
    stage.chronicle.tell('event', `G-Labs does not hear: ${String(error)}`);
    return false;
  }
}

/** The tunnel that has a connection plays it. */
async function play(stage: Stage, scenario: string, ms?: number): Promise<string | null> {
  let host: string | null = null;
  await soon(TARGET_MS, async () => {
    const { tunnels } = await stage.edge.state();
    host = tunnels.findLast(({ connections, deleted }) => connections.length > 0 && !deleted)?.host ?? null;
    return host !== null;
  });
  if (host === null) return null;
  await stage.edge.play(host, scenario, ms);
  return ms === undefined ? host : `${host} for ${ms} ms`;
}

async function stealPort(stage: Stage, extent: number, upkeep: Upkeep): Promise<string | null> {
  const { chronicle } = stage;
  const stranger = spawn(process.execPath, [strangerMain, String(stage.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {},
  });
  const said = lines(stranger);
  try {
    await said('waiting');
    const pid = await target(stage, 'glabs');
    if (pid !== null) killIfThere(pid, 'SIGKILL');
    if (!(await Promise.race([said('listening').then(() => true), pause(TARGET_MS).then(() => false)]))) {
      return null;
    }
    const name = `process ${stranger.pid}`;
    const named = await soon(NAMED_MS, () => {
      const words = [stage.view('glabs')?.problem?.message, upkeep.lastError()];
      return words.some((text) => text?.includes(name));
    });
    if (!named) chronicle.fault(`the stranger on the port (${name}) was not named`);
    await pause(500 + 2500 * extent);
    if (!isAlive(stranger.pid ?? 0))
      chronicle.fault(`the stranger on the port (${name}) was ended by somebody`);
    return `by ${name}, ${named ? 'which was named' : 'not named'}`;
  } finally {
    const ended = once(stranger, 'exit');
    if (stranger.exitCode === null && stranger.signalCode === null) {
      stranger.kill('SIGTERM');
      await ended;
    }
  }
}

/** Resolves with the first line that is this one, said or still to come. */
function lines(child: ChildProcess): (wanted: string) => Promise<void> {
  const heard = new Set<string>();
  const waiting = new Map<string, () => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard.add(line);
      waiting.get(line)?.();
    });
  }
  return (wanted) =>
    heard.has(wanted) ? Promise.resolve() : new Promise((resolve) => waiting.set(wanted, resolve));
}
