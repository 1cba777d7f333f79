import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../src/main/cli/program.ts';
import { settingKeys, settingSchemas } from '../src/shared/settings.ts';
import { commandLinePage } from './docs/command-line.mjs';
import { settingsPage } from './docs/settings.mjs';
import { root, say } from './setup/basics.mjs';

// npm run docs: writes docs/cli.md and docs/settings.md from the commands and the schema; with --check only says
// whether they are fresh. Runs on the pinned Node: it reads the TypeScript sources.

const nowhere = { out: () => undefined, err: () => undefined };
const pages = {
  'docs/cli.md': commandLinePage(createProgram('', () => Promise.resolve(), nowhere)),
  'docs/settings.md': settingsPage(settingKeys.map((key) => [key, settingSchemas[key]])),
};

const stale = Object.entries(pages).filter(([file, text]) => {
  const path = join(root, file);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
});
if (process.argv.includes('--check')) {
  for (const [file] of stale) say(`${file} is not what the source says now. Write it with: npm run docs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) writeFileSync(join(root, file), text);
  say(stale.length > 0 ? `Written: ${stale.map(([file]) => file).join(', ')}.` : 'The docs are fresh.');
}
