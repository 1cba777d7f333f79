import { type FlowdeckError, fail } from '../../shared/failure.ts';
import { networkFailure, type StorePlace } from './store-failure.ts';

/** What S3, R2 and their like call an error, and its HTTP status; 0 when there was no answer. */
export interface S3Answer {
  code: string;
  status: number;
}

/** Null: the error is not an answer of a store. */
export function s3Answer(error: unknown): S3Answer | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  const status = typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
  // Only what looks like a code: the rest of an answer may repeat what was sent.
  return { code: /^[A-Za-z0-9]{1,60}$/.test(error.name) ? error.name : '', status };
}

/**
 * What went wrong at a bucket, in words and without secrets: of the client's error only code and status are used.
 * An error that comes neither from a store nor from the network is given back as it is.
 */
export function s3Failure(error: unknown, place: StorePlace): unknown {
  const answer = s3Answer(error);
  return (answer === null ? networkFailure(error, place) : answerFailure(answer, place)) ?? error;
}

/** Pure. */
export function answerFailure({ code, status }: S3Answer, { name, where }: StorePlace): FlowdeckError {
  const setting = `storage.stores.${name}`;
  const refused = (words: string, cure: string) =>
    fail('store-refused', `The store "${name}" ${words}.`, { where, cure });
  const secret = `flowdeck config set-secret storage.${name}.secretAccessKey`;
  switch (code) {
    case 'InvalidAccessKeyId':
      return refused('does not know the access key', `Correct accessKeyId of ${setting}.`);
    case 'SignatureDoesNotMatch':
      return refused('does not accept the secret key', `Set it again with: ${secret}`);
    case 'NoSuchBucket':
      return refused('has no such bucket', `Make the bucket, or correct bucket of ${setting}.`);
    case 'RequestTimeTooSkewed':
      return refused('finds that the clock of this machine is wrong', 'Set the clock of this machine.');
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return refused('keeps this bucket in another region', `Correct region and endpoint of ${setting}.`);
    case 'EntityTooLarge':
      return refused('does not take files of this size', 'Use another store.');
  }
  if (status === 401 || status === 403) {
    return refused(
      'does not allow this to the key',
      'Give the key the rights to read, to list and to write objects of the bucket, or set the keys again.',
    );
  }
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    return fail('store-unreachable', `The store "${name}" cannot take it now (${words(code, status)}).`, {
      where,
      cure: 'Wait, then try again.',
    });
  }
  return refused(
    `answered with ${words(code, status)}`,
    `Look whether endpoint and bucket of ${setting} are right, and whether it is a store that speaks S3.`,
  );
}

const words = (code: string, status: number): string =>
  code === '' || code === 'Unknown' ? `HTTP ${status}` : `HTTP ${status}, ${code}`;
