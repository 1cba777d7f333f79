import { basename } from 'node:path';
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import type { Problem, ServicesChange, ServiceView } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/paths.ts';
import { portOwner as systemPortOwner } from '../platform/process-identity.ts';
import { redact } from '../platform/redact.ts';
import { Announcer } from './announcer.ts';
import { secretValues } from './child-environment.ts';
import type { ChildRegistry, Leftover } from './child-registry.ts';
import { configuredCommand, demoCommand, type SimulatorCommand } from './glabs-commands.ts';
import { type GlabsPlan, isLoopback, planGlabs, portOf } from './glabs-plan.ts';
import { reduceGlabs } from './glabs-reducer.ts';
import { type GlabsEffect, type GlabsEvent, type GlabsState, initialGlabsState } from './glabs-state.ts';
import { glabsView, phaseNote, serviceState } from './glabs-view.ts';
import { howItEnded } from './glabs-words.ts';
import { settleLeftovers } from './leftovers.ts';
import { LogRing } from './log-ring.ts';
import type { Network } from './network.ts';
import { createProbe, type Probe } from './probe.ts';
import { type ManagedProcess, type ProcessEvents, startProcess } from './process.ts';
import { outputFileName, removeOldOutput } from './process-output-file.ts';
import { takeOverProcess } from './process-taken-over.ts';
import { remembered, ServiceRecorder, type ServiceStateStore } from './saved-service.ts';
import type { Service } from './service.ts';
import { ServiceHistory } from './service-history.ts';
import { ServiceLoop } from './service-loop.ts';

export interface GlabsServiceOptions {
  settings: { all(): Settings; onChange(listener: () => void): () => void };
  secrets: { has(name: string): Promise<boolean>; seen(): readonly string[] };
  clock: Clock;
  log: Log;
  simulator: SimulatorCommand;
  serviceState: ServiceStateStore;
  children: ChildRegistry;
  network: Network;
  /** Folder of the files its output goes to while services.onQuit is `keep`. */
  outputFolder: string;
  /** Whether a task of ours may still be in the hands of a G-Labs that an earlier Flowdeck started. */
  mayHoldPaidWork(): boolean;
  /** Asks G-Labs at this address, at no cost, whether it takes the key; null: it does, or nobody can tell. */
  checkKey(url: string, signal: AbortSignal): Promise<Problem | null>;
  probe?: Probe;
  portOwner?: typeof systemPortOwner;
  random?: Random;
  env?: Environment;
  /** Milliseconds between the gentle end of a process and the force; default 5000. */
  graceMs?: number;
}

export interface GlabsService extends Service {
  /** Takes over what already answers at `glabs.url`; starts nothing. True: it is ready. */
  adoptIfRunning(): Promise<boolean>;
  /** Another key is set: G-Labs is asked again whether it takes it. */
  keyChanged(): void;
}

/**
 * Supervises G-Labs by behaviour.md §10: the shell that carries out what the reducer decides. Begins with a look
 * whether one is running already (adoptIfRunning); starts nothing by itself.
 */
export function createGlabsService(options: GlabsServiceOptions): GlabsService {
  const shell = new GlabsShell(options);
  shell
    .adoptIfRunning()
    .catch((error: unknown) => options.log.error('looking for G-Labs failed', { err: error }));
  return shell;
}

class GlabsShell implements GlabsService {
  private readonly options: GlabsServiceOptions;
  private readonly log: Log;
  private readonly probe: Probe;
  private readonly ring: LogRing;
  private readonly announcer: Announcer;
  private readonly recorder: ServiceRecorder;
  private readonly history: ServiceHistory;
  private readonly unwatch: () => void;
  private readonly loop: ServiceLoop<GlabsState, GlabsEvent, GlabsEffect>;
  private readonly prepared: Promise<void>;
  private leftover: Leftover | null = null;
  private process: ManagedProcess | null = null;
  private unhearNetwork: (() => void) | null = null;
  private closing: Promise<void> | null = null;
  private closed = false;

  constructor(options: GlabsServiceOptions) {
    this.options = options;
    const { clock, settings } = options;
    this.log = options.log.child('glabs');
    this.probe = options.probe ?? createProbe(() => clock.monotonic());
    this.ring = new LogRing(
      clock,
      (text) => redact(text, this.secrets()),
      () => this.secrets(),
    );
    this.announcer = new Announcer(() => this.view(), this.ring);
    const memory = remembered(options.serviceState);
    const realSeenAt = realSeenBefore(memory);
    this.history = new ServiceHistory(clock, memory);
    const plan = planGlabs(settings.all(), { hasKey: false, realSeenAt });
    this.loop = new ServiceLoop({
      initial: initialGlabsState(plan, clock.now(), realSeenAt),
      reduce: (state, event) => {
        const { random = Math.random } = this.options;
        return reduceGlabs(state, event, { now: clock.now(), random: random() });
      },
      carryOut: (effect) => this.carryOut(effect),
      moved: (before) => this.note(before),
      settled: () => {
        const { realSeenAt } = this.state;
        this.recorder.record(this.view(), { realSeenAt });
        this.hearNetwork(!['stopped', 'failed'].includes(this.state.phase));
        this.announcer.soon();
      },
    });
    this.recorder = new ServiceRecorder('glabs', { store: options.serviceState, clock, log: this.log });
    this.unwatch = settings.onChange(() => {
      this.replan().catch((error: unknown) => this.log.error('reading the settings failed', { err: error }));
    });
    this.prepared = this.prepare().catch((error: unknown) =>
      this.log.error('what an earlier Flowdeck left could not be looked at', { err: error }),
    );
  }

