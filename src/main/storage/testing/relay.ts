import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** For tests and benchmarks only: a line to a server on this machine, which can be counted, cut and held. */
export interface Relay {
  readonly port: number;
  /** Connections at once, at most so far. */
  most(): number;
  /** Bytes that went to the server so far. */
  sent(): number;
  /** Resolves when so many bytes went to the server. */
  reached(bytes: number): Promise<void>;
  /** Stops the next connection on which something begins with `text`, such as `PUT`, until it may go on. */
  stopAt(text: string): { reached: Promise<void>; goOn: () => void };
  /** From now on what comes is neither passed on nor answered. */
  hold(): void;
  close(): Promise<void>;
}

/** `bytesPerSecond`: what all connections together carry to the server; without it as much as they can. */
export async function openRelay(target: number, bytesPerSecond = Number.POSITIVE_INFINITY): Promise<Relay> {
  let freeAt = 0;
  const open = new Set<Socket>();
  const waiting: { bytes: number; resolve: () => void }[] = [];
  let most = 0;
  let sent = 0;
  let held = false;
  let stop: { text: string; reach: () => void; goingOn: Promise<void> } | null = null;
  let pairs = 0;

  const server = createServer((inward) => {
    const onward = connect(target, '127.0.0.1');
    pairs += 1;
    most = Math.max(most, pairs);
    inward.once('close', () => {
      pairs -= 1;
    });
    for (const [socket, other] of [
      [inward, onward],
      [onward, inward],
    ] as const) {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      // A line that breaks is for both ends to notice; `close` follows.
      socket.on('error', () => other.destroy());
    }
    inward.on('data', async (chunk: Buffer) => {
      if (held) return;
      if (stop !== null && chunk.subarray(0, stop.text.length).toString() === stop.text) {
        const { reach, goingOn } = stop;
        stop = null;
        inward.pause();
        reach();
        await goingOn;
        inward.resume();
      }
      sent += chunk.length;
      for (const entry of waiting) if (sent >= entry.bytes) entry.resolve();
      inward.pause();
      freeAt = Math.max(freeAt, performance.now()) + (chunk.length / bytesPerSecond) * 1000;
      const wait = freeAt - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      if (onward.write(chunk)) inward.resume();
    });
    onward.on('drain', () => inward.resume());
    onward.pipe(inward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    most: () => most,
    sent: () => sent,
    reached: (bytes) =>
      new Promise((resolve) => (sent >= bytes ? resolve() : waiting.push({ bytes, resolve }))),
    stopAt(text) {
      const reached = Promise.withResolvers<void>();
      const going = Promise.withResolvers<void>();
      stop = { text, reach: reached.resolve, goingOn: going.promise };
      return { reached: reached.promise, goOn: going.resolve };
    },
    hold() {
      held = true;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
