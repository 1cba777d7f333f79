import { type Flag, flagsOf, type Place } from './flag-table.ts';

/** A tunnel to run: `tunnel --url …`, or `tunnel run` for a named one. */
export interface TunnelLine {
  kind: 'tunnel' | 'run';
  values: Map<string, string>;
}

/** What was asked for on the command line, before configuration files are looked at. */
export type CommandLine =
  | { kind: 'version'; short: boolean }
  | TunnelLine
  | { kind: 'ready'; values: Map<string, string> }
  /** An unknown flag, or one without its value: the help of `command` is shown. */
  | { kind: 'usage'; command: string; problem: string };

/**
 * Reads arguments as cloudflared does: a flag belongs to its place, so `tunnel run --metrics X` is an error and
 * `tunnel --metrics X run` is not. Flags come with one dash or two, and with `=` or a space before the value.
 */
export function readCommandLine(argv: readonly string[], version: string): CommandLine {
  if (argv.some((word) => word === '--version' || word === '-v' || word === '-V')) {
    return { kind: 'version', short: false };
  }
  if (argv[0] === 'version') {
    return { kind: 'version', short: argv.includes('--short') || argv.includes('-s') };
  }
  const values = new Map<string, string>();
  let kind: Place = 'tunnel';
  let command = 'cloudflared';
  let at = 0;
  while (at < argv.length) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) {
      const next = subcommand(command, word);
      // Another word is the name of a tunnel: not played, and the real one ignores it as well for quick tunnels.
      if (next === null) break;
      command = next.command;
      kind = next.place;
      at += 1;
      continue;
    }
    const read = readFlag(word, argv[at + 1], flagsOf(kind, version));
    if ('problem' in read) return { kind: 'usage', command, problem: read.problem };
    values.set(read.flag.name, read.value);
    at += read.words;
  }
  return kind === 'ready' ? { kind, values } : { kind, values };
}

function subcommand(command: string, word: string): { command: string; place: Place } | null {
  if (command === 'cloudflared' && word === 'tunnel')
    return { command: 'cloudflared tunnel', place: 'tunnel' };
  if (command !== 'cloudflared tunnel') return null;
  if (word === 'run' || word === 'ready') return { command: `cloudflared tunnel ${word}`, place: word };
  return null;
}

type ReadFlag = { flag: Flag; value: string; words: 1 | 2 } | { problem: string };

function readFlag(word: string, next: string | undefined, known: readonly Flag[]): ReadFlag {
  const text = word.replace(/^--?/, '');
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const flag = known.find((candidate) => candidate.name === name || candidate.aliases.includes(name));
  if (flag === undefined) return { problem: `flag provided but not defined: -${name}` };
  if (equals >= 0) return { flag, value: text.slice(equals + 1), words: 1 };
  if (flag.isSwitch) return { flag, value: 'true', words: 1 };
  if (next === undefined) return { problem: `flag needs an argument: -${name}` };
  return { flag, value: next, words: 2 };
}
