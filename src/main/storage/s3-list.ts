import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { type ListedObject, MOST_LISTED } from './object-store.ts';

/** Keys below `above` + `below`, page by page, without `above`. Rejects with the client's errors. */
export async function listBucket(
  client: S3Client,
  { bucket, above, below, pageKeys }: { bucket: string; above: string; below: string; pageKeys: number },
  abortSignal?: AbortSignal,
): Promise<ListedObject[]> {
  const listed: ListedObject[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: above + below,
        MaxKeys: pageKeys,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
      abortSignal === undefined ? {} : { abortSignal },
    );
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined || listed.length >= MOST_LISTED) continue;
      listed.push({
        key: Key.slice(above.length),
        size: Size ?? 0,
        modifiedAt: LastModified?.getTime() ?? null,
      });
    }
    // A server that says there is more and not where would be asked for the same page for ever.
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined && listed.length < MOST_LISTED);
  return listed;
}
