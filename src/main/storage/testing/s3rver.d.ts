// The few parts we use of @20minutes/s3rver 5, which ships no types.
declare module '@20minutes/s3rver' {
  import type { RequestListener } from 'node:http';

  class S3rver {
    constructor(options: { directory: string; silent: boolean; configureBuckets: { name: string }[] });
    readonly store: { existsObject(bucket: string, key: string): Promise<boolean> };
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }
  export = S3rver;
}
declare module '@20minutes/s3rver/lib/models/account.js' {
  export const DUMMY_ACCOUNT: { createKeyPair(accessKeyId: string, secretAccessKey: string): void };
}

declare module '@20minutes/s3rver/lib/signature/v4.js' {
  const v4: {
    /** The text a request is signed by; `uri` is its path, encoded. */
    getStringToSign(canonical: { uri: string }, request: unknown): string;
  };
  export = v4;
}
