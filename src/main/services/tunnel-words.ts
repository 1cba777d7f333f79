import type { Problem } from '../../shared/services.ts';
import type { Trouble } from './cloudflared-lines.ts';
import type { Verdict } from './tunnel-verdict.ts';

const byItself = 'It is tried again by itself; nothing needs to be done.';
const firewall =
  'A firewall or a VPN may be in the way: allow outgoing connections to port 7844, or try another network.';

/** What cloudflared complained of, for people. */
export const troubles: Record<Trouble, Problem> = {
  'no-network': {
    message: 'Cloudflare could not be reached to ask for a tunnel.',
    cure: 'Look at the network of this machine. It is tried again by itself.',
  },
  'rate-limited': {
    message: 'Cloudflare gives out no more tunnels to this network for now (429).',
    cure: `Only waiting helps. ${byItself} A named tunnel (tunnel.mode) has no such limit.`,
  },
  'service-error': {
    message: 'Cloudflare answered the request for a tunnel with an error of its own.',
    cure: 'See https://www.cloudflarestatus.com, then press Start.',
  },
  'no-url': {
    message: 'cloudflared was not told where to send requests.',
    cure: 'Look at glabs.url in the settings, then press Start.',
  },
  'config-missing': {
    message: 'cloudflared did not find its configuration file in the data folder.',
    cure: 'Press Start: the file is written anew. If it happens again, look whether the data folder can be written.',
  },
  'metrics-port': {
    message: 'cloudflared found no free port on this machine.',
    cure: 'End programs that hold many ports, then press Start.',
  },
  'edge-dns': {
    message: 'The servers of Cloudflare that tunnels connect to could not be looked up.',
    cure: 'Try another DNS resolver, such as 1.1.1.1; a VPN may be in the way.',
  },
  'edge-refused': {
    message: 'cloudflared cannot connect to Cloudflare over TCP port 7844.',
    cure: firewall,
  },
  'quic-blocked': {
    message: 'cloudflared cannot connect to Cloudflare over UDP port 7844.',
    cure: firewall,
  },
  deleted: {
    message: 'Cloudflare has given up this tunnel.',
    cure: 'A new one is made by itself, with a new address.',
  },
  'bad-token': {
    message: 'Cloudflare refuses the token of the tunnel.',
    cure: 'Copy the token anew from the dashboard of Cloudflare: flowdeck config set-secret tunnel.token. Then press Start.',
  },
};

export const problems = {
  offline: (): Problem => ({
    message: 'This machine has no network.',
    cure: 'Connect it. The tunnel goes on by itself, and keeps its address if Cloudflare still has it.',
  }),
  limited: (most: number, minutes: number): Problem => ({
    message: `${most} tunnels were made in the last ${minutes} minutes, which is as many as Flowdeck asks for.`,
    cure: 'The next one is made by itself when the time is over. More would only make Cloudflare refuse this network.',
  }),
  ended: (how: string, lastOutput: string, trouble: Trouble | null): Problem =>
    trouble === null
      ? {
          message: `cloudflared ended: ${how}.${lastWords(lastOutput)}`,
          cure: 'It is started again by itself.',
        }
      : { message: `${troubles[trouble].message} cloudflared ended: ${how}.`, cure: troubles[trouble].cure },
  noUrl: (seconds: number, lastOutput: string): Problem => ({
    message: `cloudflared named no address within ${seconds} s.${quoted(lastOutput)}`,
    cure: 'Read its output below. It is started again by itself.',
  }),
  notConnected: (seconds: number, trouble: Trouble | null): Problem => ({
    message:
      `The tunnel was not connected within ${seconds} s. ${trouble === null ? '' : troubles[trouble].message}`.trim(),
    cure: trouble === null ? firewall : troubles[trouble].cure,
  }),
  notVerified: (seconds: number, last: Problem | null): Problem => ({
    message: `The public address did not answer within ${seconds} s. ${last?.message ?? ''}`.trim(),
    cure: last?.cure ?? byItself,
  }),
  lost: (deleted: boolean): Problem =>
    deleted
      ? troubles.deleted
      : {
          message: 'The tunnel was down for too long.',
          cure: 'A new one is made by itself, with a new address.',
        },
  disconnected: (): Problem => ({
    message: 'cloudflared has lost its connection to Cloudflare.',
    cure: 'It connects again by itself and keeps the address. If it cannot, a new tunnel is made.',
  }),
  tooOften: (times: number, last: Problem): Problem => ({
    message: `The tunnel failed ${times} times in a row, so it is not started again. ${last.message}`,
    cure: `${last.cure.replace(/ ?It is (started|tried) again by itself[^.]*\./, '')} Mend the cause, then press Start.`.trim(),
  }),
  cachedMiss: (host: string): Problem => ({
    message: `The tunnel works, but this computer remembers that ${host} was not there.`,
    cure: 'Other machines are not affected. It passes within half an hour, or at once when the DNS cache of this computer is emptied.',
  }),
  noTunnel: (): Problem => ({
    message: 'No tunnel is set up (tunnel.mode is none).',
    cure: 'Set tunnel.mode to quick, named or url to have one.',
  }),
  noPublicUrl: (mode: string): Problem => ({
    message: `tunnel.mode is ${mode}, and tunnel.publicUrl is not set.`,
    cure: 'Set tunnel.publicUrl to the address under which G-Labs is reached from outside.',
  }),
  noToken: (): Problem => ({
    message: 'tunnel.mode is named, and no token is set.',
    cure: 'Copy the token from the dashboard of Cloudflare: flowdeck config set-secret tunnel.token.',
  }),
  cannotStart: (message: string): Problem => ({
    message,
    cure: 'Install cloudflared anew, or correct the setting tunnel.cloudflared. Then press Start.',
  }),
};

