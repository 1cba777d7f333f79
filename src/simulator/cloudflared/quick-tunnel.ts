import type { EdgeClient } from './edge-client.ts';
import type { Entry } from './log.ts';
import * as say from './messages.ts';
import type { Playing } from './play.ts';

export type Created = { id: string; host: string } | { failed: string };

/** Asks for a quick tunnel and says how that went; `failed` is the line the program ends with. */
export async function createQuickTunnel(
  edge: EdgeClient,
  scenario: string,
  playing: Playing,
  log: (entry: Entry) => void,
): Promise<Created> {
  log(say.disclaimer);
  log(say.requesting);
  const request = 'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp';
  if (playing.has('no-network')) {
    const place = '192.0.2.53:53';
    return {
      failed: `${request}: lookup api.trycloudflare.com on ${place}: dial udp ${place}: connect: network is unreachable`,
    };
  }
  let answer: Awaited<ReturnType<EdgeClient['create']>>;
  try {
    answer = await edge.create(scenario);
  } catch (error) {
    if (error instanceof Error) return { failed: `${request}: connect: connection refused` };
    throw error;
  }
  const read = readAnswer(answer.body);
  if ('problem' in read) {
    log(say.notUnderstood(answer.body, read.problem, answer.status));
    return { failed: `failed to unmarshal quick Tunnel: ${read.problem}` };
  }
  if (read.id === '') return { failed: 'failed to parse quick Tunnel ID: invalid UUID length: 0' };
  for (const entry of say.address(read.host)) log(entry);
  return read;
}

function readAnswer(body: string): { id: string; host: string } | { problem: string } {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const first = body[0];
    if (first === undefined) return { problem: 'unexpected end of JSON input' };
    return { problem: `invalid character '${first}' looking for beginning of value` };
  }
  const result = field(answer, 'result');
  const [id, host] = [field(result, 'id'), field(result, 'hostname')];
  return { id: typeof id === 'string' ? id : '', host: typeof host === 'string' ? host : '' };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? new Map(Object.entries(value)).get(name)
    : undefined;
