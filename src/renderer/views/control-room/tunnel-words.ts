import type { TunnelFacts, TunnelStage } from '../../../shared/services.ts';

/** The tunnel in sentences. Pure. */

/** What each mode is (settings.md). */
export const modeWords: Record<TunnelFacts['mode'], string> = {
  quick: 'quick: a new address at each start',
  named: 'named: the address of your own tunnel',
  url: 'an address of your own',
  none: 'none',
};

/** What a tunnel on its way waits for, and what the others are about; null where its problem says it. */
export function stageWords({ mode, stage }: Pick<TunnelFacts, 'mode' | 'stage'>): string | null {
  if (mode === 'url' && stage !== 'stopped') return ownAddressWords[stage] ?? null;
  return stages[stage] ?? null;
}

const stages: Partial<Record<TunnelStage, string>> = {
  spawning: 'Starting cloudflared and waiting for its address.',
  'url-assigned': 'There is an address. Waiting for Cloudflare to accept the connection.',
  registered: 'Cloudflare has accepted the connection. Waiting for the address to be known everywhere.',
  settling: 'Checking the address from outside.',
  verified: 'G-Labs answers at this address from outside.',
  degraded: 'The address no longer answers from outside. It is restarted when it does not come back.',
  restarting: 'The old tunnel is ended and a new one started.',
  backoff: 'Cloudflare takes only so many new tunnels, so the next try has to wait.',
};

const ownAddressWords: Partial<Record<TunnelStage, string>> = {
  ...Object.fromEntries(
    (['spawning', 'url-assigned', 'registered', 'settling'] as const).map((stage) => [
      stage,
      'Checking the address from outside.',
    ]),
  ),
  verified: 'G-Labs answers at this address from outside.',
  degraded: 'The address no longer answers from outside. It is asked again by itself.',
  backoff: 'The address does not answer from outside. It is asked again by itself.',
};
