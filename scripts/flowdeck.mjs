import { join } from 'node:path';
import { endWith, root } from './setup/basics.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';

/** Commands that show the window need the built renderer; the others run from the sources. */
const needsBuild = ['serve'];

/**
 * The command line straight from a clone: sets up what is missing (words to standard error), then runs the
 * command on the pinned Node, or in this very process when this Node is new enough.
 * @param {string[]} args as after `flowdeck`
 */
export async function flowdeck(args) {
  try {
    await ensureInstalled();
    if (needsBuild.some((name) => args.includes(name)) && !args.includes('--help')) await ensureBuilt();
    const node = ensureNode();
    if (node === process.execPath) {
      const { main } = await import('../src/main/cli/main.ts');
      await main(args);
    } else {
      process.exitCode = await handOver(node, [join(root, 'src/main/cli/main.ts'), ...args]);
    }
  } catch (error) {
    endWith(error);
  }
}
