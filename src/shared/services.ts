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
  lastProbe: z.object({ at: z.string(), ok: z.boolean(), ms: z.number(), message: z.string() }).nullable(),
  nextAttemptAt: z.string().nullable(),
  /** Why it is not ready, and the cure, in words. */
  problem: z.object({ message: z.string(), cure: z.string() }).nullable(),
  /** What Start would do now: bring up the demo, run the configured command, adopt, or nothing. */
  startWill: z.enum(['adopt', 'command', 'demo', 'nothing']),
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
export const LOG_LINES = 500;

export function applyServicesChange(view: ServicesView, change: ServicesChange): ServicesView {
  const before = view[change.service.name];
  const log = [...before.log, ...change.logAdded].slice(-LOG_LINES);
  return { ...view, [change.service.name]: { ...change.service, log } };
}
