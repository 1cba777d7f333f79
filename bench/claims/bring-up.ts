import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  quickTunnelArgs,
  startCloudflared,
  startEdge,
} from '../../src/simulator/cloudflared/test-cloudflared.ts';
import { type Claim, figure } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { BringUpResult } from '../workers/bring-up-result.ts';

/** How long the two programs take by themselves, one after the other, nobody supervising. */
async function bareOnce(env: Record<string, string>): Promise<number> {
  const began = performance.now();
  const simulator = await startSimulator([]);
  const cloudflared = startCloudflared(quickTunnelArgs(simulator.url), env);
  try {
    await cloudflared.said(/Registered tunnel connection/);
    return performance.now() - began;
  } finally {
    await cloudflared.stop();
    await simulator.end();
  }
}

/** From one click to an address that works. */
export const bringUpClaim: Claim = {
  name: 'bring-up',
  async measure({ runs, scratch, say }) {
    // At the pace of life: the simulated Cloudflare gives an address and a connection without a pause of its own.
    const edge = await startEdge({ speed: 1 });
    const env = edge.env();
    const bare: number[] = [];
    const whole: BringUpResult[] = [];
    try {
      // The first start of cloudflared fills the compile cache.
      await bareOnce(env);
      // In turns, so that a busy minute of the machine hits both.
      for (let run = 1; run <= runs; run++) {
        say(`run ${run} of ${runs}`);
        bare.push(await bareOnce(env));
        const dataDir = await mkdtemp(join(scratch, 'bring-up-'));
        whole.push(await work('bring-up.ts', { dataDir, edge: edge.url, env }, BringUpResult));
      }
    } finally {
      await edge.stop();
    }
    const of = (value: (result: BringUpResult) => number) => whole.map(value);
    return {
      name: 'bring-up',
      title: 'From Start to a verified tunnel',
      how: 'The whole Flowdeck on an empty data folder starts G-Labs, then the tunnel, as `flowdeck up` and Start all do; both are the simulators, as processes of their own. Counted until G-Labs answered through the public address. Beside it the same two programs, one after the other, until they say that they listen and are connected.',
      figures: [
        figure(
          'from Start to the verified tunnel',
          'ms',
          of(({ verifiedMs }) => verifiedMs),
          3000,
        ),
        figure(
          'of it until G-Labs is healthy',
          'ms',
          of(({ healthyMs }) => healthyMs),
        ),
        figure('the two programs by themselves', 'ms', bare),
        figure(
          'the whole against the two programs, each pair of runs',
          '×',
          of(({ verifiedMs }) => verifiedMs).map((ms, i) => ms / (bare[i] ?? Number.NaN)),
        ),
        figure(
          'processor time of Flowdeck',
          'ms',
          of(({ cpuMs }) => cpuMs),
        ),
      ],
      tables: [],
      notes: [
        'Against the real Cloudflare a new name is left alone for 5 s first (docs/tunnel.md); the simulated one is asked by `tunnel.probeOrigin`, where no name is looked up.',
      ],
    };
  },
};
