import { join } from 'node:path';
import { endWith, root } from './setup/basics.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';

// Hundreds of saves, wipes, versions and restores of one workflow; then every earlier content must come back (CONTRIBUTING.md).

try {
  await ensureInstalled();
  const program = join(root, 'src/main/app/history/testing/any-state-main.ts');
  process.exitCode = await handOver(ensureNode(), [program, ...process.argv.slice(2)]);
} catch (error) {
  endWith(error);
}
