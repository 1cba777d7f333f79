import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { openDatabase } from '../../src/main/db/database.ts';
import type { StoredFile } from '../../src/main/db/objects.ts';
import { systemClock } from '../../src/main/platform/clock.ts';
import { createUploader } from '../../src/main/runner/uploader.ts';
import { createLocalStore } from '../../src/main/storage/local-store.ts';
import { createS3Store } from '../../src/main/storage/s3-store.ts';
import { UploadInput, type UploadResult } from './upload-result.ts';

// Puts files into a bucket: as a run does it, or with the least that can.

const input = UploadInput.parse(JSON.parse(process.argv[2] ?? ''));
const AT_ONCE = 8;
const TASKS = 10;
const objects: (StoredFile & { key: string })[] = [];
for (const [i, file] of input.files.entries()) {
  const content = await readFile(file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const key = `${input.prefix}/scene${i}.png`;
  objects.push({ file, key, sha256, size: content.byteLength, ext: 'png', contentType: 'image/png' });
}

/** Unsigned, unchecked, not looked for, not written down. */
async function bare(): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const queue = new PQueue({ concurrency: AT_ONCE });
  const put = ({ key, file, size }: (typeof objects)[number]) =>
    new Promise<number>((resolve, reject) => {
      const path = `/${input.bucket}/${key}`;
      const headers = { 'content-length': size, 'content-type': 'image/png' };
      const request = http.request(
        { host: '127.0.0.1', port: input.port, method: 'PUT', path, agent, headers },
        (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
      );
      request.on('error', reject);
      createReadStream(file).pipe(request);
    });
  const statuses = await queue.addAll(objects.map((object) => () => put(object)));
  agent.destroy();
  return statuses.filter((status) => status === 200).length;
}

async function uploader(): Promise<number> {
  const db = openDatabase(join(input.folder, 'flowdeck.db'));
  const { port, bucket, accessKeyId, secretAccessKey } = input;
  const uploads = createUploader({
    db,
    store: createS3Store({
      name: 'bench',
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      region: 'auto',
      publicBaseUrl: 'https://cdn.example',
      accessKeyId,
      secretAccessKey,
      prefix: '',
      pathStyle: true,
    }),
    here: createLocalStore({ name: 'here', root: join(input.folder, 'objects') }),
    clock: systemClock,
    random: Math.random,
    workflow: '/w/bench.nbflow',
    giveUpMs: 60_000,
    signal: new AbortController().signal,
  });
  // As many outputs come at once as a run has tasks in flight.
  const made = new PQueue({ concurrency: TASKS });
  const kept = await made.addAll(
    objects.map(
      ({ key, ...object }) =>
        () =>
          uploads.keep(object, key),
    ),
  );
  const sendings = await Promise.all(kept.map(({ sent }) => sent));
  db.close();
  return sendings.filter((sending) => 'url' in sending && sending.uploaded).length;
}

const cpu = process.cpuUsage();
const began = performance.now();
const sent = await (input.how === 'bare' ? bare() : uploader());
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const result: UploadResult = { ms, cpuMs: (user + system) / 1000, sent };
process.stdout.write(`${JSON.stringify(result)}\n`);
