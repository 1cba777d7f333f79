import { z } from 'zod';
import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import type { AnnounceResult } from './announce-result.ts';

// A Flowdeck starts on a data folder in which a run was interrupted; when a window hears of it.

const { dataDir } = z.object({ dataDir: z.string() }).parse(JSON.parse(process.argv[2] ?? ''));
const flowdeck = await openFlowdeck({ face: 'browser', env: {}, dataDir });
try {
  const client = await flowdeck.client();
  for await (const message of await client.recovery.watch()) {
    if (!JSON.stringify(message).includes('"interruptedAt"')) continue;
    // Since the process began.
    const result: AnnounceResult = { toldMs: performance.now() };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    break;
  }
} finally {
  await flowdeck.close();
}
