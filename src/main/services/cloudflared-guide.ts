import { readFile } from 'node:fs/promises';
import type { Problem } from '../../shared/services.ts';
import { errorCode } from '../platform/error-code.ts';

/** As far as installing cloudflared differs. */
export type SystemKind = 'macos' | 'windows' | 'debian' | 'other';

const downloadPage =
  'https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/downloads/';

const keyring = '/usr/share/keyrings/cloudflare-public-v2.gpg';
const commands: Record<Exclude<SystemKind, 'other'>, string> = {
  macos: 'brew install cloudflared',
  windows: 'winget install --id Cloudflare.cloudflared',
  // Cloudflare's own package repository: Debian's and Ubuntu's have none.
  debian: [
    'sudo mkdir -p --mode=0755 /usr/share/keyrings',
    `curl -fsSL https://pkg.cloudflare.com/cloudflare-public-v2.gpg | sudo tee ${keyring} >/dev/null`,
    `echo 'deb [signed-by=${keyring}] https://pkg.cloudflare.com/cloudflared any main' | sudo tee /etc/apt/sources.list.d/cloudflared.list`,
    'sudo apt-get update && sudo apt-get install cloudflared',
  ].join(' && '),
};

/** What to do when cloudflared is missing, on this system. Flowdeck itself downloads nothing. */
export function installGuide(system: SystemKind): Problem {
  const message = 'The tunnel needs the program cloudflared, and it is not on this machine.';
  const named = 'If it is somewhere else already, set tunnel.cloudflared to its path.';
  if (system === 'other') {
    return { message, cure: `Install it from ${downloadPage} and press Start. ${named}` };
  }
  return {
    message,
    cure: `Run the command below in a terminal, then press Start. ${named}`,
    command: commands[system],
  };
}

export function namedProgramProblem(path: string): Problem {
  return {
    message: `tunnel.cloudflared is ${path}, and there is no program that can be run.`,
    cure: 'Correct the setting tunnel.cloudflared, or unset it to have cloudflared looked for. On Linux and macOS the file must be executable (chmod +x).',
  };
}

/** `code`: as the system gives it, such as EACCES. */
export function cannotRun(path: string, code: string): Problem {
  return {
    message: `${path} cannot be run (${code}).`,
    cure: 'It may be damaged or made for another kind of machine: install cloudflared anew, or set tunnel.cloudflared to another path.',
  };
}

export function notCloudflared(path: string, exitCode: number): Problem {
  return {
    message: `${path} is not cloudflared: asked for its version, it named none and ended with ${exitCode}.`,
    cure: 'Set tunnel.cloudflared to the program itself, or unset it to have it looked for.',
  };
}

/** Debian and what comes from it take the same packages. */
export async function systemKind(
  platform: NodeJS.Platform = process.platform,
  osRelease: () => Promise<string> = readOsRelease,
): Promise<SystemKind> {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  if (platform !== 'linux') return 'other';
  const names = [...(await osRelease()).matchAll(/^(?:ID|ID_LIKE)=["']?([^"'\n]*)/gm)].map(
    (match) => match[1] ?? '',
  );
  return names.some((name) => /\b(debian|ubuntu)\b/.test(name)) ? 'debian' : 'other';
}

async function readOsRelease(): Promise<string> {
  try {
    return await readFile('/etc/os-release', 'utf8');
  } catch (error) {
    // Some systems have no such file: they are of no known kind.
    if (errorCode(error) === '') throw error;
    return '';
  }
}
