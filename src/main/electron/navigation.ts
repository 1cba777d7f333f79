import { app, type Session, type WebContents } from 'electron';
import { isOurPage } from './origin.ts';

/**
 * A window shows our pages and nothing else: no other address, no second window, no web view. Nothing a page asks
 * the system for is granted, but for writing to the clipboard (copy buttons).
 */
export function denyNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    lockContents(contents);
    lockSession(contents.session);
  });
}

function lockContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

function lockSession(session: Session): void {
  const granted = (permission: string, origin: string) =>
    permission === 'clipboard-sanitized-write' && isOurPage(origin);
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(granted(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => granted(permission, origin));
  session.setDevicePermissionHandler(() => false);
}
