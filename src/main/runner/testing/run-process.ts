import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RunOptions } from '../../../shared/domain.ts';
import type { RunEvent } from '../../../shared/run-events.ts';
import type { LeftBench } from '../test-support.ts';

/** For tests only: a run in a process of its own, to be killed. */

const of = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const program = `
  import { openBench } from ${of('../test-support.ts')};
  import { RunOptions } from ${of('../../../shared/domain.ts')};
  const [server, more] = process.argv.slice(1);
  const { folder, workflow, runner } = await openBench({ server });
  const tell = (line) => process.stdout.write(JSON.stringify(line) + String.fromCharCode(10));
  tell({ folder, workflow });
  const handle = await runner.start(workflow, RunOptions.parse({ pollMs: 100, ...JSON.parse(more) }));
  handle.onEvent(tell);
`;

export async function startBenchProcess(server: string, more: Partial<RunOptions> = {}) {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', program, server, JSON.stringify(more)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the process of the run ended');
    return value;
  };
  const left: LeftBench = JSON.parse(await next());
  return {
    left,
    /** Resolves when an event fits. */
    until: async (fits: (event: RunEvent) => boolean): Promise<void> => {
      while (!fits(JSON.parse(await next())));
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
