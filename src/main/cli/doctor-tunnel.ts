import { basename, dirname, isAbsolute } from 'node:path';
import { toFailure } from '../../shared/failure.ts';
import type { Problem } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import { nodeDisk } from '../platform/disk.ts';
import { createProgramSearch } from '../services/cloudflared-program.ts';
import { readText, realPathOf } from '../services/consumers/rewrite-file.ts';
import { needsProgram, planTunnel } from '../services/tunnel-plan.ts';
import { broken, type Diagnosis, good, warning } from './diagnosis.ts';

/**
 * The tunnel as Start would find it: its settings, its program, and the files that get its address. Starts nothing and
 * asks nobody outside this machine. That there is no cloudflared breaks nothing: only a tunnel needs it.
 */
export async function checkTunnel(
  { settings, secrets }: Flowdeck,
  env: NodeJS.ProcessEnv,
): Promise<Diagnosis[]> {
  const all = settings.all();
  const mode = all['tunnel.mode'];
  if (mode === 'none') return [good('tunnel', 'none is set up (tunnel.mode is none)')];
  const hasToken = (await secrets.get('tunnel.token')) !== null;
  const { problem } = planTunnel(all, { originUrl: all['glabs.url'], hasToken, program: null });
  return [
    problem === null
      ? good('tunnel', modeWords(all))
      : broken('tunnel', 'usage', problem.message, problem.cure),
    await checkProgram(all, env),
    ...(await Promise.all(all['tunnel.consumers'].map(checkConsumer))).filter((one) => one !== null),
  ];
}

function modeWords({ 'tunnel.mode': mode, 'tunnel.publicUrl': publicUrl }: Settings): string {
  return mode === 'quick' ? 'quick: a new address at each start' : `${mode}: ${publicUrl}`;
}

async function checkProgram(all: Settings, env: NodeJS.ProcessEnv): Promise<Diagnosis> {
  const mode = all['tunnel.mode'];
  if (!needsProgram(mode)) return good('cloudflared', `not needed (tunnel.mode is ${mode})`);
  const named = all['tunnel.cloudflared'];
  const found = await createProgramSearch({ env })(named, { ask: true });
  if ('path' in found) return good('cloudflared', found.path);
  const { message } = found.problem;
  return named === null
    ? warning('cloudflared', message, cureOf(found.problem))
    : broken('cloudflared', 'usage', message, cureOf(found.problem));
}

const cureOf = ({ cure, command }: Problem): string => (command === undefined ? cure : `${cure}\n${command}`);

/** Whether a consumer's file can be read and replaced; a webhook is asked by nobody but the tunnel. */
async function checkConsumer(consumer: Settings['tunnel.consumers'][number]): Promise<Diagnosis | null> {
  if (consumer.kind === 'webhook') return null;
  const { path } = consumer;
  const check = `consumer ${basename(path)}`;
  if (!isAbsolute(path))
    return broken(check, 'usage', `${path} is not a whole path.`, 'Give it from the root of the disk on.');
  try {
    const real = await realPathOf(path);
    await readText(real);
    await nodeDisk.assertWritable(dirname(real));
    return good(check, `${path} can be written`);
  } catch (error) {
    const { code, message, cure } = toFailure(error);
    return broken(check, code, `${path}: ${message}`, cure ?? 'Correct the path in tunnel.consumers.');
  }
}
