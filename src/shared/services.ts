import { z } from 'zod';

/** A service as the window and `flowdeck status` show it: what was asked for, and what is. */
export const ServiceName = z.enum(['glabs', 'tunnel']);
export type ServiceName = z.infer<typeof ServiceName>;

export const ServiceState = z.enum([
  'stopped',
  'starting',
  'ready',
  'unhealthy',
  'stopping',
  'failed',
  'foreign',
]);
export type ServiceState = z.infer<typeof ServiceState>;

export const LogLine = z.object({ at: z.string(), stream: z.enum(['out', 'err', 'note']), text: z.string() });
export type LogLine = z.infer<typeof LogLine>;

/** Why it is not as it should be, what a person can do, and, where there is one, the command to type for it. */
export const Problem = z.object({ message: z.string(), cure: z.string(), command: z.string().optional() });
export type Problem = z.infer<typeof Problem>;

/** Who uses the address of the tunnel, and whether it has the current one (behaviour.md §10). */
export const ConsumerView = z.object({
  /** The same for the same consumer as long as its settings stay. */
  id: z.string(),
  kind: z.enum(['runner', 'env-file', 'json-file', 'text-file', 'webhook']),
  /** For people: `.env: GLABS_URL`. Without secrets. */
  target: z.string(),
  /** pending: has not confirmed the current revision, and is tried again. */
  state: z.enum(['confirmed', 'pending', 'none']),
  /** Last revision it confirmed; null: none yet. */
  revision: z.number().int().nullable(),
  confirmedAt: z.string().nullable(),
  /** Tries of the current revision that failed. */
  attempts: z.number().int(),
  nextAttemptAt: z.string().nullable(),
  problem: Problem.nullable(),
});
export type ConsumerView = z.infer<typeof ConsumerView>;

/** A public address that was seen to work. The revision grows by one with each new address. */
export const TunnelAddress = z.object({
  url: z.string(),
  revision: z.number().int(),
  verifiedAt: z.string(),
});
export type TunnelAddress = z.infer<typeof TunnelAddress>;

/** How far a tunnel has come (cloudflared.md B14). The command line gives this as its state. */
export const TunnelStage = z.enum([
  'stopped',
  'spawning',
  'url-assigned',
  'registered',
  'settling',
  'verified',
  'degraded',
  'restarting',
  'backoff',
  'stopping',
  'failed',
]);
export type TunnelStage = z.infer<typeof TunnelStage>;

export const TunnelFacts = z.object({
  mode: z.enum(['quick', 'named', 'url', 'none']),
  stage: TunnelStage,
  /** The last verified one; it stays while the tunnel is down, and is current only while the stage is verified. */
  address: TunnelAddress.nullable(),
  consumers: z.array(ConsumerView),
});
export type TunnelFacts = z.infer<typeof TunnelFacts>;

/** From when on a service was in this state, for the strip of the last hour. */
export const HealthSpan = z.object({ from: z.string(), state: ServiceState });
export type HealthSpan = z.infer<typeof HealthSpan>;

export const ServiceView = z.object({
  name: ServiceName,
  desired: z.enum(['up', 'down']),
  state: ServiceState,
  /** Where it answers, e.g. `http://127.0.0.1:8765`; null while it has no address. */
  url: z.string().nullable(),
  pid: z.number().int().nullable(),
  /** Found running and not ours to stop. */
  adopted: z.boolean(),
  /** The built-in simulator. */
  demo: z.boolean(),
  since: z.string(),
  restarts: z.number().int(),
  /** The newest ones, newest first, with what made each necessary. */
  lastRestarts: z.array(z.object({ at: z.string(), reason: z.string() })),
  lastProbe: z.object({ at: z.string(), ok: z.boolean(), ms: z.number(), message: z.string() }).nullable(),
  nextAttemptAt: z.string().nullable(),
  /** Why it is not ready, and the cure, in words. */
  problem: Problem.nullable(),
  /** What Start would do now: bring up the demo, run a command (for the tunnel: cloudflared), adopt, or nothing. */
  startWill: z.enum(['adopt', 'command', 'demo', 'nothing']),
  /** States of the last hour, oldest first. */
  health: z.array(HealthSpan),
  /** Process of another Flowdeck on this data folder that supervises it; null: this one does. */
  supervisor: z.number().int().nullable(),
  /** Null for G-Labs. */
  tunnel: TunnelFacts.nullable(),
  log: z.array(LogLine),
});
export type ServiceView = z.infer<typeof ServiceView>;

export const ServicesView = z.object({ glabs: ServiceView, tunnel: ServiceView });
export type ServicesView = z.infer<typeof ServicesView>;

/** A changed service, whole but for its log, of which only new lines are sent. */
export const ServicesChange = z.object({
  service: ServiceView.omit({ log: true }),
  logAdded: z.array(LogLine),
});
export type ServicesChange = z.infer<typeof ServicesChange>;

/** Lines of a service's output that are kept and shown. */
export const LOG_LINES = 2000;

export function applyServicesChange(view: ServicesView, change: ServicesChange): ServicesView {
  const before = view[change.service.name];
  const { logAdded } = change;
  // Most changes are probes: who shows the log need not look at it again.
  const log = logAdded.length === 0 ? before.log : [...before.log, ...logAdded].slice(-LOG_LINES);
  return { ...view, [change.service.name]: { ...change.service, log } };
}
