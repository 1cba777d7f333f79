import { type IpcMainEvent, ipcMain, MessageChannelMain } from 'electron';
import { PORT_GIVEN, PORT_WANTED } from '../../shared/wire.ts';
import type { WireServer } from '../app/wire-server.ts';
import { isOurPage } from './origin.ts';

/**
 * Hands a MessagePort to a page of ours that asks for one, and speaks the contract over it. Any frame can send the
 * message, so the sender is looked at each time: only the top frame of a page of ours is answered.
 */
export function serveWire(wire: WireServer): () => void {
  const onWanted = (event: IpcMainEvent) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isOurPage(frame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    const end = wire.join({ send: (text) => port1.postMessage(text), hangUp: () => port1.close() });
    port1.on('message', ({ data }) => {
      if (typeof data === 'string') end.onFrame(data);
    });
    port1.on('close', () => end.onClose());
    port1.start();
    frame.postMessage(PORT_GIVEN, null, [port2]);
  };
  ipcMain.on(PORT_WANTED, onWanted);
  return () => ipcMain.off(PORT_WANTED, onWanted);
}
