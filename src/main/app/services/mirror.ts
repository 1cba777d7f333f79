import { fail } from '../../../shared/failure.ts';
import { type ServiceName, type ServicesChange, ServiceView } from '../../../shared/services.ts';
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { blankView } from '../../services/blank-view.ts';
import type { Service } from '../../services/service.ts';
import { createRepeater } from '../repeater.ts';
import type { Role } from './role.ts';

/** How often the other Flowdeck's word is read: there is no event between processes. */
const READ_MS = 500;
/** The other one may be busy; if it has not begun by then, something is wrong with it. */
const ANSWER_MS = 15_000;

const Written = ServiceView.omit({ log: true });

/** The services as another Flowdeck of this data folder supervises them: seen through the database, asked through it. */
export async function mirrorServices(parts: MirrorParts): Promise<Role> {
  const { clock, log, supervisor } = parts;
  const glabs = new MirroredService('glabs', parts);
  const tunnel = new MirroredService('tunnel', parts);
  const refresh = () => {
    glabs.read();
    tunnel.read();
  };
  const repeater = createRepeater(clock, READ_MS, refresh, (error) =>
    log.error('The state of the services could not be read', { err: error }),
  );
  repeater.start();
  return {
    glabs,
    tunnel,
    get supervisor() {
      return supervisor();
    },
    tellConsumer: () => {
      throw fail('usage', 'Another Flowdeck tells the address of the tunnel.', {
        where: `process ${supervisor() ?? 'unknown'}`,
        cure: 'It tries again by itself; or use its window.',
      });
    },
    // The one that supervises notices it, too.
    resumed: () => undefined,
    refresh,
    close: async () => {
      repeater.stop();
      await Promise.all([glabs.close(), tunnel.close()]);
    },
  };
}

interface MirrorParts {
  db: Pick<Database, 'serviceState' | 'serviceRequests'>;
  clock: Clock;
  log: Log;
  /** Process of the other one, by the lock it holds; null for the moment in which that is not known. */
  supervisor(): number | null;
}

class MirroredService implements Service {
  private readonly name: ServiceName;
  private readonly parts: MirrorParts;
  private readonly listeners = new Set<(change: ServicesChange) => void>();
  private readonly closing = new AbortController();
  private written: string | undefined;
  private current: ServiceView;

  constructor(name: ServiceName, parts: MirrorParts) {
    this.name = name;
    this.parts = parts;
    this.current = blankView(name, parts.clock);
    this.read();
  }

  view(): ServiceView {
    return this.current;
  }

  subscribe(listener: (change: ServicesChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes what the other one wrote since the last time. */
  read(): void {
    const record = this.parts.db.serviceState.get(this.name);
    const supervisor = this.parts.supervisor();
    // What one that is gone wrote last is no longer so.
    const word = record?.ownerPid === supervisor ? record?.view : undefined;
    if (supervisor === this.current.supervisor && word === this.written) return;
    this.written = word;
    const view = word === undefined ? blankView(this.name, this.parts.clock) : viewOf(word);
    this.current = { ...view, supervisor };
    const { log: _log, ...service } = this.current;
    for (const listener of [...this.listeners]) listener({ service, logAdded: [] });
  }

  async start(): Promise<void> {
    this.ask('start');
    await this.settled((view) => view.desired === 'up' && !passing.has(view.state));
    this.assertReady();
  }

  /** As it would have been said where it happened. */
  private assertReady(): void {
    const { state, problem, url } = this.current;
    if (state === 'ready') return;
    throw fail('backend-unreachable', problem?.message ?? `It is ${state}.`, {
      ...(url === null ? {} : { where: url }),
      ...(problem === null ? {} : { cure: problem.cure }),
    });
  }

  async stop(): Promise<void> {
    this.ask('stop');
    await this.settled((view) => view.desired === 'down' && view.state !== 'stopping');
  }

  async restart(): Promise<void> {
    if (this.current.adopted) {
      throw fail('usage', 'This was not started by Flowdeck, so it cannot be restarted from here.', {
        cure: 'Restart it where it was started.',
      });
    }
    const before = this.current.since;
    this.ask('restart');
    await this.settled((view) => view.since !== before && !passing.has(view.state));
    this.assertReady();
  }

  /** What the other one runs is not ours to end. */
  async close(): Promise<void> {
    this.closing.abort();
    this.listeners.clear();
  }

  private ask(action: 'start' | 'stop' | 'restart'): void {
    this.parts.db.serviceRequests.ask({
      service: this.name,
      action,
      askedBy: process.pid,
      at: this.parts.clock.now(),
    });
  }

  /**
   * Waits until the other one has carried out what was asked. It first has to hear of it: a view that holds already
   * counts only once it was read anew.
   */
  private async settled(holds: (view: ServiceView) => boolean): Promise<void> {
    const { clock, db } = this.parts;
    const began = clock.monotonic();
    const { signal } = this.closing;
    const asked = this.parts.supervisor();
    for (;;) {
      await clock.sleep(READ_MS / 2, signal).catch(() => undefined);
      if (signal.aborted) {
        throw fail('interrupted', 'The Flowdeck that was asked has ended before it could do this.', {
          cure: 'Try again.',
        });
      }
      const heard = !db.serviceRequests.waiting(this.name, process.pid);
      this.read();
      if (heard && holds(this.current)) return;
      if (asked !== null && this.parts.supervisor() !== asked) {
        throw fail('backend-unreachable', 'The Flowdeck that supervised has ended before it could do this.', {
          where: `process ${asked}`,
          cure: 'Another one has taken its place: try again.',
        });
      }
      if (!heard && clock.monotonic() - began > ANSWER_MS) {
        throw fail('backend-unreachable', 'The Flowdeck that supervises does not answer.', {
          where: `process ${this.current.supervisor ?? 'unknown'}`,
          cure: 'End that process; this one then takes its place.',
        });
      }
    }
  }
}

/** States that lead to another one by themselves. */
const passing = new Set<ServiceView['state']>(['starting', 'stopping', 'stopped']);

const viewOf = (word: string): ServiceView => ({ ...Written.parse(JSON.parse(word)), log: [] });
