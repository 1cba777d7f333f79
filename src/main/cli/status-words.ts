import type { ConsumerView, ServiceView } from '../../shared/services.ts';
import type { AddressRecord } from '../db/tunnel-addresses.ts';
import type { ProbeOutcome } from '../services/probe.ts';
import { consumerWords, problemText, type Seen, stateWord } from './service-words.ts';

/** A service by the word of the living process that supervises it. */
export interface Saved {
  view: Seen;
  supervisor: number;
}

/** What `status` says of both services; `supervisor`: process that supervises it, null: none does. */
interface Status
  extends Pick<ServiceView, 'pid' | 'url' | 'restarts' | 'adopted' | 'nextAttemptAt' | 'problem'> {
  state: string;
  /** Null: nobody has it up or wants it so. */
  since: string | null;
  supervisor: number | null;
}

export interface GlabsStatus extends Status {
  demo: boolean;
  supervised: boolean;
}

export function savedGlabs({ view, supervisor }: Saved): GlabsStatus {
  return { ...common(view), supervisor, demo: view.demo, supervised: true };
}

/** Pure. What a look at the address says of a G-Labs that nobody supervises. */
export function glabsStatus(
  outcome: Pick<ProbeOutcome, 'kind' | 'demo'>,
  url: string,
  now: string,
): GlabsStatus {
  const states = { up: 'ready', down: 'stopped', silent: 'unhealthy', foreign: 'foreign' } as const;
  return {
    state: states[outcome.kind],
    pid: null,
    url: outcome.kind === 'down' ? null : url,
    since: now,
    restarts: 0,
    adopted: outcome.kind === 'up',
    nextAttemptAt: null,
    problem: null,
    supervisor: null,
    demo: outcome.demo,
    supervised: false,
  };
}

export interface TunnelStatus extends Status {
  mode: string | null;
  /** The public address; null unless it is verified now. */
  url: string | null;
  /** Of the address that was verified last, also while it leads nowhere. Null: there never was one. */
  revision: number | null;
  verifiedAt: string | null;
  consumers: ConsumerView[];
}

/** Pure. `last`: the address that was verified last, on this data folder. */
export function tunnelStatus(saved: Saved | null, last: AddressRecord | null): TunnelStatus {
  const facts = saved?.view.tunnel ?? null;
  const address =
    facts?.address ??
    (last === null ? null : { ...last, verifiedAt: new Date(last.verifiedAt).toISOString() });
  const known = {
    mode: facts?.mode ?? null,
    revision: address?.revision ?? null,
    verifiedAt: address?.verifiedAt ?? null,
    consumers: facts?.consumers ?? [],
  };
  if (saved === null)
    return {
      state: 'stopped',
      pid: null,
      url: null,
      since: null,
      restarts: 0,
      adopted: false,
      nextAttemptAt: null,
      problem: null,
      supervisor: null,
      ...known,
    };
  const { view, supervisor } = saved;
  const url = facts?.stage === 'verified' ? (address?.url ?? null) : null;
  return { ...common(view), ...known, url, supervisor };
}

const common = (view: Seen) => {
  const { pid, url, since, restarts, adopted, nextAttemptAt, problem } = view;
  return { state: stateWord(view), pid, url, since, restarts, adopted, nextAttemptAt, problem };
};

export function glabsText(status: GlabsStatus): string {
  return text('G-Labs', status, [
    status.demo ? 'demo: nothing is real' : null,
    status.state !== 'stopped' && !status.supervised ? 'not started by Flowdeck' : null,
  ]);
}

/** With who has the address and who does not. */
export function tunnelText(status: TunnelStatus): string {
  const users = status.consumers.map(consumerWords).filter((words) => words !== null);
  const revision = status.url === null ? null : `revision ${status.revision}`;
  return [text('Tunnel', status, [revision]), ...users].join('\n');
}

function text(name: string, { state, url, pid, problem }: Status, more: (string | null)[]): string {
  const beside = [url, pid === null ? null : `pid ${pid}`, ...more].filter(Boolean);
  const head = `${name}: ${state}${beside.length > 0 ? ` (${beside.join(', ')})` : ''}`;
  return problem === null ? head : `${head}\n  ${problemText(problem)}`;
}
