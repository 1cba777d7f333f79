import type { Environment } from '../platform/paths.ts';
import { childEnvironment } from './child-environment.ts';
import type { ProcessCommand } from './process.ts';

export interface TunnelLaunch {
  mode: 'quick' | 'named';
  /** Path of cloudflared. */
  program: string;
  /** Where requests from outside go: the address of G-Labs. */
  originUrl: string;
  /** Starts before this one that did not come through: it decides how the edge is reached. */
  failedStarts: number;
  /** Of our own, so that a `config.yml` of the person cannot send every request somewhere else (cloudflared.md B8). */
  configFile: string;
  /** Flags this binary does not know, without dashes. */
  without: readonly string[];
  /** For the mode named. It goes in the environment, never in the arguments, which everybody can read. */
  token: string | null;
}

/** Seconds cloudflared may take to say goodbye to the edge. */
export const graceS = 5;

/**
 * How cloudflared is called (cloudflared.md B14): http2 first; every second start that did not come through tries quic
 * instead; from the third on IPv4 only. Pure.
 */
export function cloudflaredCommand(launch: TunnelLaunch, env: Environment): ProcessCommand {
  const flags: [name: string, value: string | null][] = [
    ['no-autoupdate', null],
    ['protocol', launch.failedStarts % 2 === 0 ? 'http2' : 'quic'],
    ['metrics', '127.0.0.1:0'],
    ['grace-period', `${graceS}s`],
    ['retries', '2'],
    ...(launch.failedStarts >= 2 ? [['edge-ip-version', '4'] satisfies [string, string]] : []),
  ];
  const known = flags
    .filter(([name]) => !launch.without.includes(name))
    .flatMap(([name, value]) => (value === null ? [`--${name}`] : [`--${name}`, value]));
  // The configuration comes right after `tunnel`: further back it counts for nothing.
  const args = ['tunnel', '--config', launch.configFile, ...known];
  return {
    file: launch.program,
    args: launch.mode === 'quick' ? [...args, '--url', launch.originUrl] : [...args, 'run'],
    cwd: null,
    env: {
      ...cloudflaredEnvironment(env),
      ...(launch.mode === 'named' && launch.token !== null ? { TUNNEL_TOKEN: launch.token } : {}),
    },
    keepStdin: false,
  };
}

/**
 * Every flag of cloudflared can be set by a `TUNNEL_…` variable as well: none of the person's may leak in. The key of
 * G-Labs is none of its business.
 */
export function cloudflaredEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(childEnvironment(env, {})).filter(
    ([name]) => !/^(TUNNEL_|NO_AUTOUPDATE$|AUTOUPDATE_FREQ$|GLABS_API_KEY$)/i.test(name),
  );
  return Object.fromEntries(kept);
}

/** Flags of ours that a binary of this version does not have yet. Unknown version: it will say so itself. */
export function flagsMissingIn(version: string | null): string[] {
  return version !== null && before(version, [2022, 7, 0]) ? ['edge-ip-version'] : [];
}

function before(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const at = than.findIndex((part, index) => parts[index] !== part);
  return at !== -1 && (parts[at] ?? 0) < (than[at] ?? 0);
}
