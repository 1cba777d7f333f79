import { app } from 'electron';

/**
 * Whether this process is the first Flowdeck on its data folder; `onSecond` hears of every later one. A second one
 * is to quit at once.
 */
export function isFirstInstance(onSecond: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', onSecond);
  return true;
}
