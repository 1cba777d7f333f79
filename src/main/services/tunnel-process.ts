import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogLine } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/paths.ts';
import type { ChildRegistry, Leftover } from './child-registry.ts';
import { cloudflaredCommand } from './cloudflared-command.ts';
import { readCloudflaredLine } from './cloudflared-lines.ts';
import { howItEnded } from './glabs-words.ts';
import { type ManagedProcess, type ProcessEvents, startProcess } from './process.ts';
import { outputFileName, removeOldOutput } from './process-output-file.ts';
import { takeOverProcess } from './process-taken-over.ts';
import type { TunnelEffect, TunnelEvent, TunnelPlan } from './tunnel-state.ts';

export interface TunnelProcessParts {
  clock: Clock;
  log: Log;
  children: ChildRegistry;
  env: Environment;
  /** Folder of the configuration of our own that cloudflared is given. */
  configDir: string;
  /** Folder of the files its output goes to, so that it can outlive us. */
  outputFolder: string;
  /** Whether what is started now is to be able to outlive us. */
  mayOutlive(): boolean;
  graceMs: number;
  /** Everything that is learnt of the process. */
  tell(event: TunnelEvent): void;
  line(stream: LogLine['stream'], text: string): void;
  /** The last line it printed; empty if none. */
  lastOutput(): string;
}

/** The cloudflared in our care, started here or taken over: at most one, which the reducer sees to. */
export class TunnelProcess {
  private readonly parts: TunnelProcessParts;
  private process: ManagedProcess | null = null;

  constructor(parts: TunnelProcessParts) {
    this.parts = parts;
  }

  /** What comes of it is told; a configuration that cannot be written is a start that failed. */
  start(effect: Extract<TunnelEffect, { type: 'spawn' }>, plan: TunnelPlan, token: string | null): void {
    const { clock, children, env, configDir, outputFolder, graceMs, log, tell } = this.parts;
    const { generation, failedStarts, without } = effect;
    const configFile = join(configDir, 'quick.yml');
    try {
      writeEmptyConfig(configFile);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const problem = {
        message: `The configuration of cloudflared could not be written: ${why}`,
        cure: 'Free some disk space, or make the data folder writable, then press Start.',
      };
      tell({ type: 'spawn-failed', generation, problem });
      return;
    }
    const { program, originUrl } = plan;
    const mode = plan.mode === 'named' ? 'named' : 'quick';
    const command = cloudflaredCommand(
      { mode, program, originUrl, failedStarts, without, configFile, token },
      env,
    );
    const toFile = this.parts.mayOutlive();
    const output = toFile ? outputFileName(outputFolder, 'tunnel', clock.now()) : null;
    const deps = { clock, graceMs, service: 'tunnel' as const, children, output };
    this.process = startProcess(command, this.eventsOf(generation), deps);
    if (!toFile) return;
    removeOldOutput(outputFolder, 'tunnel').catch((error: unknown) =>
      log.warn('old output of cloudflared could not be removed', { err: error }),
    );
  }

  takeOver(leftover: Leftover, generation: number): void {
    const { clock, graceMs } = this.parts;
    this.process = takeOverProcess(leftover, this.eventsOf(generation), { clock, graceMs });
  }

  end(): void {
    this.process?.end();
  }

  /** True: it goes on without us. */
  leave(): boolean {
    return this.process?.leave() ?? false;
  }

  private eventsOf(generation: number): ProcessEvents {
    const { tell, line, lastOutput } = this.parts;
    return {
      line: (stream, text) => {
        line(stream, text);
        const sign = readCloudflaredLine(text);
        if (sign !== null) tell({ type: 'sign', generation, sign });
      },
      started: (pid) => tell({ type: 'spawned', generation, pid }),
      failed: (message, cure) => tell({ type: 'spawn-failed', generation, problem: { message, cure } }),
      exited: (code, signal) =>
        tell({ type: 'exited', generation, how: howItEnded(code, signal), lastOutput: lastOutput() }),
      gone: () => tell({ type: 'gone', generation }),
    };
  }
}

/** A handful of bytes: it is there before cloudflared looks for it, and again if somebody removed it. */
function writeEmptyConfig(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, '{}\n', { mode: 0o600 });
}
