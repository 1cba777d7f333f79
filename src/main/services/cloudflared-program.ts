import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { execa } from 'execa';
import type { Problem } from '../../shared/services.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { errorCode } from '../platform/error-code.ts';
import type { Environment } from '../platform/paths.ts';
import { cloudflaredEnvironment, flagsMissingIn } from './cloudflared-command.ts';
import {
  cannotRun,
  installGuide,
  namedProgramProblem,
  notCloudflared,
  type SystemKind,
  systemKind,
} from './cloudflared-guide.ts';
import { endGroup } from './process-group.ts';

interface FindOptions {
  /** The setting `tunnel.cloudflared`. */
  named: string | null;
  env: Environment;
  platform?: NodeJS.Platform;
  isProgram?: (file: string) => Promise<boolean>;
}

/**
 * Where cloudflared is: the place the setting names and no other; else the first on PATH; else where package managers
 * put it. What is found is whole or the problem a person can mend (cloudflared.md B14); nothing is downloaded.
 */
export async function findCloudflared(
  options: FindOptions & { system?: () => Promise<SystemKind> },
): Promise<{ path: string } | { problem: Problem }> {
  const { named, platform = process.platform, isProgram = isProgramFile } = options;
  if (named !== null) {
    return (await isProgram(named)) ? { path: named } : { problem: namedProgramProblem(named) };
  }
  for (const place of likelyPlaces(options.env, platform)) if (await isProgram(place)) return { path: place };
  return { problem: installGuide(await (options.system ?? systemKind)()) };
}

/** Pure: where to look, in order. Names on PATH that are not absolute are left out: they depend on where one stands. */
export function likelyPlaces(env: Environment, platform: NodeJS.Platform): string[] {
  const path = platform === 'win32' ? win32 : posix;
  const onPath = (env.PATH ?? env.Path ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder));
  const name = platform === 'win32' ? 'cloudflared.exe' : 'cloudflared';
  const folders = [...onPath, ...usualFolders(env, platform)];
  return [...new Set(folders.map((folder) => path.join(folder, name)))];
}

function usualFolders(env: Environment, platform: NodeJS.Platform): string[] {
  if (platform === 'win32') {
    const programFiles = [env['ProgramFiles(x86)'], env.ProgramFiles].filter((each) => each !== undefined);
    return [
      ...programFiles.map((folder) => win32.join(folder, 'cloudflared')),
      ...(env.LOCALAPPDATA === undefined
        ? []
        : [win32.join(env.LOCALAPPDATA, 'Microsoft', 'WinGet', 'Links')]),
    ];
  }
  const homebrew =
    platform === 'darwin' ? ['/opt/homebrew/bin'] : ['/home/linuxbrew/.linuxbrew/bin', '/snap/bin'];
  return ['/usr/local/bin', ...homebrew, '/usr/bin'];
}

/** A regular file that may be run. */
export async function isProgramFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return false;
  }
}

/** A start waits for it. One that says nothing until then tells by itself what it does not know, when it is started. */
const versionLimitMs = 2000;
const killAfterMs = 500;
/** Exit codes of a shell that was given a file it cannot run. */
const shellGaveUp = new Set([126, 127]);

/**
 * Asks the program for its version; null: it works, and does not say. Whatever it started instead is ended: a wrapper
 * may know no such question and make a tunnel.
 */
export async function readVersion(
  path: string,
  env: Record<string, string>,
  { clock = systemClock, limitMs = versionLimitMs }: { clock?: Clock; limitMs?: number } = {},
): Promise<{ version: string | null } | { problem: Problem }> {
  const asked = execa(path, ['--version'], {
    env,
    extendEnv: false,
    reject: false,
    // A group of its own, so that it can be ended as a whole.
    detached: process.platform !== 'win32',
    maxBuffer: 64 * 1024,
    stdin: 'ignore',
    windowsHide: true,
  });
  if (asked.pid !== undefined) {
    const over = new AbortController();
    const late = clock.sleep(limitMs, over.signal).catch(() => undefined);
    await Promise.race([once(asked.nodeChildProcess, 'exit'), late]);
    over.abort();
    await endGroup(asked.pid, { graceMs: killAfterMs, clock });
  }
  // What went away from its group may still hold the other end of what we read.
  const result = await Promise.race([asked, clock.sleep(killAfterMs).then(() => null)]);
  // Slow is not broken: what it knows will show when it is started.
  if (result === null) return { version: null };
  // The system itself refuses: not a program of this machine, no right to run it, gone in this moment.
  if (result.code !== undefined && /^E[A-Z]+$/.test(result.code) && result.exitCode === undefined) {
    return { problem: cannotRun(path, result.code) };
  }
  const version = /\bversion (\d{4}\.\d+\.\d+)/.exec(`${result.stdout ?? ''}\n${result.stderr ?? ''}`)?.[1];
  // What is only not asked this way (a wrapper of one's own) shows what it is worth when it is started.
  if (version === undefined && shellGaveUp.has(result.exitCode ?? 0)) {
    return { problem: notCloudflared(path, result.exitCode ?? 0) };
  }
  return { version: version ?? null };
}

/**
 * Finds cloudflared by the setting `tunnel.cloudflared`. `ask`: also what it can do, for which it is run; only for who
 * is about to start it.
 */
export type ProgramSearch = (named: string | null, how: { ask: boolean }) => Promise<ProgramFound>;

export type ProgramFound = { path: string; without: readonly string[] } | { problem: Problem };

/** Asks each program for its version once, and again when its file has changed. */
export function createProgramSearch(parts: { env: Environment }): ProgramSearch {
  const asked = new Map<string, { changedAt: number; found: ProgramFound }>();
  return async (named, { ask }) => {
    const place = await findCloudflared({ named, env: parts.env });
    if ('problem' in place) return place;
    const { path } = place;
    const { mtimeMs: changedAt } = await stat(path);
    const before = asked.get(path);
    if (before?.changedAt === changedAt) return before.found;
    if (!ask) return { path, without: [] };
    const answer = await readVersion(path, cloudflaredEnvironment(parts.env));
    const found = 'problem' in answer ? answer : { path, without: flagsMissingIn(answer.version) };
    asked.set(path, { changedAt, found });
    return found;
  };
}
