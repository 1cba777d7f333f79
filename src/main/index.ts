import { app, dialog } from 'electron';
import { toFailure } from '../shared/failure.ts';
import { dataDirFor, openFlowdeck } from './app/flowdeck.ts';
import { followRuns } from './app/live-runs.ts';
import { openPages } from './app/pages.ts';
import { interruptedNotice, runNotice } from './app/run-notices.ts';
import { createTray } from './app/tray.ts';
import { denyNavigation } from './electron/navigation.ts';
import { notify } from './electron/notify.ts';
import { onResume } from './electron/power.ts';
import { claimScheme, serveApp } from './electron/protocol.ts';
import { closeBeforeQuit } from './electron/quit.ts';
import { isFirstInstance } from './electron/single-instance.ts';
import { showTray } from './electron/tray.ts';
import { createMainWindow } from './electron/window.ts';
import { serveWire } from './electron/wire.ts';

// Electron's entry. Before it is ready: where things lie, one instance a data folder, our scheme, no way out of our pages.
const dataDir = dataDirFor(process.env);
app.setPath('userData', `${dataDir}/window`);
let showWindow: () => void = () => undefined;
let hideTray: () => void = () => undefined;

if (!isFirstInstance(() => showWindow())) {
  app.quit();
} else {
  claimScheme();
  denyNavigation();
  app.whenReady().then(start).catch(giveUp);
}

async function start(): Promise<void> {
  const flowdeck = await openFlowdeck({ face: 'electron', env: process.env, dataDir });
  const onFault = (error: unknown) => void flowdeck.onFault(error);
  // The tray stays until what was started has ended: it shows that this is still going on.
  closeBeforeQuit(() => flowdeck.close().finally(() => hideTray()), onFault);
  serveApp({ pages: await openPages(flowdeck.places.renderer), media: flowdeck.media });
  flowdeck.onNotice((notice) => notify(notice, () => showWindow()));
  serveWire(await flowdeck.wire());
  const services = await flowdeck.services();
  onResume(services.resumed);
  const recoveries = await flowdeck.recoveries();
  const tray = createTray(services, flowdeck.runner, recoveries);
  const window = createMainWindow(flowdeck.places.preload, () => tray.state().goesOn);
  showWindow = window.show;
  app.on('activate', window.show);
  hideTray = showTray({
    tray,
    icons: flowdeck.places.trayIcons,
    platform: process.platform,
    show: window.show,
    quit: () => app.quit(),
    onFault: (error) => flowdeck.log.warn('The tray could not do what was asked', { err: error }),
  });
  followRuns(flowdeck.runner, (...run) => {
    const notice = window.inSight() ? null : runNotice(...run);
    if (notice !== null) notify(notice, window.show);
  });
  window.show();
  const interrupted = interruptedNotice(recoveries.state().entries, Date.now());
  if (interrupted !== null) notify(interrupted, window.show);
}

function giveUp(error: unknown): void {
  const { message, where, cure } = toFailure(error);
  dialog.showErrorBox('Flowdeck cannot start', [message, where, cure].filter(Boolean).join('\n\n'));
  app.exit(1);
}
