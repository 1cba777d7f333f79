import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../platform/clock.ts';
import { errorCode } from '../platform/error-code.ts';
import { lineSplitter } from './log-ring.ts';

/** What a process prints, line by line. */
export interface ProcessOutput {
  /** Resolves when all that was printed has been handed on. */
  drained(): Promise<void>;
  close(): void;
}

type OnLine = (stream: 'out' | 'err', text: string) => void;

/** Reads what a process of ours prints to us. */
export function readPipes(stdout: Readable, stderr: Readable, onLine: OnLine): ProcessOutput {
  const streams = [stdout, stderr];
  const ends = streams.map((stream, index) => {
    const splitter = lineSplitter((line) => onLine(index === 0 ? 'out' : 'err', line));
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => splitter.add(text));
    return new Promise<void>((resolve) => {
      stream.once('close', () => {
        splitter.end();
        resolve();
      });
    });
  });
  return {
    drained: async () => {
      await Promise.all(ends);
    },
    close: () => {
      for (const stream of streams) stream.destroy();
    },
  };
}

/** A larger file is emptied. The process goes on at its new end, since it appends. */
const fileLimit = 20 * 1024 * 1024;
/** Further behind than this, what lies between is left out, and told. */
const farBehind = 1024 * 1024;
const showOfOld = 256 * 1024;
const chunkBytes = 64 * 1024;
/** The system tells of news; where it does not (some network drives, Windows while a file stays open) we look. */
const lookEveryMs = 1000;

export interface FollowOptions {
  clock: Clock;
  /** `end`: only the last part of what is there already. */
  from: 'start' | 'end';
  limitBytes?: number;
}

/** Follows the file a process appends its output to. A file that is gone is not missed. */
export function followFile(file: string, onLine: OnLine, options: FollowOptions): ProcessOutput {
  const follower = new Follower(file, onLine, options);
  follower.begin();
  return follower;
}

class Follower implements ProcessOutput {
  private readonly file: string;
  private readonly onLine: OnLine;
  private readonly options: FollowOptions;
  private readonly splitter: ReturnType<typeof lineSplitter>;
  private readonly end = new AbortController();
  private readonly buffer = Buffer.allocUnsafe(chunkBytes);
  private decoder = new StringDecoder('utf8');
  private handle: FileHandle | null = null;
  private watcher: FSWatcher | null = null;
  private position = 0;
  /** After a gap: the rest of a line whose beginning was not seen. */
  private partial = false;
  private reading: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(file: string, onLine: OnLine, options: FollowOptions) {
    this.file = file;
    this.onLine = onLine;
    this.options = options;
    this.splitter = lineSplitter((line) => {
      if (this.partial) this.partial = false;
      else onLine('out', line);
    });
  }

  begin(): void {
    this.reading = this.open().catch((error: unknown) => this.told(error));
    this.watchEvery().catch((error: unknown) => {
      if (!this.end.signal.aborted) this.told(error);
    });
  }

  async drained(): Promise<void> {
    this.look();
    await this.reading;
    this.splitter.end();
  }

  close(): void {
    if (this.end.signal.aborted) return;
    this.end.abort();
    this.watcher?.close();
    this.reading = this.reading.then(() => this.handle?.close()).catch((error: unknown) => this.told(error));
  }

  private async open(): Promise<void> {
    this.handle = await open(this.file, 'r+');
    if (this.options.from === 'end') this.skipTo((await this.handle.stat()).size - showOfOld);
    this.watcher = watch(this.file, { persistent: false }, () => this.look());
    // The looks go on without it.
    this.watcher.on('error', () => this.watcher?.close());
    if (this.end.signal.aborted) this.watcher.close();
    await this.read();
  }

  private async watchEvery(): Promise<void> {
    for (;;) {
      await this.options.clock.sleep(lookEveryMs, this.end.signal);
      this.look();
    }
  }

  /** One look waits at most: it sees all that came until it begins. */
  private look(): void {
    if (this.waiting || this.end.signal.aborted) return;
    this.waiting = true;
    this.reading = this.reading
      .then(() => {
        this.waiting = false;
        return this.read();
      })
      .catch((error: unknown) => this.told(error));
  }

  private async read(): Promise<void> {
    const { handle, buffer } = this;
    if (!handle || this.end.signal.aborted) return;
    const { size } = await handle.stat();
    // Emptied by somebody else.
    if (size < this.position) this.position = 0;
    const behind = size - this.position;
    if (behind > farBehind) {
      this.onLine('out', `… ${(behind / 1024 / 1024).toFixed(1)} MB of output left out`);
      this.skipTo(size - showOfOld);
    }
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.position);
      if (bytesRead === 0 || this.end.signal.aborted) break;
      this.position += bytesRead;
      this.splitter.add(this.decoder.write(buffer.subarray(0, bytesRead)));
      if (this.position >= size + farBehind) break;
    }
    if (this.position < (this.options.limitBytes ?? fileLimit)) return;
    await handle.truncate(0);
    this.position = 0;
  }

  private skipTo(position: number): void {
    if (position <= this.position) return;
    this.position = position;
    this.decoder = new StringDecoder('utf8');
    this.partial = true;
  }

  private told(error: unknown): void {
    if (errorCode(error) === 'ENOENT') return;
    this.onLine(
      'err',
      `Its output cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
