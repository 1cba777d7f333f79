import { closeSync, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { execa } from 'execa';
import type { ServiceName } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';
import { errorCode } from '../platform/error-code.ts';
import type { ChildRegistry, RegisteredChild } from './child-registry.ts';
import { endGroup } from './process-group.ts';
import { followFile, type ProcessOutput, readPipes } from './process-output.ts';
import { openOutputFile } from './process-output-file.ts';

export interface ProcessCommand {
  file: string;
  args: readonly string[];
  cwd: string | null;
  /** The whole environment. */
  env: Record<string, string>;
  /** Keeps standard input open, so that the process can see us end even if we are killed. */
  keepStdin: boolean;
}

export interface ProcessEvents {
  line(stream: 'out' | 'err', text: string): void;
  started(pid: number): void;
  /** It could not be started at all; nothing else follows. */
  failed(message: string, cure: string): void;
  /** The process itself ended. Both null: it was taken over, and the system does not tell how it ended. */
  exited(code: number | null, signal: string | null): void;
  /** Nothing of its group is left: what it started is ended with it. Last of all. */
  gone(): void;
}

export interface ManagedProcess {
  /** Ends the whole group, gently and then by force; `gone` tells when. A second call does nothing. */
  end(): void;
  /**
   * Lets it run on when this Flowdeck ends, for the next one to take over; no event follows. False: it cannot, since
   * its output comes to us and it would die of that with its next line; or it is ending.
   */
  leave(): boolean;
}

export interface ProcessDeps {
  clock: Clock;
  service: ServiceName;
  children: ChildRegistry;
  /** File its output is appended to, so that it can outlive us. Null: it comes to us. */
  output: string | null;
  /** Milliseconds between the gentle end and the force; default 5000. */
  graceMs?: number;
}

/** An exit is told at the latest then; output that is still on its way follows. */
const drainMs = 40;
const sweepGraceMs = 2000;
const defaultGraceMs = 5000;

/**
 * Starts a program without a shell, in a process group of its own, and notes it in the registry in the same moment.
 * Arguments appear in no message: they may hold secrets.
 */
export function startProcess(
  command: ProcessCommand,
  events: ProcessEvents,
  deps: ProcessDeps,
): ManagedProcess {
  const { clock, service, children, output, graceMs = defaultGraceMs } = deps;
  const none: ManagedProcess = { end: () => undefined, leave: () => false };
  const opened = open(output);
  if ('failure' in opened) {
    queueMicrotask(() => events.failed(opened.failure.message, opened.failure.cure));
    return none;
  }
  const { descriptor } = opened;
  // Any descriptor may be given to the child, as with «inherit»; the types know only the first ones.
  const sink = (descriptor ?? 'pipe') as 'pipe' | 'inherit';
  const subprocess = execa(command.file, [...command.args], {
    ...(command.cwd === null ? {} : { cwd: command.cwd }),
    env: { ...command.env, ...children.environment },
    extendEnv: false,
    // On Windows nothing that is to outlive us may share our console.
    detached: process.platform !== 'win32' || output !== null,
    windowsHide: true,
    stdin: command.keepStdin ? 'pipe' : 'ignore',
    stdout: sink,
    stderr: sink,
    buffer: false,
    reject: false,
    cleanup: false,
  });
  if (descriptor !== null) closeSync(descriptor);
  const { pid } = subprocess;
  if (pid === undefined) {
    void subprocess.then((result) => {
      const { message, cure } = whyNot(command, service, result.code ?? '');
      events.failed(message, cure);
    });
    return none;
  }

  let registered: RegisteredChild;
  try {
    registered = children.add({ service, pid, command: command.file, output });
  } catch (error) {
    // What cannot be written down must not run: nobody would find it after a crash.
    const why = error instanceof Error ? error.message : String(error);
    void endGroup(pid, { graceMs: 0, clock }).then(() =>
      events.failed(
        `What is started could not be written down: ${why}`,
        'Free some disk space, then press Start.',
      ),
    );
    return none;
  }

  // The process may be gone before it reads: a broken pipe is no news.
  subprocess.stdin?.on('error', () => undefined);
  const { stdout, stderr } = subprocess;
  const lines =
    stdout && stderr
      ? readPipes(stdout, stderr, events.line)
      : output === null
        ? null
        : followFile(output, events.line, { clock, from: 'start' });
  const watched = new WatchedProcess({
    pid,
    registered,
    lines,
    events,
    clock,
    graceMs,
    canBeLeft: output !== null,
  });
  queueMicrotask(() => events.started(pid));
  subprocess.nodeChildProcess.once('exit', (code: number | null, signal: string | null) => {
    void watched.ended(code, signal);
  });
  return {
    end: () => watched.end(),
    leave: () => {
      if (!watched.leave()) return false;
      subprocess.nodeChildProcess.unref();
      return true;
    },
  };
}

interface Watched {
  pid: number;
  registered: RegisteredChild;
  lines: ProcessOutput | null;
  events: Pick<ProcessEvents, 'exited' | 'gone'>;
  clock: Clock;
  graceMs: number;
  canBeLeft: boolean;
}

/** A process in our care, started here or taken over: its group is ended with it, and the registry hears of that. */
export class WatchedProcess implements ManagedProcess {
  private readonly parts: Watched;
  private ending: Promise<void> | null = null;
  private left = false;

  constructor(parts: Watched) {
    this.parts = parts;
  }

  end(): void {
    if (!this.left) void this.endWhole(this.parts.graceMs);
  }

  leave(): boolean {
    if (!this.parts.canBeLeft || this.ending !== null) return false;
    this.left = true;
    this.parts.registered.keep();
    this.parts.lines?.close();
    return true;
  }

  /** The process itself has ended. */
  async ended(code: number | null, signal: string | null): Promise<void> {
    const { lines, events, clock, graceMs, registered } = this.parts;
    if (this.left) return;
    await Promise.race([lines?.drained(), clock.sleep(drainMs)]);
    events.exited(code, signal);
    await this.endWhole(Math.min(graceMs, sweepGraceMs));
    registered.gone();
    lines?.close();
    events.gone();
  }

  private endWhole(graceMs: number): Promise<void> {
    const { pid, clock } = this.parts;
    this.ending ??= endGroup(pid, { graceMs, clock });
    return this.ending;
  }
}

interface Why {
  message: string;
  cure: string;
}

function open(output: string | null): { descriptor: number | null } | { failure: Why } {
  if (output === null) return { descriptor: null };
  try {
    return { descriptor: openOutputFile(output) };
  } catch (error) {
    const message = `The file for its output, ${output}, cannot be written (${errorCode(error) || 'unknown cause'}).`;
    return {
      failure: { message, cure: 'Free some disk space, or make that folder writable, then press Start.' },
    };
  }
}

/** The setting that names the program of a service. */
const programSetting: Record<ServiceName, string> = {
  glabs: 'glabs.command',
  tunnel: 'tunnel.cloudflared',
};

function whyNot(command: ProcessCommand, service: ServiceName, code: string): Why {
  const program = basename(command.file);
  const setting = programSetting[service];
  if (command.cwd !== null && !existsSync(command.cwd)) {
    return {
      message: `The working folder ${command.cwd} is not there.`,
      cure: `Correct ${service}.cwd in the settings.`,
    };
  }
  if (code === 'ENOENT') {
    return {
      message: `The program ${command.file} was not found.`,
      cure: `Correct ${setting}: it takes the whole path of the program.`,
    };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      message: `The program ${program} may not be run.`,
      cure: `Make it executable, or correct ${setting}.`,
    };
  }
  return {
    message: `The program ${program} could not be started (${code || 'unknown cause'}).`,
    cure: `Correct ${setting}.`,
  };
}
