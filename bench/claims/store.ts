import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRelay } from '../../src/main/storage/testing/relay.ts';
import { startS3 } from '../../src/main/storage/testing/s3-process.ts';
import { type Claim, figure } from '../claim.ts';
import { work } from '../processes.ts';
import { type UploadInput, UploadResult } from '../workers/upload-result.ts';

const IMAGES = 200;
const IMAGE_BYTES = 1024 * 1024;
/** A line of 100 Mbit/s: more than most have upwards. */
const LINK_BYTES_PER_SECOND = 12_500_000;

interface Round {
  bare: UploadResult;
  uploader: UploadResult;
  /** Connections of the uploader at once, at most. */
  connections: number;
}

async function roundOf(
  scratch: string,
  files: string[],
  name: string,
  bytesPerSecond: number,
): Promise<Round> {
  const s3 = await startS3();
  const relay = await openRelay(s3.port, bytesPerSecond);
  try {
    const once = async (how: UploadInput['how'], port: number) => {
      const folder = join(scratch, `${name}-${how}`);
      await mkdir(folder);
      const { bucket, accessKeyId, secretAccessKey } = s3;
      const input: UploadInput = {
        how,
        folder,
        files,
        prefix: how,
        port,
        bucket,
        accessKeyId,
        secretAccessKey,
      };
      const result = await work('upload.ts', input, UploadResult);
      if (result.sent !== files.length)
        throw new Error(`${how}: ${result.sent} of ${files.length} were sent`);
      return result;
    };
    const forBare = await openRelay(s3.port, bytesPerSecond);
    const bare = await once('bare', forBare.port).finally(() => forBare.close());
    const uploader = await once('uploader', relay.port);
    return { bare, uploader, connections: relay.most() };
  } finally {
    await relay.close();
    await s3.end();
  }
}

/** How fast a run's pictures get into a bucket, beside a loop that does nothing but PUT. */
export const storeClaim: Claim = {
  name: 'store',
  async measure({ runs, scratch, say }) {
    const source = join(scratch, 'store-images');
    await mkdir(source);
    const files: string[] = [];
    for (let i = 0; i < IMAGES; i++) {
      const file = join(source, `${i}.png`);
      await writeFile(file, randomBytes(IMAGE_BYTES));
      files.push(file);
    }
    const onLink: Round[] = [];
    const unbounded: Round[] = [];
    for (let run = 1; run <= Math.min(runs, 3); run++) {
      say(`run ${run}`);
      onLink.push(await roundOf(scratch, files, `link-${run}`, LINK_BYTES_PER_SECOND));
      unbounded.push(await roundOf(scratch, files, `free-${run}`, Number.POSITIVE_INFINITY));
    }
    const all = [...onLink, ...unbounded];
    const times = (rounds: Round[]) => rounds.map(({ bare, uploader }) => uploader.ms / bare.ms);
    const perSecond = ({ ms }: UploadResult) => (IMAGES * IMAGE_BYTES) / 1e6 / (ms / 1000);
    return {
      name: 'store',
      title: `${IMAGES} pictures of 1 MB into a bucket`,
      how: `An S3 server as a process of its own, behind a line that is counted: once of ${LINK_BYTES_PER_SECOND / 1e6} MB/s (100 Mbit/s) for all connections together, once as fast as loopback goes. The uploader does what a run does: a synced copy of each picture, its row in the database, a look whether the bucket has it, the signed PUT, the commit that it is there. The bare loop only PUTs, unsigned, eight at once. Each in a process of its own, one after the other.`,
      figures: [
        figure(
          'connections at once, at most',
          '',
          all.map(({ connections }) => connections),
          8,
        ),
        figure('time of the uploader against the bare loop, on the line', '×', times(onLink), 1.15),
        figure(
          'the uploader on the line',
          'MB/s',
          onLink.map(({ uploader }) => perSecond(uploader)),
        ),
        figure(
          'the bare loop on the line',
          'MB/s',
          onLink.map(({ bare }) => perSecond(bare)),
        ),
        figure('time of the uploader against the bare loop, on loopback', '×', times(unbounded)),
        figure(
          'the uploader on loopback',
          'MB/s',
          unbounded.map(({ uploader }) => perSecond(uploader)),
        ),
        figure(
          'the bare loop on loopback',
          'MB/s',
          unbounded.map(({ bare }) => perSecond(bare)),
        ),
        figure(
          'processor time of the uploader a picture',
          'ms',
          all.map(({ uploader }) => uploader.cpuMs / IMAGES),
        ),
      ],
      tables: [],
      notes: [
        'On loopback there is no line to fill: what is compared there is processor time and synced writes, of three processes on the same cores.',
      ],
    };
  },
};
