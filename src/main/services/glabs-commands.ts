import type { Settings } from '../../shared/settings.ts';
import type { Environment } from '../platform/paths.ts';
import { childEnvironment } from './child-environment.ts';
import { portOf } from './glabs-plan.ts';
import type { ProcessCommand } from './process.ts';

/** How to start the demo: a program and its first arguments; the address is added. */
export interface SimulatorCommand {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
}

/** The command of the settings: an argument array, a working folder, an environment, no shell. */
export function configuredCommand(settings: Settings, env: Environment): ProcessCommand {
  return {
    file: settings['glabs.command'] ?? '',
    args: settings['glabs.args'],
    cwd: settings['glabs.cwd'],
    env: childEnvironment(env, settings['glabs.env']),
    keepStdin: false,
  };
}

/**
 * The built-in simulator at the address. Unless it is to outlive us it ends by itself when its standard input closes,
 * so even if we are killed.
 */
export function demoCommand(
  simulator: SimulatorCommand,
  url: string,
  env: Environment,
  outlivesUs: boolean,
): ProcessCommand {
  const host = new URL(url).hostname === '[::1]' ? '::1' : '127.0.0.1';
  return {
    file: simulator.command,
    args: [
      ...simulator.args,
      '--port',
      String(portOf(url)),
      '--host',
      host,
      ...(outlivesUs ? [] : ['--exit-with-parent']),
    ],
    cwd: null,
    env: childEnvironment(env, simulator.env ?? {}),
    keepStdin: !outlivesUs,
  };
}
