import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import type { ServicesChange, ServiceView } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import type { TunnelAddresses } from '../db/tunnel-addresses.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/paths.ts';
import { redact } from '../platform/redact.ts';
import type { AddressBook } from './address-book.ts';
import { Announcer } from './announcer.ts';
import type { ChildRegistry, Leftover } from './child-registry.ts';
import { graceS } from './cloudflared-command.ts';
import type { ProgramSearch } from './cloudflared-program.ts';
import { settleLeftovers } from './leftovers.ts';
import { LogRing } from './log-ring.ts';
import type { Network } from './network.ts';
import type { PublicProbe } from './public-probe.ts';
import { remembered, ServiceRecorder, type ServiceStateStore } from './saved-service.ts';
import type { Service } from './service.ts';
import { ServiceHistory } from './service-history.ts';
import { ServiceLife } from './service-life.ts';
import { ServiceLoop } from './service-loop.ts';
import { lookAtTunnel } from './tunnel-look.ts';
import type { TunnelMetrics } from './tunnel-metrics.ts';
import { needsNetwork, needsProgram, planTunnel } from './tunnel-plan.ts';
import { TunnelProcess } from './tunnel-process.ts';
import { reduceTunnel } from './tunnel-reducer.ts';
import {
  type Found,
  initialTunnelState,
  startKey,
  type TunnelEffect,
  type TunnelEvent,
  type TunnelPlan,
  type TunnelState,
  type TunnelTimes,
  tunnelTimes,
} from './tunnel-state.ts';
import { stageNote, tunnelServiceState, tunnelView } from './tunnel-view.ts';

/** Where requests through the tunnel end: G-Labs on this machine. */
export interface TunnelOrigin {
  url(): string;
  /** It answers, as far as its supervision knows. */
  isUp(): boolean;
  /** Hears that one of them changed. Returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export interface TunnelServiceOptions {
  settings: { all(): Settings; onChange(listener: () => void): () => void };
  secrets: { get(name: string): Promise<string | null>; seen(): readonly string[] };
  clock: Clock;
  log: Log;
  book: AddressBook;
  children: ChildRegistry;
  serviceState: ServiceStateStore;
  /** When tunnels were asked for, by earlier sessions too. */
  creations: Pick<TunnelAddresses, 'noteCreation' | 'creationsSince'>;
  origin: TunnelOrigin;
  network: Network;
  program: ProgramSearch;
  probe: PublicProbe;
  metrics: TunnelMetrics;
  /** Folder of the configuration of our own that cloudflared is given. */
  configDir: string;
  /** Folder of the files its output goes to while services.onQuit is `keep`. */
  outputFolder: string;
  random?: Random;
  env?: Environment;
  times?: TunnelTimes;
  /** Milliseconds between the gentle end of a process and the force; default: what cloudflared may take, and 2 s. */
  graceMs?: number;
}

/** Supervises the tunnel by behaviour.md §10: the shell that carries out what the reducer decides. */
export function createTunnelService(options: TunnelServiceOptions): Service {
  return new TunnelShell(options);
}

class TunnelShell implements Service {
  private readonly options: TunnelServiceOptions;
  private readonly log: Log;
  private readonly ring: LogRing;
  private readonly announcer: Announcer;
  private readonly recorder: ServiceRecorder;
  private readonly history: ServiceHistory;
  private readonly loop: ServiceLoop<TunnelState, TunnelEvent, TunnelEffect>;
  private readonly ends: (() => void)[];
  private readonly graceMs: number;
  private readonly process: TunnelProcess;
  private readonly life: ServiceLife;
  private unhearNetwork: (() => void) | null = null;
  private token: string | null = null;
  private leftover: Leftover | null = null;
  private closed = false;
  private lastSettled: TunnelState | null = null;
  private originSeen: { up: boolean; url: string };
  private replans = 0;

