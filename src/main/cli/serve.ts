import { Command } from 'commander';
import { systemClock } from '../platform/clock.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { tellInterrupted } from './interrupted.ts';
import { aborted } from './interruption.ts';
import { wholeNumber } from './values.ts';

interface ServeFlags {
  port?: number;
  host?: string;
  open: boolean;
}

/** `flowdeck serve`: the control room in a browser. Ends with 0 by Ctrl-C or SIGTERM (cli.md). */
export const addServe: AddCommand = (work) =>
  new Command('serve')
    .description('the control room in a browser; prints its address with the access token')
    .option(
      '--port <n>',
      'port to listen on, 0 for any free one; default: the first free from 8750 on',
      wholeNumber(0, 65_535),
    )
    .option('--host <addr>', 'address to bind; default: 127.0.0.1, this machine only')
    .option('--no-open', 'only print the address')
    .action((flags: ServeFlags, command: Command) =>
      work(command, async (session) => {
        const { output, world, flowdeck, interruption } = session;
        const { signal } = interruption();
        const { serve } = await import('../host/serve.ts');
        const opened = await flowdeck({ face: 'browser' });
        const stopNotices = opened.onNotice(({ title, body }) => output.text(`${title}: ${body}`));
        const served = await serve({
          flowdeck: opened,
          port: flags.port ?? null,
          open: flags.open && canShowBrowser(world.env, process.platform),
          ...(flags.host === undefined ? {} : { host: flags.host }),
        });
        for (const warning of served.warnings) output.note(warning);
        output.record({
          type: 'serving',
          url: served.url,
          origin: served.origin,
          port: served.port,
          pid: process.pid,
        });
        output.text(`The control room is at ${served.url}\nCtrl-C ends it.`);
        await tellInterrupted(session, opened, systemClock.now());
        await aborted(signal);
        stopNotices();
        await served.close();
        return exitCodes.done;
      }),
    );

/** Whether there is a person with a screen to open a browser for: not in CI, and not without a display. Pure. */
export function canShowBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (env.CI) return false;
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
