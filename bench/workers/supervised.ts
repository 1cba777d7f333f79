import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Flowdeck, openFlowdeck } from '../../src/main/app/flowdeck.ts';
import type { Services } from '../../src/main/app/services.ts';
import { type Clock, systemClock } from '../../src/main/platform/clock.ts';
import type { ServiceView } from '../../src/shared/services.ts';
import { simulatedCloudflared } from '../../src/simulator/cloudflared/test-cloudflared.ts';

export interface Supervised {
  flowdeck: Flowdeck;
  services: Services;
  /** Milliseconds (performance.now) at which a listener, as the window is one, first heard of such a service. */
  heard(name: 'glabs' | 'tunnel', holds: (view: Omit<ServiceView, 'log'>) => boolean): Promise<number>;
}

/**
 * The whole Flowdeck on an empty data folder, nothing started yet. Its G-Labs is the demo, which ends with us even if
 * we are killed, on a free port; its cloudflared the simulated one, of the edge that `env` names.
 */
export async function openSupervised(
  dataDir: string,
  options: { env?: Record<string, string>; edge?: string; clock?: Clock } = {},
): Promise<Supervised> {
  const { env = {}, edge, clock = systemClock } = options;
  const settings = {
    'glabs.url': `http://127.0.0.1:${await freePort()}`,
    'glabs.command': 'demo',
    'tunnel.cloudflared': simulatedCloudflared,
    ...(edge === undefined ? {} : { 'tunnel.probeOrigin': edge }),
  };
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
  // A home of its own: a configuration of cloudflared that happens to be here must not count.
  const flowdeck = await openFlowdeck({
    face: 'test',
    env: { PATH: process.env.PATH, HOME: dataDir, ...env },
    dataDir,
    clock,
  });
  const services = await flowdeck.services();
  return {
    flowdeck,
    services,
    heard: (name, holds) =>
      new Promise((resolve) => {
        const stop = services.subscribe(({ service }) => {
          if (service.name !== name || !holds(service)) return;
          stop();
          resolve(performance.now());
        });
      }),
  };
}

/** Processor time of this process since `before`, all threads, in milliseconds. */
export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('The system gave no port.');
  return address.port;
}
