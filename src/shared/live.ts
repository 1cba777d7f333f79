import { z } from 'zod';

/**
 * A live topic: the first message is the whole state, then numbered changes (architecture.md, rule 4). `seq`
 * of a change is one more than the message before; a gap means: subscribe anew.
 */
export const liveMessage = <S extends z.ZodType, C extends z.ZodType>(snapshot: S, change: C) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('snapshot'), seq: z.number().int(), value: snapshot }),
    z.object({ kind: z.literal('change'), seq: z.number().int(), change }),
  ]);

export type LiveMessage<S, C> =
  | { kind: 'snapshot'; seq: number; value: S }
  | { kind: 'change'; seq: number; change: C };
