import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Desk, emptyTally } from './desk.ts';
import { FaultRule, problemText } from './faults.ts';
import { type Answer, json, notFound, readBody, readObject, refuse } from './http.ts';

const MAX_ADMIN_BYTES = 1024 * 1024;

const FaultsBody = z.union([
  z.strictObject({ rules: z.array(FaultRule) }),
  z.strictObject({ add: z.array(FaultRule) }),
]);
const RestartBody = z.strictObject({ downMs: z.number().int().min(0).max(600_000).default(0) });

/** What only the server can do: cut every connection and answer nobody for a while. */
export type Outage = (downMs: number) => void;

/**
 * `/sim`: looks into the simulator and sets its faults (docs/simulator.md). Only for programs on this machine:
 * other addresses, other host names and web pages are refused.
 */
export async function answerAdmin(
  desk: Desk,
  request: IncomingMessage,
  path: string,
  outage: Outage,
): Promise<Answer> {
  if (!isLocal(request)) return refuse(403, 'Only programs on this machine may use /sim');
  const { method } = request;
  const read = method === 'GET' || method === 'HEAD';
  if (path === '/sim/state' && read) return json(200, stateOf(desk));
  if (path === '/sim' && read) {
    return json(200, {
      simulator: true,
      endpoints: ['/sim/state', '/sim/faults', '/sim/reset', '/sim/restart'],
    });
  }
  if (path === '/sim/faults') {
    if (read) return json(200, { rules: rulesOf(desk) });
    if (method === 'DELETE') {
      desk.faults.replace([]);
      return json(200, { rules: [] });
    }
    if (method === 'POST') return setFaults(desk, request);
  }
  if (path === '/sim/reset' && method === 'POST') {
    desk.glabs.reset();
    desk.faults.replace(desk.options.faults);
    desk.tally = emptyTally();
    return json(200, stateOf(desk));
  }
  if (path === '/sim/restart' && method === 'POST') return restart(desk, request, outage);
  return notFound();
}

async function setFaults(desk: Desk, request: IncomingMessage): Promise<Answer> {
  const body = await objectOf(request);
  if (!body.ok) return body.answer;
  const parsed = FaultsBody.safeParse(body.value);
  if (!parsed.success) {
    const rules = z.array(FaultRule).safeParse(body.value.rules ?? body.value.add);
    const problem = rules.success
      ? 'the body has to be {"rules": […]} or {"add": […]}'
      : problemText(rules.error);
    return refuse(400, `The faults are not understood: ${problem}`);
  }
  if ('rules' in parsed.data) desk.faults.replace(parsed.data.rules);
  else desk.faults.add(parsed.data.add);
  return json(200, { rules: rulesOf(desk) });
}

async function restart(desk: Desk, request: IncomingMessage, outage: Outage): Promise<Answer> {
  const body = await objectOf(request);
  if (!body.ok) return body.answer;
  const parsed = RestartBody.safeParse(body.value);
  if (!parsed.success) return refuse(400, `The restart is not understood: ${problemText(parsed.error)}`);
  desk.glabs.restart();
  desk.startedAt = desk.now();
  outage(parsed.data.downMs);
  return json(200, stateOf(desk));
}

/** An empty body counts as an empty object. */
async function objectOf(request: IncomingMessage) {
  const bytes = await readBody(request, MAX_ADMIN_BYTES);
  if (!bytes.ok) return bytes;
  return readObject(bytes.value.length === 0 ? Buffer.from('{}') : bytes.value);
}

const rulesOf = (desk: Desk) => desk.faults.states().map(({ rule, seen, hits }) => ({ ...rule, seen, hits }));

function stateOf(desk: Desk) {
  const { pending, running, completed, failed, made, images, videos } = desk.glabs.counts(desk.now());
  const { tally } = desk;
  return {
    simulator: true,
    seed: desk.seed,
    uptimeMs: desk.now() - desk.startedAt,
    requests: tally.requests,
    submits: { received: tally.submits, made, image: images, video: videos },
    tasks: { pending, running, completed, failed },
    polls: tally.polls,
    downloads: { files: tally.downloads, bytes: tally.downloadedBytes },
    references: { used: tally.referencesUsed, skipped: tally.referencesSkipped },
    memory: { heapUsedBytes: process.memoryUsage().heapUsed, residentBytes: process.memoryUsage.rss() },
    faults: rulesOf(desk),
  };
}

function isLocal(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  const loopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  const localName = name === 'localhost' || name === '[::1]' || /^127\.[\d.]+$/.test(name);
  return loopback && localName && request.headers.origin === undefined;
}
