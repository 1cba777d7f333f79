import { drawsFor } from '../../../../simulator/chance.ts';

/** What can befall G-Labs, the tunnel, the supervisor and the machine, with how often of a hundred. */
const shares = {
  /** SIGKILL. */
  'kill-glabs': 14,
  /** SIGSTOP for good: it is there and answers nothing. */
  'hang-glabs': 7,
  /** SIGSTOP and soon SIGCONT: no reason to start it again. */
  'doze-glabs': 7,
  /** It dies, and a stranger has its port before it is back; the stranger goes later. */
  'steal-port': 9,
  /** Its health path answers 503 for a while. */
  'unwell-503': 8,
  /** Everything of it answers 503 for a while. */
  'all-503': 8,
  /** It forgets every task, as after a restart that nobody saw. */
  forget: 8,
  'kill-cloudflared': 5,
  'hang-cloudflared': 3,
  /** Cut off from the edge, and back under the same address. */
  'tunnel-blip': 10,
  /** Cloudflare has forgotten it; the process stays. */
  'tunnel-deleted': 3,
  'tunnel-dead': 3,
  /** Everything that is ours stands still, and goes on later. */
  sleep: 8,
  /** SIGKILL of the supervisor; a new one comes after a while. */
  'kill-up': 7,
} as const;

export type EventKind = keyof typeof shares;
export const eventKinds = Object.keys(shares) as EventKind[];

export interface ChaosEvent {
  kind: EventKind;
  /** Milliseconds that nothing is done before it. */
  pauseMs: number;
  /** It first waits until everything is up and the run goes on: what was counted may be forgotten meanwhile. */
  calm: boolean;
  /** How long it lasts, 0 to 1 of what is usual for its kind. */
  extent: number;
}

/** The events of a seed: of each kind one if there is room, the others by their shares, in an order of their own. */
export function planEvents(
  seed: number,
  count: number,
  kinds: readonly EventKind[] = eventKinds,
): ChaosEvent[] {
  const draw = drawsFor(seed, 'chaos');
  const chosen = Array.from({ length: count }, (_, index) => kinds[index] ?? byShare(kinds, draw()));
  for (let last = chosen.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    [chosen[last], chosen[other]] = [chosen[other] as EventKind, chosen[last] as EventKind];
  }
  return chosen.map((kind) => ({ kind, ...pause(draw(), draw()), extent: draw() }));
}

function byShare(kinds: readonly EventKind[], draw: number): EventKind {
  const all = kinds.reduce((sum, kind) => sum + shares[kind], 0);
  let left = draw * all;
  const found = kinds.find((kind) => {
    left -= shares[kind];
    return left < 0;
  });
  return found ?? 'kill-glabs';
}

/** Storms, the usual, and calms. */
function pause(which: number, draw: number): Pick<ChaosEvent, 'pauseMs' | 'calm'> {
  if (which < 0.25) return { pauseMs: Math.round(300 * draw), calm: false };
  if (which < 0.8) return { pauseMs: Math.round(500 + 3500 * draw), calm: false };
  return { pauseMs: Math.round(1000 + 6000 * draw), calm: true };
}
