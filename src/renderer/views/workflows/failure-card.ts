import type { Failure } from '../../../shared/failure.ts';

/** A Failure as the words of an ErrorCard. */
export const failureCard = ({ message, where, cure }: Failure) => ({ what: message, why: where, cure });
