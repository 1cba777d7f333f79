import { RPCHandler } from '@orpc/server/websocket';
import { WIRE_ACK } from '../../shared/wire.ts';
import type { FlowdeckRouter } from './router.ts';

/** A page at the other end, however it is reached: it can be sent texts and hung up on. */
export interface PageEnd {
  send(text: string): void;
  hangUp(): void;
}

/** What the face tells of that page. */
export interface WireEnd {
  onFrame(text: string): void;
  /** The page has gone: everything it had asked for is ended. */
  onClose(): void;
}

export interface WireServer {
  join(page: PageEnd): WireEnd;
}

/** Frames and characters a page may have before it that it has not acknowledged. */
const MOST_FRAMES = 32;
const MOST_CHARACTERS = 4_000_000;

/**
 * Speaks the contract with pages. Each frame waits until the page has taken in the ones before it, so a page that
 * sleeps holds at most a window of frames in memory; its topics fall back to snapshots meanwhile (topic.ts).
 * `onFault` hears of frames that are not of the protocol; such a page is hung up on.
 */
export function createWireServer(router: FlowdeckRouter, onFault: (error: unknown) => void): WireServer {
  const handler = new RPCHandler(router);
  return {
    join(page) {
      const pace = createPace(page);
      // oRPC knows a page by the object it can send to.
      const socket = { send: (data: unknown) => pace.send(String(data)), addEventListener: () => undefined };
      let closed = false;
      const onClose = () => {
        if (closed) return;
        closed = true;
        pace.close();
        handler.close(socket);
      };
      return {
        onClose,
        onFrame(text) {
          if (closed) return;
          if (text === WIRE_ACK) return pace.acknowledged();
          handler.message(socket, text).catch((error: unknown) => {
            if (closed) return;
            onFault(error);
            page.hangUp();
            onClose();
          });
        },
      };
    },
  };
}

/** Sends in order, and only as fast as the page acknowledges. */
function createPace(page: PageEnd) {
  const inFlight: number[] = [];
  const waiting: { text: string; sent: () => void; refused: (error: Error) => void }[] = [];
  let characters = 0;
  let closed = false;

  const hasRoom = () =>
    inFlight.length === 0 || (inFlight.length < MOST_FRAMES && characters < MOST_CHARACTERS);
  const pump = () => {
    while (hasRoom()) {
      const next = waiting.shift();
      if (!next) return;
      inFlight.push(next.text.length);
      characters += next.text.length;
      page.send(next.text);
      next.sent();
    }
  };

  return {
    send: (text: string): Promise<void> =>
      new Promise((sent, refused) => {
        if (closed) return refused(new Error('The page has gone.'));
        waiting.push({ text, sent, refused });
        pump();
      }),
    acknowledged() {
      characters -= inFlight.shift() ?? 0;
      pump();
    },
    close() {
      closed = true;
      for (const { refused } of waiting.splice(0)) refused(new Error('The page has gone.'));
    },
  };
}
