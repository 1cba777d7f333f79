import { describe, expect, it } from 'vitest';
import { keepConnection, retryMs, supervisorGap } from './connection.ts';
import type { Registered } from './edge-client.ts';
import type { Refusal } from './edge-protocol.ts';
import type { Protocol } from './settings.ts';

/** Keeps a connection against what the edge answers in turn; ends with the last answer. Waits take no time. */
async function keep(answers: (Refusal | 'registered')[], protocol: Protocol) {
  const dials: string[] = [];
  const waits: number[] = [];
  const said: string[] = [];
  let up = 0;
  const rest = [...answers];
  await keepConnection({
    ...{ connIndex: 0, protocol, retries: 2, draw: () => 1, ending: () => rest.length === 0 },
    log: (entry) => said.push(entry.message),
    dial: async (over): Promise<Registered | { type: Refusal }> => {
      dials.push(over);
      const type = rest.shift();
      if (type !== 'registered') return { type: type ?? 'refused' };
      return { type, connection: 'id', location: 'lhr01', over: Promise.resolve(), end: () => undefined };
    },
    wait: async (ms) => {
      waits.push(ms);
    },
    up: () => {
      up += 1;
    },
    down: () => {
      up -= 1;
    },
  });
  return { dials, waits, said, up };
}

describe('a connection', () => {
  it('is tried again after 2, 4, 8 … and at most 64 seconds', async () => {
    const { waits } = await keep(Array(8).fill('refused'), 'http2');
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000]);
    expect(retryMs(50)).toBe(64_000);
  });

  it('begins anew with short waits once it has been there', async () => {
    const { waits, up } = await keep(['refused', 'refused', 'registered', 'refused', 'refused'], 'http2');
    expect(waits).toEqual([2000, 4000, 1000, 10_000, 2000]);
    expect(up).toBe(0);
  });

  it('over quic is waited for; it takes http2 after nine dials, and only with auto', async () => {
    const dials = (protocol: Protocol) =>
      keep(Array(11).fill('vanished'), protocol).then((kept) => kept.dials);
    expect(await dials('auto')).toEqual([...Array(9).fill('quic'), 'http2', 'http2']);
    expect(await dials('quic')).toEqual(Array(11).fill('quic'));
  });

  it('that is not known any more is tried at growing gaps, up to what the retries allow', async () => {
    const { waits, said } = await keep(Array(6).fill('unauthorized'), 'http2');
    expect(waits).toEqual([10_000, 20_000, 40_000, 40_000, 40_000]);
    expect(said.filter((line) => line === 'failed to serve incoming request')).toHaveLength(5);
    expect(supervisorGap(9, 1)).toBe(20_000);
  });
});