/** The verdicts that are no good, for people. `url`: the public address. */
export function verdictProblem(verdict: Verdict, url: string, status: number | null): Problem | null {
  switch (verdict) {
    case 'good':
    case 'wrong-path':
      return null;
    case 'config-trap':
      return {
        message: `${url} answers 404 although G-Labs is up: requests are sent somewhere else.`,
        cure: 'For a quick tunnel it is started anew with a configuration of its own. For a named one, correct its route in the dashboard of Cloudflare; it must lead to the address of G-Labs.',
      };
    case 'refused':
      return {
        message: `G-Labs answers through the tunnel, and refuses (${status}): the key or the plan.`,
        cure: 'Look at the Webhook tab of G-Labs: API access must be in the plan, and on.',
      };
    case 'stranger':
      return {
        message: `${url} answers ${status}, and it is not G-Labs that answers.`,
        cure: 'Something stands in front of it: a login page of Cloudflare Access, or another server. Let the health page of G-Labs through.',
      };
    case 'origin-down':
      return {
        message: 'The tunnel is good, but G-Labs behind it does not answer.',
        cure: 'It is good again as soon as G-Labs is back. The tunnel stays, and keeps its address.',
      };
    case 'in-flight-limit':
      return {
        message: 'Cloudflare takes no more requests at once through this tunnel (429).',
        cure: 'Ask for fewer at once (runner.concurrency).',
      };
    case 'body-limit':
      return {
        message: 'A request was too big for the tunnel (413).',
        cure: 'Use smaller reference pictures.',
      };
    case 'no-connector':
      return {
        message: 'Cloudflare has no connection to this tunnel (530).',
        cure: `cloudflared connects again by itself. If it cannot, a new tunnel is made.`,
      };
    case 'too-early':
      return {
        message: `The name of ${url} is not known yet, or no longer.`,
        cure: byItself,
      };
    case 'tunnel-family':
      return {
        message: `Cloudflare answers ${status} for this tunnel, although G-Labs is up.`,
        cure: byItself,
      };
    case 'silent':
      return { message: `${url} does not answer.`, cure: byItself };
  }
}

/** Of one that never got anywhere. */
const quoted = (lastOutput: string): string => lastWords(lastOutput) || ' It printed nothing.';

/** Of one that did: what it printed before its last step is no cause of its end. */
const lastWords = (lastOutput: string): string => (lastOutput ? ` Last output: "${lastOutput}".` : '');
