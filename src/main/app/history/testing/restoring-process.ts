import { openFlowdeck } from '../../flowdeck.ts';

/**
 * For tests only: a process that puts one backup back, then the other, and so on until it is killed. It says a line
 * after each. Arguments: data folder, workflow, the two ids.
 */
const [dataDir = '', file = '', ...ids] = process.argv.slice(2);
const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir });
for (;;) {
  for (const entry of ids) {
    await flowdeck.history.restore(file, { entry });
    process.stdout.write(`${entry}\n`);
  }
}
