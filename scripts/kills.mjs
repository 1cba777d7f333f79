import { join } from 'node:path';
import { endWith, root } from './setup/basics.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';

// kill -9 at any moment of a run, again and again: what was paid for is used, and nothing is paid for twice (CONTRIBUTING.md).

try {
  await ensureInstalled();
  const program = join(root, 'src/main/cli/testing/kills/main.ts');
  process.exitCode = await handOver(ensureNode(), [program, ...process.argv.slice(2)]);
} catch (error) {
  endWith(error);
}
