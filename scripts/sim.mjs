import { join } from 'node:path';
import { endWith, root } from './setup/basics.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';

// The runner in a world of its own, killed at any moment, by thousands of seeds (CONTRIBUTING.md).

try {
  await ensureInstalled();
  const program = join(root, 'src/main/runner/testing/sim/main.ts');
  process.exitCode = await handOver(ensureNode(), [program, ...process.argv.slice(2)]);
} catch (error) {
  endWith(error);
}
