import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PORT_GIVEN, PORT_WANTED } from '../../shared/wire.ts';
import { findPlaces } from '../app/places.ts';
import type { TrayState } from '../app/tray-state.ts';
import type { PageEnd, WireServer } from '../app/wire-server.ts';
import * as standIn from './electron-stand-in.ts';
import { denyNavigation } from './navigation.ts';
import { notify } from './notify.ts';
import { onResume } from './power.ts';
import { claimScheme, serveApp } from './protocol.ts';
import { closeBeforeQuit } from './quit.ts';
import { isFirstInstance } from './single-instance.ts';
import { showTray } from './tray.ts';
import { createMainWindow } from './window.ts';
import { serveWire } from './wire.ts';

vi.mock('electron', () => import('./electron-stand-in.ts'));

const { app, BrowserWindow, clipboard, electronEvent, ipcMain, powerMonitor, protocol } = standIn;
const { Notification, StandInContents, StandInFrame, Tray } = standIn;
const OURS = 'app://flowdeck/index.html';
const turn = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  app.removeAllListeners();
  app.first = true;
  app.quits = 0;
  ipcMain.removeAllListeners();
  BrowserWindow.all.length = 0;
  Tray.all.length = 0;
  Notification.shown.length = 0;
  Notification.supported = true;
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
});

/** A wire server that answers each frame with itself and remembers who joined. */
function echoWire() {
  const pages: PageEnd[] = [];
  let left = 0;
  const wire: WireServer = {
    join(page) {
      pages.push(page);
      return {
        onFrame: (text) => page.send(`heard ${text}`),
        onClose: () => {
          left += 1;
        },
      };
    },
  };
  return { wire, pages, left: () => left };
}

describe('the wire over MessagePort', () => {
  it('gives the top frame of our page a port that carries frames both ways', async () => {
    const { wire, left } = echoWire();
    serveWire(wire);
    const frame = new StandInFrame(OURS);
    ipcMain.emit(PORT_WANTED, { senderFrame: frame });
    const [given] = frame.received;
    const port = given?.ports[0];
    expect(given?.channel).toBe(PORT_GIVEN);
    if (!port) throw new Error('no port came');
    port.postMessage('hello');
    expect((await once(port, 'message'))[0]).toBe('heard hello');
    port.close();
    await vi.waitFor(() => expect(left()).toBe(1));
  });

  it.each([
    ['a page from elsewhere', new StandInFrame('https://evil.example/')],
    ['a page whose address only begins like ours', new StandInFrame('app://flowdeck.evil.example/')],
    ['another host of our scheme', new StandInFrame('app://other/')],
    ['a file', new StandInFrame('file:///tmp/index.html')],
    ['a frame inside our page', new StandInFrame(OURS, new StandInFrame(OURS))],
    ['a frame that is gone', null],
  ])('gives %s no port', async (_who, frame) => {
    const { wire, pages } = echoWire();
    serveWire(wire);
    ipcMain.emit(PORT_WANTED, { senderFrame: frame });
    await turn();
    expect(pages).toHaveLength(0);
    expect(frame?.received ?? []).toHaveLength(0);
  });

  it('answers nobody after it was ended', () => {
    const { wire, pages } = echoWire();
    serveWire(wire)();
    ipcMain.emit(PORT_WANTED, { senderFrame: new StandInFrame(OURS) });
    expect(pages).toHaveLength(0);
  });
});

describe('navigation', () => {
  function lockedContents() {
    denyNavigation();
    const contents = new StandInContents();
    app.emit('web-contents-created', {}, contents);
    return contents;
  }
  const navigates = (event: string, details: object) => {
    const asked = electronEvent(details);
    lockedContents().emit(event, asked);
    return !asked.prevented;
  };

  it('stays on our pages', () => {
    expect(navigates('will-navigate', { url: OURS })).toBe(true);
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'app://other/',
      'javascript:alert(1)',
      'nonsense',
    ]) {
      expect(navigates('will-navigate', { url })).toBe(false);
    }
  });

  it('lets no frame, redirect or web view in', () => {
    expect(navigates('will-frame-navigate', { url: OURS, isMainFrame: false })).toBe(false);
    expect(navigates('will-frame-navigate', { url: 'https://evil.example/', isMainFrame: true })).toBe(false);
    expect(navigates('will-redirect', { url: OURS })).toBe(false);
    expect(navigates('will-attach-webview', {})).toBe(false);
  });

  it('opens no second window', () => {
    expect(lockedContents().onWindowOpen?.({ url: OURS })).toEqual({ action: 'deny' });
  });

  it('grants nothing but writing to the clipboard, and that only to our page', () => {
    const { session } = lockedContents();
    const granted = (permission: string, url: string) => {
      let answer: boolean | null = null;
      session.onRequest?.(
        null,
        permission,
        (yes) => {
          answer = yes;
        },
        { requestingUrl: url },
      );
      expect(session.onCheck?.(null, permission, url)).toBe(answer);
      return answer;
    };
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'fileSystem',
    ]) {
      expect(granted(permission, OURS)).toBe(false);
    }
    expect(granted('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    expect(granted('clipboard-sanitized-write', OURS)).toBe(true);
    expect(session.onDevice?.()).toBe(false);
  });
});

