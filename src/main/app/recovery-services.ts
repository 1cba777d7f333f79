import type { MovingServer } from '../backend/address.ts';
import { type Backend, BackendError } from '../backend/backend.ts';
import type { ServiceEvidence } from '../recovery/evidence.ts';
import { TUNNEL } from './run-tunnel.ts';

const UP: ServiceEvidence = { state: 'up', address: null, message: null, cure: null };

/** Whether the G-Labs a run goes to is there and takes our key. Rejects only when the signal is aborted. */
export async function backendEvidence(backend: Backend, signal: AbortSignal): Promise<ServiceEvidence> {
  try {
    const { demo } = await backend.health(signal);
    await backend.checkKey(signal);
    return { ...UP, address: backend.server, demo };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BackendError)) throw error;
    return {
      state: error.kind === 'refused' || error.kind === 'quota' ? 'refused' : 'down',
      address: backend.server,
      message: error.message,
      cure: error.cure,
    };
  }
}

/** Whether the tunnel has an address that leads here, for a run that goes through it. */
export async function tunnelEvidence(server: string, tunnel: MovingServer): Promise<ServiceEvidence> {
  if (server !== TUNNEL) return { ...UP, state: 'unused' };
  const found = await tunnel.find();
  return found.server === null
    ? { state: 'down', address: null, message: found.message, cure: found.cure }
    : { ...UP, address: found.server };
}
