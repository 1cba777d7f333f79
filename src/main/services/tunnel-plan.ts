import type { Problem } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ProgramFound } from './cloudflared-program.ts';
import { isLoopback } from './glabs-plan.ts';
import type { TunnelPlan } from './tunnel-state.ts';
import { problems } from './tunnel-words.ts';

type PlanSettings = Pick<
  Settings,
  'tunnel.mode' | 'tunnel.publicUrl' | 'tunnel.probeOrigin' | 'glabs.healthPaths'
>;

/** Pure: what Start means by these settings. `program` null: it is not needed in this mode, or not looked for yet. */
export function planTunnel(
  settings: PlanSettings,
  known: { originUrl: string; hasToken: boolean; program: ProgramFound | null },
): TunnelPlan {
  const { program } = known;
  const found = program !== null && 'path' in program ? program : null;
  const mode = settings['tunnel.mode'];
  return {
    mode,
    program: found?.path ?? '',
    without: found?.without ?? [],
    originUrl: bare(known.originUrl),
    publicUrl: mode === 'named' || mode === 'url' ? bareOrNull(settings['tunnel.publicUrl']) : null,
    probeOrigin: bareOrNull(settings['tunnel.probeOrigin']),
    healthPaths: settings['glabs.healthPaths'],
    problem: inTheWay(settings, known),
  };
}

/** Whether cloudflared is run in this mode at all. */
export const needsProgram = (mode: TunnelPlan['mode']): boolean => mode === 'quick' || mode === 'named';

/** Probes that stay on this machine need no network. */
export const needsNetwork = ({ probeOrigin }: TunnelPlan): boolean =>
  probeOrigin === null || !isLoopback(probeOrigin);

function inTheWay(
  settings: PlanSettings,
  { hasToken, program }: { hasToken: boolean; program: ProgramFound | null },
): Problem | null {
  const mode = settings['tunnel.mode'];
  if (mode === 'none') return problems.noTunnel();
  if (mode !== 'quick' && settings['tunnel.publicUrl'] === null) return problems.noPublicUrl(mode);
  if (mode === 'named' && !hasToken) return problems.noToken();
  return needsProgram(mode) && program !== null && 'problem' in program ? program.problem : null;
}

const bare = (url: string): string => url.replace(/\/+$/, '');
const bareOrNull = (url: string | null): string | null => (url === null ? null : bare(url));