describe('one instance', () => {
  it('tells a second one to go', () => {
    app.first = false;
    expect(isFirstInstance(() => undefined)).toBe(false);
  });

  it('brings the first one to the front when a second is started', () => {
    const window = createMainWindow('/out/preload/index.cjs', () => false);
    expect(isFirstInstance(window.show)).toBe(true);
    window.show();
    const [opened] = BrowserWindow.all;
    if (!opened) throw new Error('no window');
    opened.minimized = true;
    app.emit('second-instance');
    expect(BrowserWindow.all).toHaveLength(1);
    expect(opened.calls.slice(-3)).toEqual(['restore', 'show', 'focus']);
  });
});

describe('the window', () => {
  it('is sandboxed, isolated and shows our page', () => {
    createMainWindow('/out/preload/index.cjs', () => false).show();
    const [opened] = BrowserWindow.all;
    expect(opened?.url).toBe('app://flowdeck/');
    expect(opened?.options.webPreferences).toEqual({
      preload: '/out/preload/index.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
  });

  it('can be opened again after it was closed', () => {
    const window = createMainWindow('/preload', () => false);
    window.show();
    BrowserWindow.all[0]?.close();
    window.show();
    expect(BrowserWindow.all).toHaveLength(2);
  });

  it('only hides while something goes on, and comes back as it was', () => {
    let goesOn = true;
    const window = createMainWindow('/preload', () => goesOn);
    window.show();
    const [opened] = BrowserWindow.all;
    opened?.close();
    expect(opened?.calls.at(-1)).toBe('hide');
    window.show();
    expect(BrowserWindow.all).toHaveLength(1);
    expect(opened?.calls.slice(-2)).toEqual(['show', 'focus']);
    goesOn = false;
    opened?.close();
    window.show();
    expect(BrowserWindow.all).toHaveLength(2);
  });

  it('does not stay behind when a person quits', () => {
    const window = createMainWindow('/preload', () => true);
    window.show();
    app.quit();
    const [opened] = BrowserWindow.all;
    opened?.close();
    expect(opened?.calls).not.toContain('hide');
  });
});

describe('our protocol', () => {
  it('serves pages and media with the strict headers, and nothing to other hosts or methods', async () => {
    claimScheme();
    const respond = (what: string) => async (request: Request) =>
      new Response(`${what} ${new URL(request.url).pathname}`);
    serveApp({ pages: { respond: respond('page') }, media: { respond: respond('media') } });
    const handler = protocol.handlers.get('app');
    const ask = async (url: string, method = 'GET') => {
      // Node's Request takes no custom scheme; Electron's does.
      const answer = await handler?.({ url, method, headers: new Headers() } as Request);
      return {
        status: answer?.status,
        text: await answer?.text(),
        csp: answer?.headers.get('content-security-policy'),
      };
    };
    expect(protocol.schemes[0]).toMatchObject({
      scheme: 'app',
      privileges: { standard: true, secure: true },
    });
    expect(await ask('app://flowdeck/')).toMatchObject({
      status: 200,
      text: 'page /',
      csp: expect.stringContaining("script-src 'self'"),
    });
    expect(await ask('app://flowdeck/media/x.png')).toMatchObject({
      status: 200,
      text: 'media /media/x.png',
    });
    expect((await ask('app://other/')).status).toBe(404);
    expect((await ask('app://flowdeck/', 'POST')).status).toBe(405);
  });
});

describe('the tray', () => {
  const busy: TrayState = {
    icon: 'busy',
    tooltip: 'Flowdeck: XYZG3-V0-1: 23 of 40.',
    menu: [
      [{ label: 'Open Flowdeck', action: 'open', enabled: true }],
      [{ label: 'XYZ & Co: 23 of 40', action: null, enabled: false }],
      [
        { label: 'Start', action: 'start', enabled: true },
        { label: 'Stop all', action: 'stop', enabled: false },
        { label: 'Copy', action: 'copy-address', enabled: true },
      ],
      [{ label: 'Quit', action: 'quit', enabled: true }],
    ],
    goesOn: true,
  };

  function shownTray(platform: NodeJS.Platform = 'linux') {
    const listeners = new Set<(state: TrayState) => void>();
    const done: string[] = [];
    const faults: unknown[] = [];
    let address: string | null = 'https://brave-otter.trycloudflare.com';
    const hide = showTray({
      tray: {
        state: () => busy,
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        start: () => Promise.reject(new Error('no G-Labs')),
        stop: async () => {
          done.push('stop');
        },
        publicAddress: () => address,
        close: () => undefined,
      },
      icons: '/icons',
      platform,
      show: () => done.push('show'),
      quit: () => done.push('quit'),
      onFault: (error) => faults.push(error),
    });
    const shown = Tray.all.at(-1);
    if (!shown) throw new Error('no tray');
    const press = (label: string) => shown.menu.find((line) => line.label === label)?.click?.();
    const tell = (state: TrayState) => {
      for (const listener of listeners) listener(state);
    };
    const noAddress = () => {
      address = null;
    };
    return { shown, press, tell, hide, done, faults, listeners, noAddress };
  }

  it('shows how it stands, in groups, what only says something without a click', () => {
    const { shown } = shownTray();
    expect(shown).toMatchObject({ image: join('/icons', 'busy.png'), tooltip: busy.tooltip });
    expect(shown.menu.map(({ type, label }) => label ?? type)).toEqual([
      'Open Flowdeck',
      'separator',
      // One & would be taken for the mark of a key.
      'XYZ && Co: 23 of 40',
      'separator',
      'Start',
      'Stop all',
      'Copy',
      'separator',
      'Quit',
    ]);
    expect(shown.menu[2]?.click).toBeUndefined();
    expect(shown.menu.find(({ label }) => label === 'Stop all')?.enabled).toBe(false);
  });

  it('follows what changes, and no more once it is taken away', () => {
    const { shown, tell, hide, listeners } = shownTray();
    tell({ ...busy, icon: 'trouble', tooltip: 'Flowdeck: G-Labs ended.', menu: [] });
    expect(shown).toMatchObject({
      image: join('/icons', 'trouble.png'),
      tooltip: 'Flowdeck: G-Labs ended.',
      menu: [],
    });
    hide();
    expect([shown.destroyed, listeners.size]).toEqual([true, 0]);
  });

  it('does what its menu says, and tells what it could not do', async () => {
    const { press, done, faults, noAddress } = shownTray();
    for (const label of ['Open Flowdeck', 'Stop all', 'Quit', 'Start', 'Copy']) press(label);
    await turn();
    expect(done).toEqual(['show', 'stop', 'quit']);
    expect(faults).toEqual([new Error('no G-Labs')]);
    expect(clipboard.text).toBe('https://brave-otter.trycloudflare.com');
    clipboard.text = 'what a person had copied';
    noAddress();
    press('Copy');
    expect(clipboard.text).toBe('what a person had copied');
  });

  it('opens the window at a click, but on macOS, where that opens the menu and icons are templates', () => {
    const linux = shownTray();
    linux.shown.emit('click');
    expect(linux.done).toEqual(['show']);
    const mac = shownTray('darwin');
    mac.shown.emit('click');
    expect(mac.done).toEqual([]);
    expect(mac.shown.image).toBe(join('/icons', 'busyTemplate.png'));
  });

  it('has a picture for each state, also for macOS and for dense screens', () => {
    const { trayIcons } = findPlaces();
    for (const icon of ['ok', 'busy', 'needs-you', 'trouble', 'off'])
      for (const ending of ['', '@2x', 'Template', 'Template@2x'])
        expect(existsSync(join(trayIcons, `${icon}${ending}.png`)), `${icon}${ending}`).toBe(true);
  });
});

describe('notifications', () => {
  const notice = { title: 'XYZG3-V0-1', body: 'Done: 40 of 40.' };

  it('are shown, and lead to the window', () => {
    let opened = 0;
    notify(notice, () => {
      opened += 1;
    });
    const [shown] = Notification.shown;
    expect(shown?.options).toEqual(notice);
    shown?.emit('click');
    expect(opened).toBe(1);
  });

  it('are left out where the system has none', () => {
    Notification.supported = false;
    notify(notice, () => undefined);
    expect(Notification.shown).toEqual([]);
  });

  it('are not for who looks at the window', () => {
    const window = createMainWindow('/preload', () => false);
    expect(window.inSight()).toBe(false);
    window.show();
    window.show();
    expect(window.inSight()).toBe(true);
    BrowserWindow.all[0]?.close();
    expect(window.inSight()).toBe(false);
  });
});

describe('sleep', () => {
  it('tells when the machine woke up, until it is no longer wanted', () => {
    let woke = 0;
    const end = onResume(() => {
      woke += 1;
    });
    powerMonitor.emit('resume');
    end();
    powerMonitor.emit('resume');
    expect(woke).toBe(1);
  });
});

describe('quitting', () => {
  it('waits for what was started to be stopped, and stops it once', async () => {
    const closed = Promise.withResolvers<void>();
    let closes = 0;
    closeBeforeQuit(
      () => {
        closes += 1;
        return closed.promise;
      },
      () => undefined,
    );
    app.quit();
    app.quit();
    app.emit('window-all-closed');
    await turn();
    expect([closes, app.quits]).toEqual([1, 0]);
    closed.resolve();
    await turn();
    expect([closes, app.quits]).toEqual([1, 1]);
  });

  it('quits even when stopping failed, and tells why', async () => {
    const faults: unknown[] = [];
    closeBeforeQuit(
      () => Promise.reject(new Error('stuck')),
      (error) => faults.push(error),
    );
    app.quit();
    await turn();
    expect(app.quits).toBe(1);
    expect(faults).toEqual([new Error('stuck')]);
  });
});
