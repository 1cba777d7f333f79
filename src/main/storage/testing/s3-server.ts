import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import S3rver from '@20minutes/s3rver';
import { DUMMY_ACCOUNT } from '@20minutes/s3rver/lib/models/account.js';
import v4 from '@20minutes/s3rver/lib/signature/v4.js';

/**
 * For tests and benchmarks only: an S3 server as a process of its own, with objects below `--directory`. It checks
 * signatures, and ends with its parent. s3rver lacks three things that S3 and R2 have: letting go of an upload in parts,
 * `If-None-Match: *`, and the slash after a bucket's name in a signature, as a listing has it; all are added here.
 * `--conditional refused`: a store that knows no such header.
 */
const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    bucket: { type: 'string', default: 'outputs' },
    port: { type: 'string', default: '0' },
    'access-key': { type: 'string', default: 'AKIDEXAMPLE' },
    secret: { type: 'string' },
    conditional: { type: 'string', default: 'taken' },
  },
});
const { directory, secret } = values;
if (directory === undefined || secret === undefined) throw new Error('needs --directory and --secret');

const { getStringToSign } = v4;
v4.getStringToSign = (canonical, request) => {
  const ofBucket = /^\/[^/]+$/.test(canonical.uri);
  return getStringToSign(ofBucket ? { ...canonical, uri: `${canonical.uri}/` } : canonical, request);
};

DUMMY_ACCOUNT.createKeyPair(values['access-key'], secret);
const s3 = new S3rver({ directory, silent: true, configureBuckets: [{ name: values.bucket }] });
await s3.configureBuckets();
const answer = s3.callback();

/** Answers what s3rver does not know; true: done. */
async function answered(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [bucket = '', ...key] = pathname.slice(1).split('/').map(decodeURIComponent);
  const uploadId = searchParams.get('uploadId');
  if (request.method === 'DELETE' && uploadId !== null) {
    await rm(join(String(directory), bucket, '._S3rver_uploads', uploadId), { recursive: true });
    response.writeHead(204).end();
    return true;
  }
  if (request.headers['if-none-match'] !== '*' || (request.method !== 'PUT' && request.method !== 'POST'))
    return false;
  if (values.conditional === 'refused') return refuse(request, response, 501, 'NotImplemented');
  const taken = await s3.store.existsObject(bucket, key.join('/'));
  return taken ? refuse(request, response, 412, 'PreconditionFailed') : false;
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, code: string): true {
  request.resume();
  request.once('end', () => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  });
  return true;
}

const server = createServer(async (request, response) => {
  if (!(await answered(request, response))) answer(request, response);
});
server.listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
