import type { Dice } from './dice.ts';

/** All that can go wrong by chance, each as its share of the occasions. */
const kinds = {
  /** Nothing listens, for this request. */
  refused: 0.15,
  /** The connection is cut after the request was read, before the answer came. */
  answerLost: 0.3,
  /** It is cut before anybody read the request; it may be read a little later. */
  requestLost: 0.2,
  /** An answer of 5xx with words: the request was not taken. */
  serverError: 0.2,
  /** An answer of 5xx without words, or a timeout of what stands in front: taken or not. */
  gatewayError: 0.2,
  quota: 0.06,
  taskFails: 0.15,
  taskForgotten: 0.08,
  /** The backend is restarted, and knows nothing of what it had. */
  restart: 0.02,
  resultShort: 0.2,
  resultCut: 0.2,
  resultGone: 0.06,
  pollFails: 0.1,
  storeAway: 0.15,
  /** The object is there, and nobody heard so. */
  storeAnswerLost: 0.15,
  diskFull: 0.01,
  webFails: 0.2,
} as const;

export type FaultKind = keyof typeof kinds;

export interface Faults {
  /** Whether it happens now. */
  happens(kind: FaultKind): boolean;
  /** From now on nothing goes wrong. */
  end(): void;
  over(): boolean;
}

/** A seed has some kinds and not others, each as often as it likes: so that each is also seen alone. */
export function createFaults(dice: Dice): Faults {
  const busy = dice.next();
  const shares = new Map<string, number>();
  for (const [kind, most] of Object.entries(kinds))
    shares.set(kind, dice.chance(busy * 0.7) ? most * dice.next() : 0);
  let over = false;
  return {
    happens: (kind) => {
      const share = shares.get(kind) ?? 0;
      return !over && share > 0 && dice.chance(share);
    },
    end: () => {
      over = true;
    },
    over: () => over,
  };
}
