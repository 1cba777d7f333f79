import type { Failure } from '../../shared/failure.ts';

/** The part of a stream that the command line needs; process.stdout and process.stderr are such. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface OutputOptions {
  stdout: TextStream;
  stderr: TextStream;
  /** Standard output is NDJSON only; people's text goes to standard error. */
  json: boolean;
  /** Errors only. NDJSON that was asked for stays. */
  quiet: boolean;
  /** No colours (https://no-color.org: set and not empty). */
  noColor: boolean;
}

/** What a command says, and where it goes (cli.md, options of every command). */
export interface Output {
  readonly json: boolean;
  readonly paint: Paint;
  /** One NDJSON line; nothing without --json. */
  record(line: { type: string } & Record<string, unknown>): void;
  /** Text for a person: standard output, or standard error with --json; nothing with --quiet. */
  text(text: string): void;
  /** Words beside the result, such as progress and warnings: standard error; nothing with --quiet. */
  note(text: string): void;
  /** A failure: a sentence, its place and its cure on standard error, and the error line with --json. */
  failure(failure: Failure, more?: { file?: string }): void;
  /** Where people's progress goes, and whether a bar may be drawn there. */
  readonly progress: { stream: TextStream; terminal: boolean; visible: boolean };
}

export type Style = 'red' | 'yellow' | 'green' | 'dim' | 'bold';
export type Paint = (style: Style, text: string) => string;

const codes: Record<Style, [number, number]> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export function createOutput({ stdout, stderr, json, quiet, noColor }: OutputOptions): Output {
  const people = json ? stderr : stdout;
  const coloured = people.isTTY === true && !noColor;
  const paint: Paint = (style, text) => {
    const [on, off] = codes[style];
    return coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
  return {
    json,
    paint,
    progress: { stream: people, terminal: people.isTTY === true, visible: !quiet },
    record: (line) => {
      if (json) stdout.write(`${JSON.stringify(line)}\n`);
    },
    text: (text) => {
      if (!quiet) people.write(`${text}\n`);
    },
    note: (text) => {
      if (!quiet) stderr.write(`${text}\n`);
    },
    failure: ({ code, message, where, cure }, more = {}) => {
      stderr.write(
        `${failureText({ code, message, ...(where ? { where } : {}), ...(cure ? { cure } : {}) })}\n`,
      );
      if (json)
        stdout.write(
          `${JSON.stringify({ type: 'error', code, message, where: where ?? null, cure: cure ?? null, ...more })}\n`,
        );
    },
  };
}

/** A failure as a person reads it: the sentence, then place and cure on lines of their own. */
export function failureText({ message, where, cure }: Failure): string {
  const place = where === undefined || message.includes(where) ? [] : [`  where: ${where}`];
  return [message, ...place, ...(cure === undefined ? [] : [`  cure:  ${cure}`])].join('\n');
}
