import { type Entry, formatEntry, isShown, type LogFormat, type LogLevel } from './log.ts';
import { refused } from './messages.ts';

export interface Console {
  log(entry: Entry): void;
  /** A line that is no log message: why the program ends. */
  last(text: string): void;
  silence(): void;
  chatter(): void;
  /** Resolves when everything that was said is out. */
  flushed(): Promise<void>;
}

const chatterEveryMs = 10;
/** 50,000 lines a second. */
const chatterLines = 500;

/** Standard error, where cloudflared says everything. */
export function standardError(format: LogFormat, level: LogLevel): Console {
  let silent = false;
  let blocked = false;
  // When nobody reads any more the real one dies at its next line (B6).
  process.stderr.on('error', () => process.exit(1));
  const write = (text: string): void => {
    if (silent) return;
    blocked = !process.stderr.write(text);
    if (blocked) {
      process.stderr.once('drain', () => {
        blocked = false;
      });
    }
  };
  const lineOf = (entry: Entry): string => `${formatEntry(entry, format, new Date())}\n`;
  return {
    log: (entry) => {
      if (isShown(entry, level)) write(lineOf(entry));
    },
    last: (text) => write(`${text}\n`),
    silence: () => {
      silent = true;
    },
    chatter: () => {
      setInterval(() => {
        // A reader that lags gets no queue of ours on top.
        if (!blocked)
          write(
            refused(0)
              .map(lineOf)
              .join('')
              .repeat(chatterLines / 2),
          );
      }, chatterEveryMs).unref();
    },
    flushed: () => new Promise((resolve) => process.stderr.write('', () => resolve())),
  };
}
