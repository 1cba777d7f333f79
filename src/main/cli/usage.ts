import type { CommanderError } from 'commander';
import type { Failure } from '../../shared/failure.ts';
import { nearest } from '../platform/near.ts';

/** Codes by which commander says that it did what was asked: help and version are not failures. */
const notFailures = ['commander.helpDisplayed', 'commander.version'];

/**
 * What the parser complains of, as a failure of code `usage`; null when there is none. `known` are the names of the
 * commands, `asked` is the command in question (empty: none).
 */
export function usageFailure(error: CommanderError, known: readonly string[], asked: string): Failure | null {
  if (notFailures.includes(error.code)) return null;
  if (error.code === 'commander.help') {
    return { code: 'usage', message: 'A command is needed.', cure: `Commands: ${known.join(', ')}.` };
  }
  const [said = '', suggestion] = error.message.replace(/^error: /, '').split(/\n\(Did you mean /);
  const message = sentence(said);
  if (error.code === 'commander.unknownCommand') {
    const near = nearest(asked, known);
    return {
      code: 'usage',
      message: `There is no command ${asked}.`,
      cure: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Commands: ${known.join(', ')}.`,
    };
  }
  const help = known.includes(asked) ? `flowdeck ${asked} --help` : 'flowdeck --help';
  return {
    code: 'usage',
    message,
    cure:
      suggestion === undefined
        ? `See ${help}.`
        : `Did you mean ${suggestion.replace(/^one of /, '').replace(/\?\)$/, '')}?`,
  };
}

function sentence(text: string): string {
  const flat = text.replace(/\s*\n\s*/g, ' ').trim();
  return `${flat.charAt(0).toUpperCase()}${flat.slice(1)}${/[.?]$/.test(flat) ? '' : '.'}`;
}
