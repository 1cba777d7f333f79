import { app } from 'electron';

/**
 * Quitting waits until `close` has stopped what this Flowdeck started, however often and however it is asked for;
 * `close` is called once. `onFault` hears why it failed; the app quits all the same.
 */
export function closeBeforeQuit(close: () => Promise<void>, onFault: (error: unknown) => void): void {
  let state: 'open' | 'closing' | 'closed' = 'open';
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    void close()
      .catch(onFault)
      .finally(() => {
        state = 'closed';
        app.quit();
      });
  });
  app.on('window-all-closed', () => app.quit());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}
