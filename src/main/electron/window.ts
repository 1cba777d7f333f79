import { app, BrowserWindow } from 'electron';
import { APP_ORIGIN } from '../../shared/wire.ts';

/** The one window. `show` opens it, or brings it to the front when it is there. */
export interface MainWindow {
  show(): void;
  /** A person looks at it: it is there and has the keyboard. */
  inSight(): boolean;
}

/**
 * `preload` is the built, sandboxed CommonJS file. `staysBehind` says, when a person closes the window, whether it only
 * hides: something goes on, and the tray leads back to it.
 */
export function createMainWindow(preload: string, staysBehind: () => boolean): MainWindow {
  let window: BrowserWindow | null = null;
  let quitting = false;
  app.once('before-quit', () => {
    quitting = true;
  });

  const open = (): BrowserWindow => {
    const opened = new BrowserWindow({
      width: 1440,
      height: 900,
      minWidth: 1024,
      minHeight: 700,
      title: 'Flowdeck',
      // Shown once there is something to see; until then this colour, not white.
      show: false,
      backgroundColor: '#16181d',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
      },
    });
    opened.setMenuBarVisibility(false);
    opened.once('ready-to-show', () => opened.show());
    opened.on('close', (event) => {
      if (quitting || !staysBehind()) return;
      event.preventDefault();
      opened.hide();
    });
    opened.on('closed', () => {
      window = null;
    });
    void opened.loadURL(`${APP_ORIGIN}/`);
    return opened;
  };

  return {
    show() {
      if (window === null) {
        window = open();
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    inSight: () => window?.isFocused() ?? false,
  };
}
