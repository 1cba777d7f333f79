import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * Stands in for the `electron` module in tests, where its binary cannot be had: the parts this folder uses, with
 * events that really are emitted and ports that really carry messages. It decides nothing of its own.
 */

/** An event whose default can be prevented; `prevented` is what the test looks at. */
export function electronEvent<T extends object>(more: T) {
  const event = {
    ...more,
    prevented: false,
    preventDefault() {
      event.prevented = true;
    },
  };
  return event;
}

/** A MessagePortMain over a real port: messages come as `{ data }`. */
export class StandInPort extends EventEmitter {
  readonly port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on('close', () => this.emit('close'));
  }
  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  postMessage(data: unknown): void {
    this.port.postMessage(data);
  }
  close(): void {
    this.port.close();
  }
}

export class MessageChannelMain {
  readonly port1: StandInPort;
  readonly port2: StandInPort;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new StandInPort(port1);
    this.port2 = new StandInPort(port2);
  }
}

/** A frame of a window: keeps what was posted to it. */
export class StandInFrame {
  readonly url: string;
  readonly parent: StandInFrame | null;
  readonly received: { channel: string; ports: MessagePort[] }[] = [];
  constructor(url: string, parent: StandInFrame | null = null) {
    this.url = url;
    this.parent = parent;
  }
  postMessage(channel: string, _message: unknown, ports: StandInPort[]): void {
    this.received.push({ channel, ports: ports.map(({ port }) => port) });
  }
}

class StandInApp extends EventEmitter {
  first = true;
  quits = 0;
  requestSingleInstanceLock(): boolean {
    return this.first;
  }
  /** Like Electron's: asks first, and ends only when nobody objects. */
  quit(): void {
    const event = electronEvent({});
    this.emit('before-quit', event);
    if (!event.prevented) this.quits += 1;
  }
}

export class StandInSession {
  onRequest:
    | ((contents: unknown, permission: string, answer: (granted: boolean) => void, details: unknown) => void)
    | null = null;
  onCheck: ((contents: unknown, permission: string, origin: string) => boolean) | null = null;
  onDevice: (() => boolean) | null = null;
  setPermissionRequestHandler(handler: StandInSession['onRequest']): void {
    this.onRequest = handler;
  }
  setPermissionCheckHandler(handler: StandInSession['onCheck']): void {
    this.onCheck = handler;
  }
  setDevicePermissionHandler(handler: StandInSession['onDevice']): void {
    this.onDevice = handler;
  }
}

export class StandInContents extends EventEmitter {
  readonly session = new StandInSession();
  onWindowOpen: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: StandInContents['onWindowOpen']): void {
    this.onWindowOpen = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly options: Record<string, unknown>;
  readonly calls: string[] = [];
  url = '';
  minimized = false;
  focused = false;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
  }
  async loadURL(url: string): Promise<void> {
    this.url = url;
  }
  setMenuBarVisibility(): void {
    this.calls.push('setMenuBarVisibility');
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  restore(): void {
    this.minimized = false;
    this.calls.push('restore');
  }
  show(): void {
    this.calls.push('show');
  }
  focus(): void {
    this.focused = true;
    this.calls.push('focus');
  }
  isFocused(): boolean {
    return this.focused;
  }
  hide(): void {
    this.calls.push('hide');
  }
  /** Like Electron's: asks first, and is gone only when nobody objects. */
  close(): void {
    const event = electronEvent({});
    this.emit('close', event);
    if (!event.prevented) this.emit('closed');
  }
}

/** An icon in the system's tray: what it shows now. */
export class Tray extends EventEmitter {
  static readonly all: Tray[] = [];
  image: string;
  tooltip = '';
  menu: MenuLine[] = [];
  destroyed = false;
  constructor(image: string) {
    super();
    this.image = image;
    Tray.all.push(this);
  }
  setImage(image: string): void {
    this.image = image;
  }
  setToolTip(tooltip: string): void {
    this.tooltip = tooltip;
  }
  setContextMenu(menu: MenuLine[]): void {
    this.menu = menu;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export interface MenuLine {
  type?: string;
  label?: string;
  enabled?: boolean;
  click?: () => void;
}

export const Menu = { buildFromTemplate: (lines: MenuLine[]) => lines };

/** An image is known by the file it came from. */
export const nativeImage = { createFromPath: (file: string) => file };

export const clipboard = {
  text: '',
  writeText(text: string): void {
    clipboard.text = text;
  },
};

export class Notification extends EventEmitter {
  static supported = true;
  static readonly shown: Notification[] = [];
  readonly options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  static isSupported(): boolean {
    return Notification.supported;
  }
  show(): void {
    Notification.shown.push(this);
  }
}

export const powerMonitor = new EventEmitter();

export const app = new StandInApp();
export const ipcMain = new EventEmitter();

export const protocol = {
  schemes: [] as { scheme: string; privileges: Record<string, boolean> }[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Record<string, boolean> }[]): void {
    protocol.schemes.push(...schemes);
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    protocol.handlers.set(scheme, handler);
  },
};
