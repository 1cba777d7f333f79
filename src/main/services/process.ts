import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { execa } from 'execa';
import type { Clock } from '../platform/clock.ts';
import { lineSplitter } from './log-ring.ts';
import { endGroup } from './process-group.ts';

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
  /** The process itself ended. */
  exited(code: number | null, signal: string | null): void;
  /** Nothing of its group is left: what it started is ended with it. Last of all. */
  gone(): void;
}

export interface ManagedProcess {
  /** Ends the whole group, gently and then by force; `gone` tells when. A second call does nothing. */
  end(): void;
}

/** Output may still be on its way when the exit is seen. */
const drainMs = 200;
const sweepGraceMs = 2000;

/**
 * Starts a program without a shell, in a process group of its own. Arguments appear in no message: they may hold
 * secrets. `graceMs`: between the gentle end and the force.
 */
export function startProcess(
  command: ProcessCommand,
  events: ProcessEvents,
  deps: { clock: Clock; graceMs?: number },
): ManagedProcess {
  const { clock, graceMs = 5000 } = deps;
  const subprocess = execa(command.file, [...command.args], {
    ...(command.cwd === null ? {} : { cwd: command.cwd }),
    env: command.env,
    extendEnv: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdin: command.keepStdin ? 'pipe' : 'ignore',
    buffer: false,
    reject: false,
    cleanup: false,
  });
  const { pid } = subprocess;
  if (pid === undefined) {
    void subprocess.then((result) => {
      const { message, cure } = whyNot(command, result.code ?? '');
      events.failed(message, cure);
    });
    return { end: () => undefined };
  }

  const drained = [subprocess.stdout, subprocess.stderr].map((stream, index) => {
    const splitter = lineSplitter((line) => events.line(index === 0 ? 'out' : 'err', line));
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => splitter.add(text));
    return new Promise<void>((resolve) => {
      stream.once('close', () => {
        splitter.end();
        resolve();
      });
    });
  });

  // The process may be gone before it reads: a broken pipe is no news.
  subprocess.stdin?.on('error', () => undefined);

  let ending: Promise<void> | null = null;
  const endWhole = (ms: number): Promise<void> => {
    ending ??= endGroup(pid, { graceMs: ms, clock });
    return ending;
  };

  queueMicrotask(() => events.started(pid));
  subprocess.nodeChildProcess.once('exit', (code: number | null, signal: string | null) => {
    void (async () => {
      await Promise.race([Promise.all(drained), clock.sleep(drainMs)]);
      events.exited(code, signal);
      await endWhole(Math.min(graceMs, sweepGraceMs));
      events.gone();
    })();
  });

  return {
    end: () => {
      void endWhole(graceMs);
    },
  };
}

function whyNot(command: ProcessCommand, code: string): { message: string; cure: string } {
  const program = basename(command.file);
  if (command.cwd !== null && !existsSync(command.cwd)) {
    return {
      message: `The working folder ${command.cwd} is not there.`,
      cure: 'Correct glabs.cwd in the settings.',
    };
  }
  if (code === 'ENOENT') {
    return {
      message: `The program ${program} was not found.`,
      cure: 'Give its whole path in glabs.command.',
    };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      message: `The program ${program} may not be run.`,
      cure: 'Make it executable, or correct glabs.command.',
    };
  }
  return {
    message: `The program ${program} could not be started (${code || 'unknown cause'}).`,
    cure: 'Correct glabs.command.',
  };
}