  constructor(options: TunnelServiceOptions) {
    this.options = options;
    const { clock, settings, origin, book, serviceState, creations, times = tunnelTimes } = options;
    this.log = options.log.child('tunnel');
    this.ring = new LogRing(
      clock,
      (text) => redact(text, this.secrets()),
      () => this.secrets(),
    );
    this.announcer = new Announcer(() => this.view(), this.ring);
    this.history = new ServiceHistory(clock, remembered(serviceState));
    this.recorder = new ServiceRecorder('tunnel', { store: serviceState, clock, log: this.log });
    this.graceMs = options.graceMs ?? (graceS + 2) * 1000;
    this.process = new TunnelProcess({
      clock,
      log: this.log,
      children: options.children,
      env: options.env ?? process.env,
      configDir: options.configDir,
      outputFolder: options.outputFolder,
      mayOutlive: () => settings.all()['services.onQuit'] === 'keep',
      graceMs: this.graceMs,
      tell: (event) => this.loop.dispatch(event),
      line: (stream, text) => {
        this.ring.add(stream, text);
        this.announcer.soon();
      },
      lastOutput: () => this.ring.lastOutput(),
    });
    this.originSeen = { up: origin.isUp(), url: origin.url() };
    // What is on this machine is looked up in a moment (prepare).
    const plan = planTunnel(settings.all(), { originUrl: origin.url(), hasToken: true, program: null });
    const since = clock.now() - times.creationWindow;
    this.loop = new ServiceLoop({
      initial: initialTunnelState(plan, clock.now(), creations.creationsSince(since)),
      reduce: (state, event) => {
        const { random = Math.random, network } = this.options;
        const online = !needsNetwork(state.plan) || network.online();
        return reduceTunnel(state, event, { now: clock.now(), random: random(), online, times });
      },
      carryOut: (effect) => this.carryOut(effect),
      moved: (before) => this.moved(before),
      settled: () => this.settled(),
    });
    this.ends = [
      settings.onChange(() => this.replanSoon()),
      origin.subscribe(() => this.hearOrigin()),
      book.subscribe(() => {
        this.record();
        this.announcer.soon();
      }),
    ];
    const prepared = this.prepare().catch((error: unknown) =>
      this.log.error('what an earlier Flowdeck left could not be looked at', { err: error }),
    );
    this.life = new ServiceLife({
      prepared,
      loop: this.loop,
      bringUp: (stillWanted) => this.bringUp(stillWanted),
      takeDown: () => this.loop.dispatch({ type: 'stop' }),
      state: () => this.state,
      leave: () => this.leave(),
      deafen: () => {
        for (const end of this.ends) end();
      },
      end: () => this.end(),
    });
  }

  private get state(): TunnelState {
    return this.loop.state;
  }

  view(): ServiceView {
    const { book } = this.options;
    return tunnelView(this.state, {
      log: this.ring.lines(),
      past: this.history.view(),
      address: book.current(),
      consumers: book.consumers(),
    });
  }

  subscribe(listener: (change: ServicesChange) => void): () => void {
    return this.announcer.subscribe(listener);
  }

  start(): Promise<void> {
    return this.life.start();
  }

  stop(): Promise<void> {
    return this.life.stop();
  }

  restart(): Promise<void> {
    return this.life.restart();
  }

  close({ keep } = { keep: false }): Promise<void> {
    return this.life.close(keep);
  }

  private async bringUp(stillWanted: () => boolean): Promise<void> {
    const asked = await this.planOfNow();
    if (!stillWanted()) throw stoppedBefore();
    if (asked.mode === 'none' && asked.problem) {
      this.loop.dispatch({ type: 'planned', plan: asked });
      throw fail('usage', asked.problem.message, { where: 'tunnel', cure: asked.problem.cure });
    }
    this.loop.dispatch({ type: 'start', plan: asked });
    await this.loop.until(() => this.closed || answered(this.state));
    const { phase, problem, plan, url } = this.state;
    if (phase === 'verified' && !this.closed) return;
    if (problem === null || this.state.desired === 'down') {
      throw stoppedBefore();
    }
    const code = plan.problem === null ? 'backend-unreachable' : 'usage';
    throw fail(code, problem.message, { where: url ?? 'tunnel', cure: problem.cure });
  }

  private async end(): Promise<void> {
    this.closed = true;
    this.hearNetwork(false);
    this.loop.close();
    this.announcer.close();
    await this.recorder.flush();
  }

  /** What an earlier Flowdeck left running goes on when it is still what the settings ask for; else it is ended. */
  private async prepare(): Promise<void> {
    const { children, clock, serviceState } = this.options;
    const plan = await this.plan({ ask: false });
    this.loop.dispatch({ type: 'planned', plan });
    const known = Remembered.safeParse(remembered(serviceState)).data;
    this.leftover = await settleLeftovers('tunnel', {
      children,
      clock,
      graceMs: this.graceMs,
      // With a file to print to it was to outlive its Flowdeck, however that ended.
      takeUp: ({ output }) => output !== null && known?.startKey === startKey(plan),
      note: (text) => this.say(text),
    });
    if (!this.leftover || !known) return;
    const { url, metricsPort } = known;
    this.loop.dispatch({ type: 'left-over', pid: this.leftover.pid, url, metricsPort, plan });
  }

  /** True: what runs goes on without us. */
  private leave(): boolean {
    const { child, metricsPort, url } = this.state;
    if (!child || child.ending || metricsPort === null || url === null) return false;
    if (!this.process.leave()) return false;
    this.say(`It runs on as process ${child.pid} when Flowdeck ends.`);
    return true;
  }

  private moved(before: TunnelState): void {
    this.announcer.hurry();
    const { phase, startedFor } = this.state;
    this.history.entered(tunnelServiceState(phase));
    if (phase === 'spawning' && startedFor !== null) this.history.restarted(startedFor);
    const text = stageNote(this.state, this.options.clock.now());
    if (text !== null && !(phase === 'backoff' && before.phase === 'restarting')) this.say(text);
  }

  private settled(): void {
    // A line of the log that changed nothing is no news but for the log.
    if (this.state !== this.lastSettled) this.record();
    this.announcer.soon();
  }

