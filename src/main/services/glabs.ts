import { basename } from 'node:path';
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import type { Problem, ServicesChange, ServiceView } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Random } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { portOwner as systemPortOwner } from '../platform/process-identity.ts';
import { redact } from '../platform/redact.ts';
import { Announcer } from './announcer.ts';
import { secretValues } from './child-environment.ts';
import { type GlabsPlan, isLoopback, planGlabs, portOf } from './glabs-plan.ts';
import { GlabsProcess, type GlabsProcessOptions } from './glabs-process.ts';
import { reduceGlabs } from './glabs-reducer.ts';
import { type GlabsEffect, type GlabsEvent, type GlabsState, initialGlabsState } from './glabs-state.ts';
import { glabsView, phaseNote, serviceState } from './glabs-view.ts';
import { LogRing } from './log-ring.ts';
import type { Network } from './network.ts';
import { createProbe, type Probe } from './probe.ts';
import { remembered, ServiceRecorder, type ServiceStateStore } from './saved-service.ts';
import type { Service } from './service.ts';
import { ServiceHistory } from './service-history.ts';
import { ServiceLife } from './service-life.ts';
import { ServiceLoop } from './service-loop.ts';

export interface GlabsServiceOptions extends GlabsProcessOptions {
  settings: { all(): Settings; onChange(listener: () => void): () => void };
  secrets: { has(name: string): Promise<boolean>; seen(): readonly string[] };
  log: Log;
  serviceState: ServiceStateStore;
  network: Network;
  /** Asks G-Labs at this address, at no cost, whether it takes the key; null: it does, or nobody can tell. */
  checkKey(url: string, signal: AbortSignal): Promise<Problem | null>;
  probe?: Probe;
  portOwner?: typeof systemPortOwner;
  random?: Random;
}

export interface GlabsService extends Service {
  /** Takes over what already answers at `glabs.url`; starts nothing. True: it is ready. */
  adoptIfRunning(): Promise<boolean>;
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
  private readonly process: GlabsProcess;
  private readonly life: ServiceLife;
  private unhearNetwork: (() => void) | null = null;
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
    this.process = new GlabsProcess(options, {
      log: this.log,
      printed: (stream, text) => {
        this.ring.add(stream, text);
        this.announcer.soon();
      },
      happened: (event) => this.loop.dispatch(event),
      lastOutput: () => this.ring.lastOutput(),
      note: (text) => this.say(text),
    });
    this.prepared = this.prepare().catch((error: unknown) =>
      this.log.error('what an earlier Flowdeck left could not be looked at', { err: error }),
    );
    this.life = new ServiceLife({
      prepared: this.prepared,
      loop: this.loop,
      bringUp: (stillWanted) => this.bringUp(stillWanted),
      takeDown: () => this.loop.dispatch({ type: 'stop' }),
      state: () => this.state,
      leave: () => this.process.leave(),
      deafen: () => this.unwatch(),
      end: () => this.end(),
    });
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

  start(): Promise<void> {
    return this.life.start();
  }

  stop(): Promise<void> {
    return this.life.stop();
  }

  async restart(): Promise<void> {
    if (this.state.adopted) {
      throw fail('usage', 'G-Labs was not started by Flowdeck, so it cannot be restarted from here.', {
        where: this.state.plan.url,
        cure: 'Restart it where it was started.',
      });
    }
    await this.life.restart();
  }

  close({ keep } = { keep: false }): Promise<void> {
    return this.life.close(keep);
  }

  private async bringUp(stillWanted: () => boolean): Promise<void> {
    const plan = await this.plan();
    if (!stillWanted()) throw stoppedBefore();
    this.loop.dispatch({ type: 'start', plan });
    await this.loop.until(() => this.closed || settled(this.state));
    if (this.state.phase === 'ready' && !this.closed) return;
    const { problem, plan: used } = this.state;
    if (!problem) throw stoppedBefore();
    throw fail('backend-unreachable', problem.message, { where: used.url, cure: problem.cure });
  }

  private async end(): Promise<void> {
    this.closed = true;
    this.hearNetwork(false);
    this.loop.close();
    this.announcer.close();
    await this.recorder.flush();
  }

  /** What an earlier Flowdeck left running goes on, or is ended, before anything else. */
  private async prepare(): Promise<void> {
    const left = await this.process.settle(async () => (await this.look(false, this.loop.signal)).outcome);
    if (left) this.loop.dispatch({ type: 'left-over', ...left });
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
    this.announcer.hurry();
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
    else if (effect.type === 'spawn') this.process.spawn(effect, this.state.plan.url);
    else if (effect.type === 'take-over') this.process.takeOver(effect.generation);
    else this.process.end();
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

const stoppedBefore = () => fail('interrupted', 'G-Labs was stopped before it was ready.');

/** Start has an answer: ready, a problem that does not pass by itself, or a stop that came in between. */
function settled(state: GlabsState): boolean {
  if (state.desired === 'down') return true;
  return ['ready', 'failed', 'foreign', 'unhealthy'].includes(state.phase);
}
