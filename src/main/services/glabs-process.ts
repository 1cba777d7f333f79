import type { LogLine } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/paths.ts';
import type { ChildRegistry, Leftover } from './child-registry.ts';
import { configuredCommand, demoCommand, type SimulatorCommand } from './glabs-commands.ts';
import type { GlabsEffect, GlabsEvent } from './glabs-state.ts';
import { howItEnded } from './glabs-words.ts';
import { settleLeftovers } from './leftovers.ts';
import type { ProbeOutcome } from './probe.ts';
import { type ManagedProcess, type ProcessEvents, startProcess } from './process.ts';
import { outputFileName, removeOldOutput } from './process-output-file.ts';
import { takeOverProcess } from './process-taken-over.ts';

export interface GlabsProcessOptions {
  settings: { all(): Settings };
  clock: Clock;
  simulator: SimulatorCommand;
  children: ChildRegistry;
  /** Folder of the files its output goes to while services.onQuit is `keep`. */
  outputFolder: string;
  /** Whether a task of ours may still be in the hands of a G-Labs that an earlier Flowdeck started. */
  mayHoldPaidWork(): boolean;
  env?: Environment;
  /** Milliseconds between the gentle end of a process and the force; default 5000. */
  graceMs?: number;
}

export interface GlabsProcessHooks {
  log: Log;
  printed(stream: 'out' | 'err', text: string): void;
  happened(event: GlabsEvent): void;
  lastOutput(): string;
  /** A sentence for the log of the service. */
  note(text: LogLine['text']): void;
}

/** The process of G-Labs, as the reducer wants it: started, taken over, ended, left. Decides nothing about when. */
export class GlabsProcess {
  private readonly options: GlabsProcessOptions;
  private readonly hooks: GlabsProcessHooks;
  private leftover: Leftover | null = null;
  private managed: ManagedProcess | null = null;
  private pid: number | null = null;

  constructor(options: GlabsProcessOptions, hooks: GlabsProcessHooks) {
    this.options = options;
    this.hooks = hooks;
  }

  /**
   * Ends what an earlier Flowdeck left, but for one that was left on purpose or may hold paid work: that one is given
   * back, for takeOver. `look`: what answers at the address of G-Labs now.
   */
  async settle(look: () => Promise<ProbeOutcome>): Promise<{ pid: number; demo: boolean } | null> {
    const { children } = this.options;
    let demo = false;
    this.leftover = await settleLeftovers('glabs', {
      ...this.care(),
      children,
      takeUp: async (leftover) => {
        const outcome = await look();
        demo = outcome.demo;
        // With a file to print to it was to outlive its Flowdeck, however that ended.
        return (
          leftover.kept ||
          leftover.output !== null ||
          outcome.tasks > 0 ||
          (!demo && this.options.mayHoldPaidWork())
        );
      },
      note: this.hooks.note,
    });
    return this.leftover && { pid: this.leftover.pid, demo };
  }

  spawn({ generation, kind }: Extract<GlabsEffect, { type: 'spawn' }>, url: string): void {
    const { settings, simulator, children, outputFolder, clock, env = process.env } = this.options;
    const all = settings.all();
    const keep = all['services.onQuit'] === 'keep';
    const command = kind === 'demo' ? demoCommand(simulator, url, env, keep) : configuredCommand(all, env);
    const output = keep ? outputFileName(outputFolder, 'glabs', clock.now()) : null;
    this.managed = startProcess(command, this.eventsOf(generation), {
      ...this.care(),
      service: 'glabs',
      children,
      output,
    });
    if (!keep) return;
    removeOldOutput(outputFolder, 'glabs').catch((error: unknown) =>
      this.hooks.log.warn('old output of G-Labs could not be removed', { err: error }),
    );
  }

  /** Takes what settle gave back into our care. */
  takeOver(generation: number): void {
    const { leftover } = this;
    if (!leftover) return;
    this.leftover = null;
    this.managed = takeOverProcess(leftover, this.eventsOf(generation), this.care());
  }

  end(): void {
    this.managed?.end();
  }

  /** True: what runs goes on without us. */
  leave(): boolean {
    if (!this.managed || this.pid === null) return false;
    if (this.managed.leave()) {
      this.hooks.note(`It runs on as process ${this.pid} when Flowdeck ends.`);
      return true;
    }
    this.hooks.note('It ends with Flowdeck: when it was started, services.onQuit was not yet keep.');
    return false;
  }

  private care(): { clock: Clock; graceMs?: number } {
    const { clock, graceMs } = this.options;
    return { clock, ...(graceMs === undefined ? {} : { graceMs }) };
  }

  private eventsOf(generation: number): ProcessEvents {
    const { happened, lastOutput, printed } = this.hooks;
    return {
      line: printed,
      started: (pid) => {
        this.pid = pid;
        happened({ type: 'spawned', generation, pid });
      },
      failed: (message, cure) => happened({ type: 'spawn-failed', generation, message, cure }),
      exited: (code, signal) => {
        this.pid = null;
        happened({ type: 'exited', generation, how: howItEnded(code, signal), lastOutput: lastOutput() });
      },
      gone: () => happened({ type: 'gone', generation }),
    };
  }
}
