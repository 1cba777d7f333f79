import { describe, expect, it } from 'vitest';
import { BackendError, type BackendHealth } from '../backend/backend.ts';
import { createLosses } from './losses.ts';

const NOW = 1_000_000;

/** A backend that began so long ago; null: it does not say. It was not asked before. */
const losses = (uptimeS: number | null, health?: () => Promise<BackendHealth>) =>
  createLosses({
    backend: { health: health ?? (async () => ({ uptimeS }) as BackendHealth) },
    backendStart: () => null,
    clock: { sinceBoot: () => NOW },
    signal: new AbortController().signal,
  });

const order = (ago: number, backendStart: number | null = null) => ({ at: NOW - ago, backendStart });
const before = order(10_000);
const later = order(1000);

async function tries(of: ReturnType<typeof losses>, ordered: ReturnType<typeof order>): Promise<number> {
  let count = 0;
  while (await of.mayTryAgain(ordered)) count++;
  return count;
}

describe('what is lost', () => {
  it('by a backend that is well is bought again three times', async () => {
    expect(await tries(losses(3600), before)).toBe(3);
    expect(await tries(losses(null), before)).toBe(3);
  });

  it('with a backend that was restarted leaves that budget alone, and has an end all the same', async () => {
    expect(await tries(losses(5), before)).toBe(20);
    const gone = () =>
      Promise.reject(
        new BackendError({
          kind: 'unreachable',
          class: 'connection refused',
          arrived: 'no',
          message: '',
          cure: '',
        }),
      );
    expect(await tries(losses(null, gone), before)).toBe(20);
    const mixed = losses(5);
    for (let time = 0; time < 10; time++) expect(await mixed.mayTryAgain(before)).toBe(true);
    expect(await tries(mixed, later), 'ordered after the restart').toBe(3);
  });

  it('is told by the beginning of the backend, whose seconds may be whole ones', async () => {
    // Up for 0.9 s, told as 0: it began before what was ordered 0.5 s ago.
    expect(await tries(losses(0), order(500))).toBe(3);
    expect(await tries(losses(0), order(500, NOW - 900))).toBe(3);
    expect(await tries(losses(0), order(500, NOW - 60_000)), 'it ran for a minute by then').toBe(20);
  });
});
