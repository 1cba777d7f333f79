import { z } from 'zod';
import { HealthSpan, type ServiceState, ServiceView } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';

const shownMs = 60 * 60 * 1000;
/** A service that comes and goes every second must not make every change large. */
const mostSpans = 300;
const mostRestarts = 5;

type Restart = ServiceView['lastRestarts'][number];

/** What the screens show of the past: the states of the last hour, oldest first, and the last restarts, newest first. */
export interface PastView {
  health: HealthSpan[];
  lastRestarts: Restart[];
}

const Remembered = z.object({
  health: z.array(HealthSpan).optional(),
  lastRestarts: ServiceView.shape.lastRestarts.optional(),
});

/** The past of a service, over restarts of Flowdeck too. */
export class ServiceHistory {
  private readonly clock: Clock;
  private spans: HealthSpan[];
  private restarts: Restart[];

  /** `remembered`: what the last session wrote down of this service, as saved-service.ts gives it. */
  constructor(clock: Clock, remembered: unknown) {
    const before = Remembered.safeParse(remembered).data;
    this.clock = clock;
    this.spans = before?.health ?? [];
    this.restarts = before?.lastRestarts ?? [];
  }

  /** The state of this moment. The same one again is no news. */
  entered(state: ServiceState): void {
    if (this.spans.at(-1)?.state === state) return;
    this.spans = recent([...this.spans, { from: this.nowIso(), state }], this.clock.now());
  }

  /** It is started again, or about to be; `reason` one sentence. */
  restarted(reason: string): void {
    this.restarts = [{ at: this.nowIso(), reason }, ...this.restarts].slice(0, mostRestarts);
  }

  view(): PastView {
    this.spans = recent(this.spans, this.clock.now());
    return { health: this.spans, lastRestarts: this.restarts };
  }

  private nowIso(): string {
    return new Date(this.clock.now()).toISOString();
  }
}

/** Pure: the spans that reach into the last hour, with the one it began in. */
function recent(spans: HealthSpan[], now: number): HealthSpan[] {
  const beginning = now - shownMs;
  const first = spans.findLastIndex((span) => Date.parse(span.from) <= beginning);
  const from = Math.max(first, 0, spans.length - mostSpans);
  return from === 0 ? spans : spans.slice(from);
}
