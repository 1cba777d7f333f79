import { join } from 'node:path';
import { endWith, root } from './setup/basics.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';

// Everything that can befall G-Labs, the tunnel and the supervisor, against a run that goes on (CONTRIBUTING.md).

try {
  await ensureInstalled();
  const program = join(root, 'src/main/cli/testing/chaos/main.ts');
  process.exitCode = await handOver(ensureNode(), [program, ...process.argv.slice(2)]);
} catch (error) {
  endWith(error);
}
