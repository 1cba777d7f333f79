/** What the life of a service is made of: its reducer's state, and what its shell does about it. */
export interface ServiceLifeParts {
  /** What an earlier Flowdeck left is settled. Never rejects. */
  prepared: Promise<void>;
  loop: { until(holds: () => boolean): Promise<void> };
  /** Wants it up and waits for the answer. `stillWanted` is false once a stop was asked for since: that one holds. */
  bringUp(stillWanted: () => boolean): Promise<void>;
  /** Tells the reducer that it is wanted down. */
  takeDown(): void;
  /** As the reducer sees it now. */
  state(): { desired: 'up' | 'down'; child: object | null };
  /** True: what runs goes on without us. */
  leave(): boolean;
  /** Hears nothing of the outside any more. */
  deafen(): void;
  /** The last of all, when nothing of ours is left or what is left goes on. */
  end(): Promise<void>;
}

/** Start, Stop, Restart and the end of a service: what was asked for last holds, however long each takes. */
export class ServiceLife {
  private readonly parts: ServiceLifeParts;
  private stops = 0;
  private closing: Promise<void> | null = null;

  constructor(parts: ServiceLifeParts) {
    this.parts = parts;
  }

  start(): Promise<void> {
    return this.bringUp(this.stops);
  }

  async stop(): Promise<void> {
    this.stops += 1;
    await this.parts.prepared;
    this.parts.takeDown();
    await this.parts.loop.until(() => {
      const { child, desired } = this.parts.state();
      return child === null || desired === 'up';
    });
  }

  async restart(): Promise<void> {
    const stopped = this.stop();
    const { stops } = this;
    await stopped;
    await this.bringUp(stops);
  }

  close(keep: boolean): Promise<void> {
    this.closing ??= (async () => {
      this.parts.deafen();
      await this.parts.prepared;
      if (!keep || !this.parts.leave()) {
        do await this.stop();
        while (this.parts.state().child);
      }
      await this.parts.end();
    })();
    return this.closing;
  }

  /** `stops`: how many were asked for before this. */
  private async bringUp(stops: number): Promise<void> {
    await this.parts.prepared;
    await this.parts.bringUp(() => stops === this.stops);
  }
}
