const LOOK_MS = 500;

/**
 * Calls back once when the process that started this one is gone. npm runs a script through a shell, and a shell
 * that is ended does not pass that on: without this, ending `npm start` would leave the control room running.
 * Outside npm a process may outlive its parent on purpose (nohup), so nothing is watched there.
 * @param {() => void} callback
 * @param {{ env?: NodeJS.ProcessEnv, parent?: () => number }} [world]
 * @returns {() => void} ends the watching
 */
export function whenOrphaned(callback, { env = process.env, parent = () => process.ppid } = {}) {
  if (env.npm_lifecycle_event === undefined) return () => undefined;
  const first = parent();
  const timer = setInterval(() => {
    if (parent() === first) return;
    clearInterval(timer);
    callback();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
