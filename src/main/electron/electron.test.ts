import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PORT_GIVEN, PORT_WANTED } from '../../shared/wire.ts';
import type { PageEnd, WireServer } from '../app/wire-server.ts';
import * as standIn from './electron-stand-in.ts';
import { denyNavigation } from './navigation.ts';
import { claimScheme, serveApp } from './protocol.ts';
import { closeBeforeQuit } from './quit.ts';
import { isFirstInstance } from './single-instance.ts';
import { createMainWindow } from './window.ts';
import { serveWire } from './wire.ts';

vi.mock('electron', () => import('./electron-stand-in.ts'));

const { app, BrowserWindow, electronEvent, ipcMain, protocol, StandInContents, StandInFrame } = standIn;
const OURS = 'app://flowdeck/index.html';
const turn = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  app.removeAllListeners();
  app.first = true;
  app.quits = 0;
  ipcMain.removeAllListeners();
  BrowserWindow.all.length = 0;
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
    const window = createMainWindow('/out/preload/index.cjs');
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
    createMainWindow('/out/preload/index.cjs').show();
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
    const window = createMainWindow('/preload');
    window.show();
    BrowserWindow.all[0]?.emit('closed');
    window.show();
    expect(BrowserWindow.all).toHaveLength(2);
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
