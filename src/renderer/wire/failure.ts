import { ORPCError } from '@orpc/client';
import { Failure, FlowdeckError } from '../../shared/failure.ts';

/** Whatever a call was refused with, as the Failure the main side made (or `internal`). */
export function toFlowdeckError(error: unknown): FlowdeckError {
  if (error instanceof FlowdeckError) return error;
  if (error instanceof ORPCError) {
    const failure = Failure.safeParse(error.data);
    if (failure.success) return new FlowdeckError(failure.data);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new FlowdeckError({ code: 'internal', message });
}
