import type { ConsumerView, Problem, ServiceView, TunnelStage } from '../../shared/services.ts';
import { ordinal, span } from './words.ts';

/** A service without its output: what is announced of it, and what other processes read in the database. */
export type Seen = Omit<ServiceView, 'log'>;

/** What a service is doing, by one word: for the tunnel how far it has come (cli.md, `up` and `status`). */
export const stateWord = (view: Seen): string => view.tunnel?.stage ?? view.state;

/**
 * Which start this is, from 1 since it was asked for; while it waits, the one it waits for. Before the first: 1.
 */
export const attemptOf = (view: Seen): number => view.restarts + (view.nextAttemptAt === null ? 1 : 2);

/** What went wrong and what to do, each on a line of its own. */
export const problemText = ({ message, cure, command }: Problem): string =>
  [message, `  cure:  ${cure}`, ...(command === undefined ? [] : [`  type:  ${command}`])].join('\n');

/** A line for a person on what a service has come to; null: nothing a person needs. `now`: ms since the epoch. */
export function serviceWords(view: Seen, before: Seen | null, now: number): string | null {
  if (view.tunnel !== null) return tunnelWords(view, view.tunnel.stage, now);
  return view.name === 'glabs' ? glabsWords(view, before, now) : null;
}

function glabsWords(view: Seen, before: Seen | null, now: number): string | null {
  switch (view.state) {
    case 'starting':
      if (view.pid === null) return `Looking for G-Labs at ${view.url}.`;
      return view.demo
        ? `${starting('the demo', view)}: nothing is real, nothing is paid.`
        : `${starting('G-Labs', view)}.`;
    case 'ready':
      return readyWords(view);
    case 'unhealthy':
      return troubleWords(view, 'G-Labs does not answer.', now);
    case 'stopping':
      return 'Stopping G-Labs.';
    case 'stopped':
      return before?.adopted
        ? 'G-Labs was let go. It runs on, since Flowdeck did not start it.'
        : 'G-Labs has stopped.';
    case 'failed':
    case 'foreign':
      return view.problem === null ? 'G-Labs could not be started.' : problemText(view.problem);
  }
}

function readyWords(view: Seen): string {
  const what = view.demo ? 'The demo' : 'G-Labs';
  const beside = view.pid === null ? '' : ` (process ${view.pid})`;
  const head = view.adopted
    ? `${what} was found running at ${view.url}${beside}. Flowdeck did not start it, and leaves it running.`
    : `${what} is ready at ${view.url}${beside}.`;
  return view.problem === null ? head : `${head}\n${problemText(view.problem)}`;
}

function tunnelWords(view: Seen, stage: TunnelStage, now: number): string {
  switch (stage) {
    case 'spawning':
      return `${starting('the tunnel', view)}.`;
    case 'url-assigned':
      return `The tunnel got the address ${view.url}. Waiting for Cloudflare to accept the connection.`;
    case 'registered':
      return 'Cloudflare accepted the connection.';
    case 'settling':
      return 'Checking the address from outside.';
    case 'verified':
      return `The tunnel is verified: ${view.url} answers from outside.`;
    case 'degraded':
      return troubleWords(view, 'The tunnel does not answer from outside.', now);
    case 'restarting':
      return [view.problem?.message, 'Starting the tunnel anew.'].filter(Boolean).join(' ');
    case 'backoff':
      return troubleWords(view, 'The tunnel is down.', now);
    case 'stopping':
      return 'Stopping the tunnel.';
    case 'stopped':
      return 'The tunnel has stopped.';
    case 'failed':
      return view.problem === null ? 'The tunnel could not be started.' : problemText(view.problem);
  }
}

const starting = (what: string, view: Seen): string =>
  `Starting ${what}${attemptOf(view) > 1 ? ` (${ordinal(attemptOf(view))} try)` : ''}`;

/** "G-Labs stopped answering. Starting it again (2nd try) in 1 s." What mends itself needs no cure. */
function troubleWords(view: Seen, otherwise: string, now: number): string {
  const what = view.problem?.message ?? otherwise;
  if (view.nextAttemptAt !== null) {
    const wait = span(Math.max(0, Date.parse(view.nextAttemptAt) - now));
    return `${what} Starting it again (${ordinal(attemptOf(view))} try) in ${wait}.`;
  }
  return view.problem === null ? otherwise : problemText(view.problem);
}

/** Whether a consumer has the current address, in a line; null: it has nothing to get yet. */
export function consumerWords({ target, state, problem }: ConsumerView): string | null {
  switch (state) {
    case 'confirmed':
      return `  ${target} has it.`;
    case 'pending':
      return problem === null
        ? `  ${target} does not have it yet.`
        : `  ${target} does not have it yet: ${problem.message}\n    cure:  ${problem.cure}`;
    case 'none':
      return null;
  }
}
