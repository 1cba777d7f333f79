import { join } from 'node:path';
import { endWith, root } from './setup/basics.mjs';
import { ensureBrowser } from './setup/browser.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';

// npm run bench: the measured claims (bench/main.ts), as a table and as JSON in bench/results.

try {
  await ensureInstalled();
  await ensureBuilt();
  const env = { ...process.env, FLOWDECK_TEST_BROWSER: await ensureBrowser() };
  process.exitCode = await handOver(ensureNode(), [join(root, 'bench/main.ts'), ...process.argv.slice(2)], {
    env,
  });
} catch (error) {
  endWith(error);
}