  private get state(): GlabsState {
    return this.loop.state;
  }

  view(): ServiceView {
    return glabsView(this.state, this.ring.lines(), this.history.view());
  }

  subscribe(listener: (change: ServicesChange) => void): () => void {
    return this.announcer.subscribe(listener);
  }

  async adoptIfRunning(): Promise<boolean> {
    await this.prepared;
    await this.replan();
    const { state, signal } = this.loop;
    if (state.phase === 'stopped') {
      try {
        const found = await this.look(true, signal);
        this.loop.dispatch({ type: 'found', generation: state.generation, ...found });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
    return this.state.phase === 'ready';
  }

  keyChanged(): void {
    this.loop.dispatch({ type: 'key-changed' });
  }

  async start(): Promise<void> {
    await this.prepared;
    const plan = await this.plan();
    this.loop.dispatch({ type: 'start', plan });
    await this.loop.until(() => this.closed || settled(this.state));
    if (this.state.phase === 'ready' && !this.closed) return;
    const { problem, plan: used } = this.state;
    if (!problem) throw fail('interrupted', 'G-Labs was stopped before it was ready.');
    throw fail('backend-unreachable', problem.message, { where: used.url, cure: problem.cure });
  }

  async stop(): Promise<void> {
    await this.prepared;
    this.loop.dispatch({ type: 'stop' });
    await this.loop.until(() => this.state.child === null || this.state.desired === 'up');
  }

  async restart(): Promise<void> {
    if (this.state.adopted) {
      throw fail('usage', 'G-Labs was not started by Flowdeck, so it cannot be restarted from here.', {
        where: this.state.plan.url,
        cure: 'Restart it where it was started.',
      });
    }
    await this.stop();
    await this.start();
  }

  close({ keep } = { keep: false }): Promise<void> {
    this.closing ??= (async () => {
      this.unwatch();
      await this.prepared;
      if (!keep || !this.leave()) {
        do await this.stop();
        while (this.state.child);
      }
      this.closed = true;
      this.hearNetwork(false);
      this.loop.close();
      this.announcer.close();
      await this.recorder.flush();
    })();
    return this.closing;
  }

  /** What an earlier Flowdeck left running goes on, or is ended, before anything else. */
  private async prepare(): Promise<void> {
    const { children, clock, graceMs } = this.options;
    let demo = false;
    this.leftover = await settleLeftovers('glabs', {
      children,
      clock,
      ...(graceMs === undefined ? {} : { graceMs }),
      takeUp: async (leftover) => {
        const { outcome } = await this.look(false, this.loop.signal);
        demo = outcome.demo;
        return leftover.kept || this.options.mayHoldPaidWork() || outcome.tasks > 0;
      },
      note: (text) => this.say(text),
    });
    if (this.leftover) this.loop.dispatch({ type: 'left-over', pid: this.leftover.pid, demo });
  }

  /** True: what runs goes on without us. */
  private leave(): boolean {
    const { child } = this.state;
    if (!child || child.ending || !this.process) return false;
    if (this.process.leave()) {
      this.say(`It runs on as process ${child.pid} when Flowdeck ends.`);
      return true;
    }
    this.say('It is ended with Flowdeck: when it was started, services.onQuit was not yet keep.');
    return false;
  }

  private hearNetwork(listen: boolean): void {
    if (listen && !this.closed) {
      this.unhearNetwork ??= this.options.network.subscribe(() => this.loop.dispatch({ type: 'woke' }));
      return;
    }
    this.unhearNetwork?.();
    this.unhearNetwork = null;
  }

  private say(text: string): void {
    this.ring.add('note', text);
    this.log.info(text);
    this.announcer.soon();
  }

  private note(before: GlabsState): void {
    this.history.entered(serviceState(this.state.phase));
    if (this.state.phase === 'waiting') this.history.restarted(this.state.problem?.message ?? '');
    const program = basename(this.options.settings.all()['glabs.command'] ?? '');
    const text = phaseNote(this.state, before, program, this.options.clock.now());
    if (text === null) return;
    this.ring.add('note', text);
    this.log.info(text, { state: this.state.phase, pid: this.state.child?.pid ?? null });
  }

  private carryOut(effect: GlabsEffect): void {
    if (effect.type === 'timer') this.setTimer(effect);
    else if (effect.type === 'probe') this.sendProbe(effect);
    else if (effect.type === 'check-key') this.checkKey(effect);
    else if (effect.type === 'spawn') this.spawn(effect);
    else if (effect.type === 'take-over') this.takeOver(effect);
    else this.process?.end();
  }

  private setTimer({ generation, name, ms }: Extract<GlabsEffect, { type: 'timer' }>): void {
    const { signal } = this.loop;
    this.options.clock.sleep(ms, signal).then(
      () => this.loop.dispatch({ type: 'timer', generation, name, lastOutput: this.ring.lastOutput() }),
      (error: unknown) => this.unlessAborted(signal, error),
    );
  }

  private sendProbe({ generation, look, limitMs }: Extract<GlabsEffect, { type: 'probe' }>): void {
    const { signal } = this.loop;
    this.look(look, signal, limitMs).then(
      (found) => this.loop.dispatch({ type: 'probed', generation, ...found }),
      (error: unknown) => this.unlessAborted(signal, error),
    );
  }

  private unlessAborted(signal: AbortSignal, error: unknown): void {
    if (!signal.aborted) this.log.error('a watch of G-Labs broke', { err: error });
  }

  private checkKey({ generation }: Extract<GlabsEffect, { type: 'check-key' }>): void {
    const { signal } = this.loop;
    this.options.checkKey(this.state.plan.url, signal).then(
      (problem) => this.loop.dispatch({ type: 'key-checked', generation, problem }),
      (error: unknown) => this.unlessAborted(signal, error),
    );
  }

  private async look(withOwner: boolean, signal: AbortSignal, limitMs?: number) {
    const { url } = this.state.plan;
    const healthPaths = this.options.settings.all()['glabs.healthPaths'];
    const outcome = await this.probe(
      { url, healthPaths, ...(limitMs === undefined ? {} : { limitMs }) },
      signal,
    );
    const askSystem = withOwner && outcome.kind !== 'down' && isLoopback(url);
    const owner = askSystem ? await (this.options.portOwner ?? systemPortOwner)(portOf(url)) : null;
    signal.throwIfAborted();
    return { outcome, owner };
  }

  private spawn({ generation, kind }: Extract<GlabsEffect, { type: 'spawn' }>): void {
    const { settings, simulator, outputFolder, clock, env = process.env } = this.options;
    const keep = settings.all()['services.onQuit'] === 'keep';
    const command =
      kind === 'demo'
        ? demoCommand(simulator, this.state.plan.url, env, keep)
        : configuredCommand(settings.all(), env);
    const output = keep ? outputFileName(outputFolder, 'glabs', clock.now()) : null;
    this.process = startProcess(command, this.eventsOf(generation), {
      ...this.processDeps(),
      service: 'glabs',
      children: this.options.children,
      output,
    });
    if (!keep) return;
    removeOldOutput(outputFolder, 'glabs').catch((error: unknown) =>
      this.log.warn('old output of G-Labs could not be removed', { err: error }),
    );
  }

  private takeOver({ generation }: Extract<GlabsEffect, { type: 'take-over' }>): void {
    const { leftover } = this;
    if (!leftover) return;
    this.leftover = null;
    this.process = takeOverProcess(leftover, this.eventsOf(generation), this.processDeps());
  }

  private processDeps(): { clock: Clock; graceMs?: number } {
    const { clock, graceMs } = this.options;
    return { clock, ...(graceMs === undefined ? {} : { graceMs }) };
  }

  private eventsOf(generation: number): ProcessEvents {
    return {
      line: (stream, text) => {
        this.ring.add(stream, text);
        this.announcer.soon();
      },
      started: (pid) => this.loop.dispatch({ type: 'spawned', generation, pid }),
      failed: (message, cure) => this.loop.dispatch({ type: 'spawn-failed', generation, message, cure }),
      exited: (code, signal) =>
        this.loop.dispatch({
          type: 'exited',
          generation,
          how: howItEnded(code, signal),
          lastOutput: this.ring.lastOutput(),
        }),
      gone: () => this.loop.dispatch({ type: 'gone', generation }),
    };
  }

  private async plan(): Promise<GlabsPlan> {
    const hasKey = await this.options.secrets.has('glabs.apiKey');
    return planGlabs(this.options.settings.all(), { hasKey, realSeenAt: this.state.realSeenAt });
  }

  private async replan(): Promise<void> {
    this.loop.dispatch({ type: 'planned', plan: await this.plan() });
  }

  private secrets(): string[] {
    return [...this.options.secrets.seen(), ...secretValues(this.options.settings.all()['glabs.env'])];
  }
}

const Remembered = z.object({ realSeenAt: z.string().nullable() });

/** Address at which an earlier session saw a real G-Labs: the demo must not take its place today (behaviour.md §10). */
function realSeenBefore(memory: unknown): string | null {
  return Remembered.safeParse(memory).data?.realSeenAt ?? null;
}

/** Start has an answer: ready, a problem that does not pass by itself, or a stop that came in between. */
function settled(state: GlabsState): boolean {
  if (state.desired === 'down') return true;
  return ['ready', 'failed', 'foreign', 'unhealthy'].includes(state.phase);
}
