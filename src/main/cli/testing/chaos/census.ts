import { readdir, readFile } from 'node:fs/promises';

/** A process that has to do with a stage, and since when it runs. */
export interface Resident {
  pid: number;
  /** Tells it from a later one with the same number. */
  began: string;
  what: 'glabs' | 'cloudflared' | 'flowdeck' | 'other';
  /** It stands still. */
  stopped: boolean;
  command: string;
}

export interface Marks {
  /** A folder that is named by the arguments or the environment of whatever belongs to the stage, and of nothing else. */
  folder: string;
  isGlabs(args: readonly string[]): boolean;
  isCloudflared(args: readonly string[]): boolean;
  isFlowdeck(args: readonly string[]): boolean;
}

/** Who lives, by the word of the system: what ended and was not buried does not. Linux only. */
export async function census(marks: Marks): Promise<Resident[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const all = await Promise.all(pids.map((pid) => residentOf(pid, marks)));
  return all.filter((one) => one !== null);
}

async function residentOf(pid: string, marks: Marks): Promise<Resident | null> {
  const [commandLine, environment, stat] = await Promise.all(
    ['cmdline', 'environ', 'stat'].map((name) => readOrEmpty(`/proc/${pid}/${name}`)),
  );
  if (!`${commandLine}\0${environment}`.includes(marks.folder)) return null;
  // The name of the program, in brackets, may hold anything.
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  const began = fields[19];
  if (began === undefined || state === 'Z' || state === 'X') return null;
  const args = (commandLine ?? '').split('\0');
  const what = marks.isGlabs(args)
    ? 'glabs'
    : marks.isCloudflared(args)
      ? 'cloudflared'
      : marks.isFlowdeck(args)
        ? 'flowdeck'
        : 'other';
  return { pid: Number(pid), began, what, stopped: state === 'T', command: args.join(' ').trim() };
}

/** Processes come and go while one looks, and those of others are closed to us. */
const passing = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && passing.includes(String(error.code))) return '';
    throw error;
  }
}
