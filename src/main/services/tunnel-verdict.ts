/** What came back from the public address, without judging it (public-probe.ts). */
export type PublicAnswer =
  | {
      kind: 'answer';
      status: number;
      /** The body is a JSON object: so it is G-Labs that spoke, or Cloudflare when it has an `error_code`. */
      json: boolean;
      /** Cloudflare says that no connector is there (error 1033). */
      noConnector: boolean;
      path: string;
      ms: number;
    }
  /** The name is not known: too early, a remembered miss, or a tunnel that was deleted. */
  | { kind: 'no-name'; ms: number }
  | { kind: 'no-answer'; message: string; ms: number };

/** `/ready` of cloudflared. `unknown`: it was not asked, for there is no such server here. */
export type Ready = 'yes' | 'no' | 'silent' | 'unknown';

export interface Evidence {
  answer: PublicAnswer;
  ready: Ready;
  /** G-Labs answers on this machine. */
  originUp: boolean;
  /** cloudflared's log says that it could not reach G-Labs, since the last good answer. */
  originRefused: boolean;
  /** Whether cloudflared is ours and serves a quick tunnel: only then can a new start mend its configuration. */
  quick: boolean;
}

/** Which side is broken (the table of cloudflared.md B9). */
export type Verdict =
  | 'good'
  | 'wrong-path'
  | 'config-trap'
  | 'refused'
  | 'origin-down'
  | 'no-connector'
  | 'too-early'
  | 'tunnel-family'
  | 'in-flight-limit'
  | 'body-limit'
  | 'silent'
  | 'stranger';

/**
 * What to do about it. good: nothing. ask: only a person can mend it, the tunnel stays. keep: the tunnel is not at
 * fault, it stays. wait: look again, and start anew when it lasts. restart: start anew.
 */
export type Action = 'good' | 'ask' | 'keep' | 'wait' | 'restart';

/** Pure. */
export function judgeTunnel(evidence: Evidence): { verdict: Verdict; action: Action } {
  const verdict = verdictOf(evidence);
  return { verdict, action: actionOf(verdict, evidence.quick) };
}

function verdictOf({ answer, ready, originUp, originRefused }: Evidence): Verdict {
  const connected = ready === 'yes' || ready === 'unknown';
  if (answer.kind === 'no-name') return 'too-early';
  // A G-Labs that hangs keeps Cloudflare waiting for longer than we do.
  if (answer.kind === 'no-answer') return connected && !originUp ? 'origin-down' : 'silent';
  const { status, json, noConnector } = answer;
  if (noConnector || status === 530) return 'no-connector';
  if (json && status === 200) return 'good';
  if (json && status === 404) return 'wrong-path';
  if (status === 401 || status === 403) return json ? 'refused' : 'stranger';
  if (status === 429) return 'in-flight-limit';
  if (status === 413) return 'body-limit';
  if (status === 404) return originUp ? 'config-trap' : 'origin-down';
  if (status >= 500) {
    // cloudflared itself answers 502 when nobody is behind it; all else from 500 on is decided by the local probe.
    const nobodyBehind = !originUp || (status === 502 && originRefused);
    return connected && nobodyBehind ? 'origin-down' : 'tunnel-family';
  }
  return 'stranger';
}

function actionOf(verdict: Verdict, quick: boolean): Action {
  switch (verdict) {
    // G-Labs answers 404 in JSON to a path it does not have: the tunnel is whole, and so is G-Labs.
    case 'good':
    case 'wrong-path':
      return 'good';
    case 'refused':
    case 'stranger':
      return 'ask';
    case 'config-trap':
      return quick ? 'restart' : 'ask';
    case 'origin-down':
    case 'in-flight-limit':
    case 'body-limit':
      return 'keep';
    case 'no-connector':
    case 'too-early':
    case 'tunnel-family':
    case 'silent':
      return 'wait';
  }
}
