import { parseArgs } from 'node:util';
import { toFailure } from '../../shared/failure.ts';
import { openFlowdeck } from '../app/flowdeck.ts';
import { serve } from './serve.ts';

/**
 * The browser face as a process of its own, started by `npm start`: `--data-dir DIR`, `--port N`, `--host ADDR`,
 * `--no-open`. Ends with 0 on SIGINT and SIGTERM, after what it started has been stopped.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      open: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const stop = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.resolve());

  const flowdeck = await openFlowdeck({
    face: 'browser',
    env: process.env,
    ...(values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }),
  });
  try {
    const served = await serve({
      flowdeck,
      port: values.port === undefined ? null : Number(values.port),
      ...(values.host === undefined ? {} : { host: values.host }),
      open: values.open,
    });
    for (const words of [...flowdeck.warnings(), ...served.warnings]) process.stderr.write(`${words}\n`);
    process.stdout.write(`Flowdeck is at ${served.url}\n`);
    await stop.promise;
    await served.close();
  } finally {
    await flowdeck.close();
  }
}

if (import.meta.main) {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      const { code, message, where, cure } = toFailure(error);
      process.stderr.write(`${[message, where, cure].filter(Boolean).join('\n  ')}\n`);
      process.exit(code === 'usage' || code === 'folder' ? 2 : 1);
    },
  );
}
