import { Notification } from 'electron';
import type { Notice } from '../app/run-notices.ts';

/** Shows a notification of the system, where there are such; `onClick` when a person takes it up. */
export function notify({ title, body }: Notice, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on('click', onClick);
  notification.show();
}
