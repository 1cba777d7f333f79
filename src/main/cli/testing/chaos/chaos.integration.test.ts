import { expect, it } from 'vitest';
import { runChaos } from './chaos.ts';
import { type EventKind, eventKinds } from './events.ts';

/** These take minutes, and another tunnel than Cloudflare gives in so short a time: for the long one (CONTRIBUTING.md). */
const forTheLongOne: readonly EventKind[] = ['hang-cloudflared', 'tunnel-dead'];
const kinds = eventKinds.filter((kind) => !forTheLongOne.includes(kind));

// Signals that stop a process, and the look at all processes, are as Linux has them.
it.skipIf(process.platform !== 'linux')(
  'whatever befalls G-Labs, the tunnel, the supervisor and the machine: the run is complete, and there is one of each',
  async () => {
    const report = await runChaos({
      seed: 11,
      events: kinds.length,
      kinds,
      pauses: 0.3,
      scenes: 6,
      latencyMs: 1200,
      speed: 8,
      server: 'tunnel',
      say: () => undefined,
    });
    expect(report.faults, report.lines.join('\n')).toEqual([]);
    expect(report.missed, report.lines.join('\n')).toBe(0);
    expect(new Set(Object.keys(report.struck))).toEqual(new Set(kinds));
    // Otherwise there was no chaos.
    expect(report.counts['backend.down']).toBeGreaterThan(0);
  },
  400_000,
);
