import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { StoreObject } from './object-store.ts';
import { sendFile } from './send-file.ts';

/** Bytes of a part; every store takes 5 MB or more, and up to 10,000 of them. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Sends a large file part by part, one after the other: other objects go beside it. Whatever ends it early, the store
 * is told to drop the parts it has; they would be paid for and never seen.
 */
export async function putInParts(
  client: S3Client,
  object: StoreObject,
  head: CreateMultipartUploadCommandInput,
  condition: { IfNoneMatch?: string },
  signal?: AbortSignal,
): Promise<void> {
  const asked = signal === undefined ? {} : { abortSignal: signal };
  const begun = await client.send(new CreateMultipartUploadCommand(head), asked);
  const upload = { Bucket: head.Bucket, Key: head.Key, UploadId: begun.UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for (let start = 0; start < object.size; start += PART_BYTES) {
      const size = Math.min(PART_BYTES, object.size - start);
      const PartNumber = Parts.length + 1;
      const sent = await sendFile(object.file, { start, size }, signal, (body, abortSignal) =>
        client.send(new UploadPartCommand({ ...upload, PartNumber, Body: body, ContentLength: size }), {
          abortSignal,
        }),
      );
      Parts.push({ PartNumber, ETag: sent.ETag });
    }
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts } }),
      asked,
    );
  } catch (error) {
    // Where the store is away it cannot be told either; what ended the upload is what counts.
    await client.send(new AbortMultipartUploadCommand(upload)).catch((untold: unknown) => untold);
    throw error;
  }
}
