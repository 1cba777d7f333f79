import { z } from 'zod';

export const UploadInput = z.object({
  /** `bare`: the least that puts files into a bucket. `uploader`: what a run does. */
  how: z.enum(['bare', 'uploader']),
  folder: z.string(),
  files: z.array(z.string()),
  /** Keys begin so: every round has its own. */
  prefix: z.string(),
  port: z.number(),
  bucket: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});
export type UploadInput = z.infer<typeof UploadInput>;

export const UploadResult = z.object({ ms: z.number(), cpuMs: z.number(), sent: z.number() });
export type UploadResult = z.infer<typeof UploadResult>;
