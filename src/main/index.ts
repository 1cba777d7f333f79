import { app, dialog } from 'electron';
import { toFailure } from '../shared/failure.ts';
import { dataDirFor, openFlowdeck } from './app/flowdeck.ts';
import { openPages } from './app/pages.ts';
import { denyNavigation } from './electron/navigation.ts';
import { claimScheme, serveApp } from './electron/protocol.ts';
import { closeBeforeQuit } from './electron/quit.ts';
import { isFirstInstance } from './electron/single-instance.ts';
import { createMainWindow } from './electron/window.ts';
import { serveWire } from './electron/wire.ts';

// Electron's entry. Before it is ready: where things lie, one instance a data folder, our scheme, no way out of our pages.
const dataDir = dataDirFor(process.env);
app.setPath('userData', `${dataDir}/window`);
let showWindow: () => void = () => undefined;

if (!isFirstInstance(() => showWindow())) {
  app.quit();
} else {
  claimScheme();
  denyNavigation();
  app.whenReady().then(start).catch(giveUp);
}

async function start(): Promise<void> {
  const flowdeck = await openFlowdeck({ face: 'electron', env: process.env, dataDir });
  closeBeforeQuit(flowdeck.close, (error) => void flowdeck.onFault(error));
  serveApp({ pages: await openPages(flowdeck.places.renderer), media: flowdeck.media });
  serveWire(await flowdeck.wire());
  const window = createMainWindow(flowdeck.places.preload);
  showWindow = window.show;
  app.on('activate', window.show);
  window.show();
}

function giveUp(error: unknown): void {
  const { message, where, cure } = toFailure(error);
  dialog.showErrorBox('Flowdeck cannot start', [message, where, cure].filter(Boolean).join('\n\n'));
  app.exit(1);
}
