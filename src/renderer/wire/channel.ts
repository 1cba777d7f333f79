import { WIRE_ACK } from '../../shared/wire.ts';

/** A connection that carries texts both ways. */
export interface Channel {
  /** Sends one frame; a closed channel swallows it, `onClose` has told. */
  send(text: string): void;
  close(): void;
}

export interface ChannelEvents {
  onFrame(text: string): void;
  /** Once, when a channel that was open has ended for whatever reason. */
  onClose(): void;
}

/** Opens one channel. Rejects when it cannot be opened, or when the signal is aborted first. */
export type Dial = (events: ChannelEvents, signal: AbortSignal) => Promise<Channel>;

/** The part of a WebSocket this file uses. */
export interface SocketLike {
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  send(text: string): void;
  close(): void;
}

/**
 * Dials a WebSocket. `onFailed` hears of a connection that could not be opened at all: a browser does not tell a
 * page why, so the page may want to ask by other means.
 */
export function dialSocket(open: () => SocketLike, onFailed: () => void = () => undefined): Dial {
  return (events, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const socket = open();
      let opened = false;
      const onAbort = () => socket.close();
      signal.addEventListener('abort', onAbort, { once: true });
      socket.addEventListener('open', () => {
        opened = true;
        resolve({ send: (text) => socket.send(text), close: () => socket.close() });
      });
      socket.addEventListener('message', (event) => {
        if (typeof event.data !== 'string') return;
        socket.send(WIRE_ACK);
        events.onFrame(event.data);
      });
      socket.addEventListener('close', () => {
        signal.removeEventListener('abort', onAbort);
        if (opened) return events.onClose();
        if (!signal.aborted) onFailed();
        reject(new Error('The connection could not be opened.'));
      });
    });
}

/** The part of a MessagePort this file uses. */
export interface PortLike {
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  postMessage(data: unknown): void;
  start(): void;
  close(): void;
}

/** Dials by asking for a MessagePort. */
export function dialPort(ask: (signal: AbortSignal) => Promise<PortLike>): Dial {
  return async (events, signal) => {
    const port = await ask(signal);
    let closed = false;
    const ended = () => {
      if (closed) return;
      closed = true;
      events.onClose();
    };
    port.addEventListener('message', (event) => {
      if (typeof event.data !== 'string') return;
      port.postMessage(WIRE_ACK);
      events.onFrame(event.data);
    });
    port.addEventListener('close', ended);
    port.start();
    return {
      send: (text) => port.postMessage(text),
      close: () => {
        port.close();
        ended();
      },
    };
  };
}
