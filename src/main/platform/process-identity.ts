import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';

/** What the system is asked with; a test gives recorded answers of other systems. */
export interface ProcessProbe {
  platform: NodeJS.Platform;
  readFile(file: string): Promise<string>;
  readdir(folder: string): Promise<string[]>;
  readlink(file: string): Promise<string>;
  /** Standard output of a program; an empty string when it fails. */
  run(program: string, args: string[]): Promise<string>;
}

export const systemProcessProbe: ProcessProbe = {
  platform: process.platform,
  readFile: (file) => readFile(file, 'utf8'),
  readdir: (folder) => readdir(folder),
  readlink: (file) => readlink(file),
  run: (program, args) =>
    new Promise((resolve) => {
      execFile(
        program,
        args,
        { timeout: 5000, windowsHide: true, env: { ...process.env, LC_ALL: 'C' } },
        (error, stdout) => resolve(error ? '' : stdout),
      );
    }),
};

/**
 * When a process began, as an opaque text that differs for a later process with the same number, also after a
 * reboot. Null: there is no such process.
 */
export async function processStartTime(
  pid: number,
  probe: ProcessProbe = systemProcessProbe,
): Promise<string | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  if (probe.platform === 'linux') return linuxStartTime(pid, probe);
  const text =
    probe.platform === 'win32'
      ? await probe.run('powershell.exe', [
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`,
        ])
      : await probe.run('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return text.trim() || null;
}

/** Whether the process that was noted down (pid and start time) still runs. */
export async function stillRuns(
  noted: { pid: number; startTime: string | null },
  probe: ProcessProbe = systemProcessProbe,
): Promise<boolean> {
  const now = await processStartTime(noted.pid, probe);
  return now !== null && (noted.startTime === null || noted.startTime === now);
}

/**
 * The program a process runs, as the system shows it: for a script its interpreter. Without arguments: they may hold
 * secrets. Null: there is no such process, or it may not be seen.
 */
export async function processCommand(
  pid: number,
  probe: ProcessProbe = systemProcessProbe,
): Promise<string | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  if (probe.platform === 'linux') {
    // A program that was updated meanwhile is still the one that was started.
    const file = (await linkOrNull(`/proc/${pid}/exe`, probe))?.replace(/ \(deleted\)$/, '');
    return file ?? ((await readOrNull(`/proc/${pid}/comm`, probe))?.trim() || null);
  }
  const text =
    probe.platform === 'win32'
      ? await probe.run('powershell.exe', [
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          `(Get-Process -Id ${pid} -ErrorAction Stop).Path`,
        ])
      : await probe.run('ps', ['-o', 'comm=', '-p', String(pid)]);
  return text.trim() || null;
}

/**
 * Whether a process of this group still runs; one that has ended and that its parent never looks after is none. For
 * Linux, where such ones stay in a container without an init; elsewhere always true, as far as we can tell.
 */
export async function groupRuns(group: number, probe: ProcessProbe = systemProcessProbe): Promise<boolean> {
  return probe.platform !== 'linux' || (await linuxGroup(group, probe)).length > 0;
}

/**
 * Whether a group runs and each of its processes was given this variable (`NAME=value`), so that all of them come from
 * whoever set it. Only Linux lets us look; elsewhere false.
 */
export async function groupWasGiven(
  group: number,
  variable: string,
  probe: ProcessProbe = systemProcessProbe,
): Promise<boolean> {
  if (probe.platform !== 'linux') return false;
  const pids = await linuxGroup(group, probe);
  for (const pid of pids) {
    const environment = (await readOrNull(`/proc/${pid}/environ`, probe)) ?? '';
    if (!environment.split('\0').includes(variable)) return false;
  }
  return pids.length > 0;
}

/** The program that listens on a TCP port of this machine; null when none does or it may not be seen. */
export async function portOwner(
  port: number,
  probe: ProcessProbe = systemProcessProbe,
): Promise<{ pid: number; program: string } | null> {
  if (probe.platform === 'linux') return linuxPortOwner(port, probe);
  if (probe.platform === 'win32') return windowsPortOwner(port, probe);
  // -F: one field a line, each with its letter (p: pid, c: command).
  const lines = (await probe.run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'])).split('\n');
  const pid = Number(lines.find((line) => line.startsWith('p'))?.slice(1));
  const program = lines.find((line) => line.startsWith('c'))?.slice(1);
  return pid && program ? { pid, program } : null;
}

async function linuxStartTime(pid: number, probe: ProcessProbe): Promise<string | null> {
  const stat = await readOrNull(`/proc/${pid}/stat`, probe);
  if (stat === null) return null;
  const fields = statFields(stat);
  const [state, ticks] = [fields[0], fields[19]];
  // A zombie has ended; its parent has only not looked yet.
  if (state === undefined || ticks === undefined || state === 'Z' || state === 'X') return null;
  const boot = await readOrNull('/proc/sys/kernel/random/boot_id', probe);
  return `${boot?.trim() ?? 'boot'}:${ticks}`;
}

/** From the state on: the program's name before it stands in brackets and may itself hold spaces and brackets. */
const statFields = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

async function linuxGroup(group: number, probe: ProcessProbe): Promise<string[]> {
  const members: string[] = [];
  for (const pid of (await probe.readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readOrNull(`/proc/${pid}/stat`, probe);
    const [state, , owner] = stat === null ? [] : statFields(stat);
    if (Number(owner) === group && state !== 'Z' && state !== 'X') members.push(pid);
  }
  return members;
}

async function linuxPortOwner(
  port: number,
  probe: ProcessProbe,
): Promise<{ pid: number; program: string } | null> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = (await readOrNull(table, probe)) ?? '';
    for (const inode of listeningInodes(text, port)) inodes.add(inode);
  }
  if (inodes.size === 0) return null;
  const pids = (await probe.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const descriptor of await listOrEmpty(`/proc/${pid}/fd`, probe)) {
      const target = await linkOrNull(`/proc/${pid}/fd/${descriptor}`, probe);
      const inode = target?.match(/^socket:\[(\d+)\]$/)?.[1];
      if (inode !== undefined && inodes.has(inode))
        return { pid: Number(pid), program: await linuxProgram(pid, probe) };
    }
  }
  return null;
}

/** Sockets in state LISTEN (0A) on the port, from the text of /proc/net/tcp. */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
    .flatMap((fields) => (fields[9] ? [fields[9]] : []));
}

/** Only the program's own name: its arguments may hold secrets. */
async function linuxProgram(pid: string, probe: ProcessProbe): Promise<string> {
  const argv0 = ((await readOrNull(`/proc/${pid}/cmdline`, probe)) ?? '').split('\0')[0] ?? '';
  if (argv0) return path.basename(argv0);
  return ((await readOrNull(`/proc/${pid}/comm`, probe)) ?? '').trim() || 'unknown';
}

async function windowsPortOwner(
  port: number,
  probe: ProcessProbe,
): Promise<{ pid: number; program: string } | null> {
  const lines = (await probe.run('netstat', ['-ano', '-p', 'TCP']))
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const listening = lines.find((fields) => fields[1]?.endsWith(`:${port}`) && fields[3] === 'LISTENING');
  const pid = Number(listening?.[4]);
  if (!pid) return null;
  const row = await probe.run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  const program = row.match(/^"([^"]+)"/)?.[1];
  return program ? { pid, program } : null;
}

/** Processes come and go while one looks, and those of others are closed to us. */
const passing = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR'];

async function readOrNull(file: string, probe: ProcessProbe): Promise<string | null> {
  try {
    return await probe.readFile(file);
  } catch (error) {
    if (passing.includes(errorCode(error))) return null;
    throw error;
  }
}

async function listOrEmpty(folder: string, probe: ProcessProbe): Promise<string[]> {
  try {
    return await probe.readdir(folder);
  } catch (error) {
    if (passing.includes(errorCode(error))) return [];
    throw error;
  }
}

async function linkOrNull(file: string, probe: ProcessProbe): Promise<string | null> {
  try {
    return await probe.readlink(file);
  } catch (error) {
    if (passing.includes(errorCode(error))) return null;
    throw error;
  }
}
