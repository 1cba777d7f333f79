import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { SettingEntry } from '../../shared/contract.ts';
import { fail } from '../../shared/failure.ts';
import { secretPattern } from '../../shared/settings.ts';
import type { AddCommand, Work } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';
import type { World } from './session.ts';
import { table } from './words.ts';

/** `flowdeck config …` (settings.md). */
export const addConfig: AddCommand = (work) =>
  new Command('config')
    .description('settings and secrets')
    .addCommand(list(work), { isDefault: true })
    .addCommand(get(work))
    .addCommand(set(work))
    .addCommand(unset(work))
    .addCommand(setSecret(work));

const list = (work: Work) =>
  new Command('list')
    .description('every setting with its value; changed ones are marked')
    .action((_flags, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const { settings } = await flowdeck();
        const entries = settings.list();
        for (const entry of entries) output.record({ type: 'setting', ...entry });
        output.text(
          table(entries.map(({ key, value, changed }) => [changed ? '*' : ' ', key, JSON.stringify(value)])),
        );
        return exitCodes.done;
      }),
    );

const get = (work: Work) =>
  new Command('get')
    .description('the value of one setting')
    .argument('<key>', 'dotted key, such as glabs.url')
    .action((key: string, _flags, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const { settings } = await flowdeck();
        const entry = settings.entry(key);
        output.record({ type: 'setting', ...entry });
        output.text(plain(entry.value));
        return exitCodes.done;
      }),
    );

const set = (work: Work) =>
  new Command('set')
    .description('changes one setting; a running app takes it up at once')
    .argument('<key>', 'dotted key, such as glabs.url')
    .argument('<value>', 'JSON where it parses, else a string')
    .action((key: string, value: string, _flags, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const { settings } = await flowdeck();
        told(output, await settings.set(key, parsedValue(value)));
        return exitCodes.done;
      }),
    );

const unset = (work: Work) =>
  new Command('unset')
    .description('one setting back to its default')
    .argument('<key>', 'dotted key, such as glabs.url')
    .action((key: string, _flags, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const { settings } = await flowdeck();
        told(output, await settings.unset(key));
        return exitCodes.done;
      }),
    );

const setSecret = (work: Work) =>
  new Command('set-secret')
    .description('keeps a secret, read from standard input, in the keychain')
    .argument('<name>', 'glabs.apiKey, review.apiKey, tunnel.token or storage.NAME.secretAccessKey')
    .option('--forget', 'forgets what is kept; standard input is not read')
    .action((name: string, flags: { forget?: boolean }, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        if (!secretPattern.test(name)) {
          throw fail('usage', `There is no secret ${name}.`, {
            where: name,
            cure: 'Allowed: glabs.apiKey, review.apiKey, tunnel.token, storage.NAME.secretAccessKey.',
          });
        }
        const { secrets } = await flowdeck();
        const value = flags.forget === true ? null : await readSecret(name, world.stdin, output);
        if (value === null) await secrets.delete(name);
        else await secrets.set(name, value);
        const place = secrets.inFile
          ? 'an encrypted file of the data folder: this system has no keychain'
          : 'the keychain';
        output.record({ type: 'secret', name, kept: value !== null, inFile: secrets.inFile });
        output.text(value === null ? `${name} is forgotten.` : `${name} is kept in ${place}.`);
        return exitCodes.done;
      }),
    );

/** One line of standard input. An empty one is refused: a command that failed before a pipe must not forget a key. */
async function readSecret(name: string, stdin: World['stdin'], output: Output): Promise<string> {
  if (stdin.isTTY === true) output.note(`Type the value of ${name}, Enter, and Ctrl-D:`);
  const value = (await text(stdin)).trim();
  if (value !== '' && !/[\r\n]/.test(value)) return value;
  throw fail('usage', value === '' ? 'Nothing came on standard input.' : 'A secret is one line.', {
    where: name,
    cure: 'Give the secret alone on standard input. To forget one: --forget.',
  });
}

/** VALUE is JSON where it parses, else a string (settings.md). */
export function parsedValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function told(output: Output, entry: SettingEntry): void {
  output.record({ type: 'setting', ...entry });
  output.text(`${entry.key} is ${plain(entry.value)}${entry.changed ? '' : ', the default'}.`);
}
