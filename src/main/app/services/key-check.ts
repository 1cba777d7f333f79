import type { Problem } from '../../../shared/services.ts';
import type { Settings } from '../../../shared/settings.ts';
import { BackendError } from '../../backend/backend.ts';
import { createGlabsBackend } from '../../backend/glabs.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Secrets } from '../../platform/secrets.ts';

interface KeyCheckParts {
  settings: { all(): Settings };
  secrets: Pick<Secrets, 'get'>;
  clock: Clock;
}

/**
 * Asks the G-Labs at an address, at no cost, whether it takes our key: why not, or null, also when nobody can tell.
 * That G-Labs does not answer is for its supervision to see.
 */
export function createKeyCheck({ settings, secrets, clock }: KeyCheckParts) {
  return async (url: string, signal: AbortSignal): Promise<Problem | null> => {
    const all = settings.all();
    const backend = createGlabsBackend({
      server: url,
      apiKey: await secrets.get('glabs.apiKey'),
      authHeader: all['glabs.authHeader'],
      healthPaths: all['glabs.healthPaths'],
      clock,
    });
    try {
      await backend.checkKey(signal);
      return null;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BackendError)) throw error;
      const refused = error.kind === 'refused' || error.kind === 'quota';
      return refused ? { message: error.message, cure: error.cure } : null;
    } finally {
      backend.close();
    }
  };
}
