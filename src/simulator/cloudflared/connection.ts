import type { Registered } from './edge-client.ts';
import type { Refusal } from './edge-protocol.ts';
import type { Entry } from './log.ts';
import * as say from './messages.ts';
import { times } from './scenarios.ts';
import type { Protocol } from './settings.ts';

export interface ConnectionDeps {
  connIndex: number;
  protocol: Protocol;
  retries: number;
  log(entry: Entry): void;
  dial(protocol: 'quic' | 'http2'): Promise<Registered | { type: Refusal }>;
  /** Waits that long in the time of the scenario; rejects when the process is to end. */
  wait(ms: number): Promise<void>;
  ending(): boolean;
  up(connection: Registered): void;
  down(connection: Registered): void;
  /** A number in [0, 1). */
  draw(): number;
}

/** Dials over quic that fail before `auto` takes http2 (B3 of the reference). */
const quicDials = 9;
const longestRetryMs = 64_000;

/**
 * Keeps one connection of a tunnel to the edge, for ever: dials, waits longer after each failure, and dials anew when
 * it is lost. Returns when the process ends.
 */
export async function keepConnection(deps: ConnectionDeps): Promise<void> {
  const { connIndex, log, wait } = deps;
  let protocol: 'quic' | 'http2' = deps.protocol === 'http2' ? 'http2' : 'quic';
  let failures = 0;
  while (!deps.ending()) {
    log(say.dialling(connIndex));
    const dialled = await deps.dial(protocol);
    if (deps.ending()) return dialled.type === 'registered' ? dialled.end() : undefined;
    if (dialled.type === 'registered') {
      failures = 0;
      await lasts(deps, dialled, protocol);
      continue;
    }
    failures += 1;
    if (dialled.type === 'unauthorized') {
      log(say.unauthorized);
      await wait(supervisorGap(failures, deps.retries) * deps.draw());
      continue;
    }
    if (dialled.type === 'refused') for (const entry of say.refused(connIndex)) log(entry);
    else {
      await wait(times.quicDial);
      log(say.vanished(connIndex));
    }
    if (deps.protocol === 'auto' && protocol === 'quic' && failures >= quicDials) {
      for (const entry of say.fallback(connIndex)) log(entry);
      protocol = 'http2';
      continue;
    }
    const upTo = retryMs(failures);
    log(say.retrying(connIndex, upTo));
    await wait(upTo * deps.draw());
  }
}

/** A connection from its registration until it is lost, and the pause after that. */
async function lasts(
  deps: ConnectionDeps,
  connection: Registered,
  protocol: 'quic' | 'http2',
): Promise<void> {
  const { connIndex, log, wait } = deps;
  log(
    say.registered(connIndex, { protocol, connection: connection.connection, location: connection.location }),
  );
  deps.up(connection);
  await connection.over;
  deps.down(connection);
  if (deps.ending()) return;
  for (const entry of say.lost(connIndex)) log(entry);
  log(say.retrying(connIndex, 1000));
  await wait(1000 * deps.draw());
  log(say.terminated(connIndex));
  await wait(supervisorGap(1, deps.retries) * deps.draw());
}

/** The longest pause after so many dials that failed: 2 s, 4 s … 64 s. */
export const retryMs = (failures: number): number => Math.min(1000 * 2 ** failures, longestRetryMs);

/** The longest pause before a lost connection is set up anew: 10 s, doubling up to what `--retries` allows (B6). */
export const supervisorGap = (failures: number, retries: number): number =>
  10_000 * 2 ** Math.min(failures - 1, retries);
