import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { type Connect, EDGE_ROOT, type EdgeLine, type Refusal, type Start } from './edge-protocol.ts';

export interface Registered {
  type: 'registered';
  connection: string;
  location: string;
  /** Resolves when the connection is over, whoever ended it. */
  over: Promise<void>;
  end(): void;
}

export interface QuickTunnelAnswer {
  status: string;
  body: string;
}

/** How a process talks to the edge at `127.0.0.1:port`. Calls reject with the error of the system when nobody listens. */
export function edgeClient(port: number) {
  const place = { host: '127.0.0.1', port, agent: false as const };

  async function post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<IncomingMessage> {
    const text = JSON.stringify(body);
    const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers };
    return new Promise((resolve, reject) => {
      request({ ...place, method: 'POST', path, headers: all }, resolve)
        .on('error', reject)
        .end(text);
    });
  }

  return {
    /** What this process has to play. */
    async start(start: Start): Promise<string> {
      const answer: unknown = JSON.parse(await wholeText(await post(`${EDGE_ROOT}/start`, start)));
      const scenario =
        typeof answer === 'object' && answer !== null && 'scenario' in answer ? answer.scenario : null;
      return typeof scenario === 'string' ? scenario : start.scenario;
    },

    /** Asks the quick-tunnel service for a tunnel; whatever it answers, understood or not. */
    async create(scenario: string): Promise<QuickTunnelAnswer> {
      const answer = await post('/tunnel', {}, { 'x-scenario': scenario });
      return { status: `${answer.statusCode} ${answer.statusMessage}`, body: await wholeText(answer) };
    },

    /** Asks for a connection. `played`: the edge has another scenario for us. */
    async dial(
      connect: Connect,
      played: (scenario: string) => void,
    ): Promise<Registered | { type: Refusal }> {
      let answer: IncomingMessage;
      try {
        answer = await post(`${EDGE_ROOT}/connections`, connect);
      } catch (error) {
        // The edge itself is gone, which looks the same as being kept out.
        if (error instanceof Error) return { type: connect.protocol === 'quic' ? 'vanished' : 'refused' };
        throw error;
      }
      const over = new Promise<void>((resolve) => answer.once('close', resolve));
      return new Promise((resolve) => {
        const lines = createInterface({ input: answer });
        // An edge that dies in the middle is a connection that is over; readline passes the error on.
        lines.on('error', () => answer.destroy());
        lines.on('line', (text) => {
          const line: EdgeLine = JSON.parse(text);
          if (line.type === 'play') played(line.scenario);
          else if (line.type === 'registered') resolve({ ...line, over, end: () => answer.destroy() });
          else resolve(line);
        });
        over.then(() => resolve({ type: 'refused' }));
      });
    },
  };
}

export type EdgeClient = ReturnType<typeof edgeClient>;

async function wholeText(answer: IncomingMessage): Promise<string> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) text += chunk;
  return text;
}
