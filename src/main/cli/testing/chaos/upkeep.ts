import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../../../../shared/services.ts';
import { errorCode } from '../../../platform/error-code.ts';
import { ErrorLine, Line, type Running } from '../../test-support.ts';
import { pause, type Stage } from './stage.ts';

const hurriedMain = fileURLToPath(new URL('hurried-main.ts', import.meta.url));

/** `flowdeck up`, and the person before it: presses Start when a service was given up, and calls `up` again when it ended. */
export interface Upkeep {
  pid(): number;
  /** How often the person had to come. */
  helped(): number;
  /** Why `up` ended by itself last, in its words. */
  lastError(): string | null;
  /** Kills it and calls another one after so long. */
  replace(afterMs: number): Promise<void>;
  /** Ends it as Ctrl-C does: its exit code. The person goes home. */
  end(): Promise<number | null>;
}

const LOOK_MS = 500;
/** A person does not press the button twice in a second. */
const PATIENCE_MS = 3000;

export function keepUp(stage: Stage): Upkeep {
  const { chronicle, desk, db } = stage;
  let helped = 0;
  let lastError: string | null = null;
  let leaving = false;
  let replacing = false;
  let again: Promise<void> = Promise.resolve();
  let running = call();

  function call(): Running {
    const program = [process.execPath, hurriedMain] as const;
    const called = desk.start(['up', '--json'], { env: stage.env, program });
    chronicle.tell('up', `process ${called.process.pid} begins`);
    if (called.process.stdout) {
      createInterface({ input: called.process.stdout }).on('line', (text) => hear(text));
    }
    again = called.ended.then(async ({ code, stderr }) => {
      chronicle.tell('up', `ended with ${code}`);
      if (leaving || replacing) return;
      if (code !== 5) chronicle.fault(`up ended by itself with ${code}: ${stderr.slice(-2000)}`);
      // G-Labs could not be brought up at the start: a person reads why, and tries again.
      helped++;
      await pause(1000);
      if (!leaving && !replacing) running = call();
    });
    return called;
  }

  function hear(text: string): void {
    const line = Line.parse(JSON.parse(text));
    if (line.type === 'error') lastError = ErrorLine.parse(line).message;
    chronicle.hear('up', line);
  }

  const pressed: Record<ServiceName, number> = { glabs: 0, tunnel: 0 };
  const person = setInterval(() => {
    for (const service of ['glabs', 'tunnel'] as const) {
      const seen = stage.view(service);
      if (seen?.state !== 'failed' || performance.now() - pressed[service] < PATIENCE_MS) continue;
      pressed[service] = performance.now();
      helped++;
      chronicle.tell('person', `presses Start of ${service}: ${seen.problem?.message ?? 'no reason given'}`);
      db.serviceRequests.ask({ service, action: 'start', askedBy: process.pid, at: Date.now() });
    }
  }, LOOK_MS);

  const leave = () => {
    leaving = true;
    clearInterval(person);
  };
  stage.onClose(leave);

  return {
    pid: () => running.process.pid ?? 0,
    helped: () => helped,
    lastError: () => lastError,
    replace: async (afterMs) => {
      replacing = true;
      killIfThere(running.process.pid ?? 0, 'SIGKILL');
      await running.ended;
      await pause(afterMs);
      replacing = false;
      running = call();
    },
    end: async () => {
      leave();
      running.process.kill('SIGTERM');
      const { code } = await running.ended;
      await again;
      return code;
    },
  };
}

/** Sends a signal to a process that may just have ended; false: it had. */
export function killIfThere(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}
