import { z } from 'zod';

/**
 * What can go wrong, by whose move mends it. The command line turns each code into an exit code (cli.md);
 * the window turns each into an error card.
 */
export const failureCodes = [
  'internal', // a fault of ours                                                    exit 1
  'usage', // wrong option, wrong value, a setting that is not there                exit 2
  'not-found', // a node, gate, backup or run that is not there                     exit 2
  'folder', // a folder is missing or cannot be written                             exit 2
  'workflow-missing', // no such file                                               exit 3
  'workflow-unreadable', // not JSON, truncated, too deep, too big, wrong shape     exit 3
  'check-failed', // the sanity check found an error                                exit 3
  'backend-unreachable', // refused, reset, DNS, not a G-Labs                       exit 5
  'store-unreachable', // the store or the disk takes nothing (full, gone)          exit 5
  'backend-refused', // key, licence, quota                                         exit 6
  'store-refused', //                                                               exit 6
  'locked', // another run holds this workflow                                      exit 7
  'interrupted', // cancelled by a person or a signal                               exit 130
] as const;
export const FailureCode = z.enum(failureCodes);
export type FailureCode = z.infer<typeof FailureCode>;

/** An error as a value: what happened, where, and what a person can do about it. */
export const Failure = z.object({
  code: FailureCode,
  /** One sentence, without a stack. */
  message: z.string(),
  /** The place: a file with line and column, `tabs[2].graphData.nodes[14]`, a URL without secrets, a port. */
  where: z.string().optional(),
  /** What to do, as an instruction. */
  cure: z.string().optional(),
});
export type Failure = z.infer<typeof Failure>;

/** The one exception class that carries a Failure. Thrown where the knowledge is, shown as it is. */
export class FlowdeckError extends Error {
  override readonly name = 'FlowdeckError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** Makes and returns (never throws) a FlowdeckError. */
export function fail(
  code: FailureCode,
  message: string,
  more: { where?: string; cure?: string; cause?: unknown } = {},
): FlowdeckError {
  const failure: Failure = { code, message };
  if (more.where !== undefined) failure.where = more.where;
  if (more.cure !== undefined) failure.cure = more.cure;
  return new FlowdeckError(failure, more.cause === undefined ? undefined : { cause: more.cause });
}

/** Any thrown thing as a Failure; what we did not foresee is `internal`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FlowdeckError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message };
}
