import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** For tests and benchmarks only: a real S3 server in a process of its own. */
export interface S3Process {
  readonly port: number;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Keys in the bucket, sorted. */
  keys(): Promise<string[]>;
  /** Where it keeps the content of an object. */
  fileOf(key: string): string;
  /** Uploads in parts that were begun and neither completed nor let go of. */
  unfinished(): Promise<string[]>;
  kill(): Promise<void>;
  /**
   * After `kill`: the same server with the same objects, on the same port. What it was writing is gone, as at S3 and
   * R2, where an object is there whole or not at all.
   */
  restart(): Promise<void>;
  /** Ends it and removes what it kept. */
  end(): Promise<void>;
}

const program = fileURLToPath(new URL('./s3-server.ts', import.meta.url));
const suffix = '._S3rver_object';

/** `args` as in s3-server.ts. */
export async function startS3(args: readonly string[] = []): Promise<S3Process> {
  const directory = await mkdtemp(join(tmpdir(), 'flowdeck-s3-'));
  const bucket = 'outputs';
  const accessKeyId = 'AKIDEXAMPLE';
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY';
  const keys = ['--access-key', accessKeyId, '--secret', secretAccessKey];
  const start = (port: number) =>
    startProgram(['--directory', directory, '--bucket', bucket, '--port', String(port), ...keys, ...args]);
  const fileOf = (key: string, kind = 'object') => join(directory, bucket, `${key}._S3rver_${kind}`);
  const keysThere = async () => {
    const entries = await readdir(join(directory, bucket), { recursive: true });
    return entries.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  };
  /** The metadata are what it writes last. */
  const isTorn = (key: string) =>
    readFile(fileOf(key, 'metadata.json'), 'utf8').then(
      (text) => !text.endsWith('}'),
      () => true,
    );
  let running = await start(0);
  const { port } = running;
  return {
    port,
    bucket,
    accessKeyId,
    secretAccessKey,
    keys: async () => (await keysThere()).sort(),
    fileOf: (key) => fileOf(key),
    async unfinished() {
      const names = await readdir(join(directory, bucket));
      return names.includes('._S3rver_uploads') ? readdir(join(directory, bucket, '._S3rver_uploads')) : [];
    },
    kill: () => running.kill(),
    async restart() {
      for (const key of await keysThere()) if (await isTorn(key)) await rm(fileOf(key));
      running = await start(port);
    },
    async end() {
      await running.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startProgram(args: string[]): Promise<{ port: number; kill(): Promise<void> }> {
  // Its tokens for the next page of a listing are DES, which OpenSSL has put away.
  const child = spawn(process.execPath, ['--openssl-legacy-provider', program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready: { port: number } = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the S3 server ended with ${code}`)));
  });
  return {
    port: ready.port,
    kill() {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
