import { ipcRenderer } from 'electron';
import { PORT_GIVEN, PORT_WANTED } from '../shared/wire.ts';

/** What this file uses of the page's window; the main side's types know no DOM. */
interface PageWindow {
  location: { origin: string };
  addEventListener(type: 'message', listener: (event: { source: unknown; data: unknown }) => void): void;
  postMessage(message: string, origin: string, transfer: readonly unknown[]): void;
}
const page = globalThis as unknown as PageWindow;

// All a page gets from here: it asks for a port to the main side, and is handed one. The main side decides whether.
page.addEventListener('message', ({ source, data }) => {
  if (source === page && data === PORT_WANTED) ipcRenderer.send(PORT_WANTED);
});
ipcRenderer.on(PORT_GIVEN, ({ ports }) => page.postMessage(PORT_GIVEN, page.location.origin, ports));