  private record(): void {
    const { phase, url, metricsPort, plan } = this.state;
    this.lastSettled = this.state;
    this.recorder.record(this.view(), { metricsPort, startKey: startKey(plan), url });
    this.hearNetwork(phase !== 'stopped' && phase !== 'failed');
  }

  /** It tells of everything, such as each line of its log: only that it came or went, or moved, matters here. */
  private hearOrigin(): void {
    const { origin } = this.options;
    const [up, url] = [origin.isUp(), origin.url()];
    if (url !== this.originSeen.url) this.replanSoon();
    const cameOrWent = up !== this.originSeen.up;
    this.originSeen = { up, url };
    if (cameOrWent) this.loop.dispatch({ type: 'origin' });
  }

  private hearNetwork(listen: boolean): void {
    if (listen && !this.closed) {
      this.unhearNetwork ??= this.options.network.subscribe(() => this.loop.dispatch({ type: 'network' }));
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

  private carryOut(effect: TunnelEffect): void {
    const { creations, book } = this.options;
    if (effect.type === 'timer') this.setTimer(effect);
    else if (effect.type === 'look') this.look(effect);
    else if (effect.type === 'spawn') this.process.start(effect, this.state.plan, this.token);
    else if (effect.type === 'take-over') this.takeOver(effect.generation);
    else if (effect.type === 'end') this.process.end();
    else if (effect.type === 'note-creation') {
      this.attempt('a tunnel that is asked for could not be noted', () =>
        creations.noteCreation(effect.at, effect.forgetBefore),
      );
    } else {
      this.attempt('the new address could not be written down', () => {
        book.publish(effect.url);
      });
    }
  }

  private takeOver(generation: number): void {
    if (this.leftover) this.process.takeOver(this.leftover, generation);
    this.leftover = null;
  }

  /** Supervision goes on, whatever the disk does. */
  private attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.log.error(what, { err: error });
    }
  }

  private setTimer({ generation, name, look, ms }: Extract<TunnelEffect, { type: 'timer' }>): void {
    const { signal } = this.loop;
    this.options.clock.sleep(ms, signal).then(
      () => this.loop.dispatch({ type: 'timer', generation, name, look, lastOutput: this.ring.lastOutput() }),
      (error: unknown) => {
        if (!signal.aborted) this.log.error('a timer of the tunnel broke', { err: error });
      },
    );
  }

  private look(effect: Extract<TunnelEffect, { type: 'look' }>): void {
    const { generation, look } = effect;
    const { signal } = this.loop;
    const { metrics, probe, origin } = this.options;
    lookAtTunnel(this.state, effect, { metrics, probe, originUp: () => origin.isUp() }, signal).then(
      (found) => this.loop.dispatch({ type: 'looked', generation, look, found }),
      (error: unknown) => {
        if (signal.aborted) return;
        this.log.error('a look at the tunnel broke', { err: error });
        // The watch goes on: this look found nothing.
        const found: Found = { ready: 'silent', hostname: null, public: null, originUp: true };
        this.loop.dispatch({ type: 'looked', generation, look, found });
      },
    );
  }

  /** `ask`: cloudflared is asked what it can do. Somebody who only looks runs no program. */
  private async plan(how: { ask: boolean }): Promise<TunnelPlan> {
    const { settings, secrets, origin, program } = this.options;
    const all = settings.all();
    const mode = all['tunnel.mode'];
    this.token = mode === 'named' ? await secrets.get('tunnel.token') : null;
    const found = needsProgram(mode) ? await program(all['tunnel.cloudflared'], how) : null;
    return planTunnel(all, { originUrl: origin.url(), hasToken: this.token !== null, program: found });
  }

  /** By the settings as they are when it is made, however long that took. */
  private async planOfNow(): Promise<TunnelPlan> {
    for (;;) {
      const { replans } = this;
      const plan = await this.plan({ ask: true });
      if (replans === this.replans) return plan;
    }
  }

  private replanSoon(): void {
    this.replans += 1;
    const mine = this.replans;
    this.plan({ ask: this.state.desired === 'up' }).then(
      (plan) => {
        // Only the newest settings count, whatever order the answers come in.
        if (mine === this.replans) this.loop.dispatch({ type: 'planned', plan });
      },
      (error: unknown) => this.log.error('reading the settings failed', { err: error }),
    );
  }

  private secrets(): string[] {
    return [...this.options.secrets.seen(), ...(this.token === null ? [] : [this.token])];
  }
}

const Remembered = z.object({ url: z.string(), metricsPort: z.number(), startKey: z.string() });

const stoppedBefore = () => fail('interrupted', 'The tunnel was stopped before it was ready.');

/** Start has an answer: verified, a problem that does not pass by itself or only with much time, or a stop. */
function answered({ desired, phase, waitingFor }: TunnelState): boolean {
  if (desired === 'down' || phase === 'verified' || phase === 'failed' || phase === 'degraded') return true;
  return phase === 'backoff' && waitingFor !== 'pause';
}
