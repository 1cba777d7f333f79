import path from 'node:path';
import { type Logger, pino } from 'pino';
import { openLogFile } from './log-file.ts';
import { redact } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What every room writes to. `data` must be plain values; an Error goes under `err`. */
export interface Log {
  debug(message: string, data?: Record<string, unknown>): void;
  info(message: string, data?: Record<string, unknown>): void;
  warn(message: string, data?: Record<string, unknown>): void;
  error(message: string, data?: Record<string, unknown>): void;
  /** The same log, its lines marked with the name of a room. */
  child(name: string): Log;
}

export interface OpenLog extends Log {
  /** Where the log is, for messages such as «a fault of ours, see …». */
  readonly file: string;
  close(): void;
}

/**
 * Opens `{dir}/flowdeck.log`: one JSON object a line, at most 20 MB with the older files. Every line goes through
 * `redact` with the secrets known at that moment. Lines are written at once, so a crash loses none.
 */
export function openLog(
  dir: string,
  options: { level?: LogLevel; secrets?: () => readonly string[]; maxBytes?: number; keep?: number } = {},
): OpenLog {
  const { level = 'info', secrets = () => [] } = options;
  const file = path.join(dir, 'flowdeck.log');
  const sink = openLogFile(file, options);
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
    },
    { write: (line: string) => sink.write(redact(line, secrets())) },
  );
  return { ...wrap(logger), file, close: () => sink.close() };
}

/** Says nothing: for tests, and for commands that keep no log. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

function wrap(logger: Logger): Log {
  return {
    debug: (message, data) => logger.debug(data ?? {}, message),
    info: (message, data) => logger.info(data ?? {}, message),
    warn: (message, data) => logger.warn(data ?? {}, message),
    error: (message, data) => logger.error(data ?? {}, message),
    child: (name) => wrap(logger.child({ room: name })),
  };
}
