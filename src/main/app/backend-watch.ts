import { z } from 'zod';
import { type ServiceName, ServiceState, type ServicesView, TunnelStage } from '../../shared/services.ts';
import type { Backend } from '../backend/backend.ts';
import type { ServiceStateTable } from '../db/service-state.ts';
import type { Clock } from '../platform/clock.ts';
import type { stillRuns } from '../platform/process-identity.ts';
import type { BackendNews, BackendWatch } from '../runner/backend-news.ts';
import type { Services } from './services.ts';

/** As much of a service as tells a run whether its backend is there. Also what another process wrote down of it. */
const Seen = z.object({
  state: ServiceState,
  desired: z.enum(['up', 'down']),
  url: z.string().nullable(),
  tunnel: z.object({ stage: TunnelStage }).nullable().catch(null),
});
type Seen = z.infer<typeof Seen>;

/** Null: nobody who lives supervises it. */
export type SeenServices = Record<ServiceName, Seen | null>;

export interface BackendWatchParts {
  /** Those of this process, if they were opened. */
  services: () => Promise<Pick<Services, 'view' | 'subscribe'>> | null;
  saved: Pick<ServiceStateTable, 'get'>;
  isAlive: typeof stillRuns;
}

type Way = Pick<Backend, 'server' | 'way'>;

/** What the supervision of this data folder tells a run of its backend. */
export function watchBackend(backend: Way, parts: BackendWatchParts): BackendWatch {
  return {
    listen: (listener) => {
      let over = false;
      let end: () => void = () => undefined;
      // Services that could not be opened have told so where they were asked for: nobody looks after the backend.
      parts.services()?.then(
        (services) => {
          if (!over) end = follow(services, backend, listener);
        },
        () => undefined,
      );
      return () => {
        over = true;
        end();
      };
    },
    mended: async () => isMended(await seenServices(parts), backend),
  };
}

/** The services as this process has them, else as a supervisor that lives wrote them down. */
export async function seenServices({ services, saved, isAlive }: BackendWatchParts): Promise<SeenServices> {
  const here = await services()?.catch(() => null);
  if (here) return here.view();
  const seen = async (name: ServiceName): Promise<Seen | null> => {
    const record = saved.get(name);
    if (record === null) return null;
    const alive = await isAlive({ pid: record.ownerPid, startTime: record.ownerStarted });
    return alive ? (Seen.safeParse(JSON.parse(record.view)).data ?? null) : null;
  };
  return { glabs: await seen('glabs'), tunnel: await seen('tunnel') };
}

function follow(
  services: Pick<Services, 'view' | 'subscribe'>,
  backend: Way,
  listener: (news: BackendNews) => void,
): () => void {
  let seen: Pick<ServicesView, ServiceName> = services.view();
  let before = standingOf(seen, backend)?.state;
  return services.subscribe(({ service }) => {
    seen = { ...seen, [service.name]: service };
    const now = standingOf(seen, backend);
    if (now === null || now.state === before) return;
    // What was somebody else's until now is no news of this run's backend.
    if (before !== undefined || now.state === 'ready') listener(now);
    before = now.state;
  });
}

/** How a run's backend stands by what the supervisor sees; null: it is not the supervised one. Pure. */
export function standingOf({ glabs, tunnel }: SeenServices, backend: Way): BackendNews | null {
  if (glabs === null || !isSupervised(glabs, backend)) return null;
  if (glabs.state !== 'ready') return { state: 'away', what: 'glabs', message: awayWords('G-Labs', glabs) };
  if (backend.way === 'tunnel' && tunnel !== null && tunnel.tunnel?.stage !== 'verified')
    return { state: 'away', what: 'tunnel', message: awayWords('The tunnel', tunnel) };
  return { state: 'ready' };
}

/** Whether all that a run's backend needs is brought back when it goes. Pure. */
export function isMended({ glabs, tunnel }: SeenServices, backend: Way): boolean {
  if (glabs === null || !isSupervised(glabs, backend) || !isKeptUp(glabs)) return false;
  return backend.way === 'direct' || (tunnel !== null && isKeptUp(tunnel));
}

/** Through the tunnel one comes to the G-Labs that is supervised. */
const isSupervised = ({ url }: Seen, { server, way }: Way): boolean =>
  way === 'tunnel' || (url !== null && sameAddress(url, server));

/** A state that it leaves by itself: a person has to see to the others. */
const isKeptUp = ({ desired, state }: Seen): boolean =>
  desired === 'up' && state !== 'failed' && state !== 'foreign';

function awayWords(name: string, { desired, state }: Seen): string {
  if (desired === 'down') return `${name} was stopped.`;
  if (state === 'failed') return `${name} could not be brought back.`;
  if (state === 'foreign') return `Something else answers where ${name} should.`;
  return state === 'unhealthy' ? `${name} does not answer its supervisor.` : `${name} is being restarted.`;
}

/** `localhost` and 127.0.0.1 lead to the same place. */
function sameAddress(one: string, other: string): boolean {
  const [a, b] = [one, other].map((address) => {
    if (!URL.canParse(address)) return address;
    const { protocol, hostname, port, pathname } = new URL(address);
    const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
    return `${protocol}//${host}:${port}${pathname.replace(/\/+$/, '')}`;
  });
  return a === b;
}

/** For how long a process that was seen to live is believed to. */
const BELIEVED_MS = 2000;

/** Asks the system about a process at most every two seconds: a run asks before each of its requests. */
export function rememberAlive(isAlive: typeof stillRuns, clock: Pick<Clock, 'monotonic'>): typeof stillRuns {
  const seen = new Map<string, number>();
  return async (noted, probe) => {
    const key = `${noted.pid} ${noted.startTime}`;
    const last = seen.get(key);
    if (last !== undefined && clock.monotonic() - last < BELIEVED_MS) return true;
    seen.delete(key);
    const alive = await isAlive(noted, probe);
    if (alive) seen.set(key, clock.monotonic());
    return alive;
  };
}
