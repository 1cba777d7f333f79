import { type Settings, settingSchemas } from '../../shared/settings.ts';

/** What starting G-Labs means by the settings of this moment. */
export interface GlabsPlan {
  /** Base URL without a trailing slash. */
  url: string;
  /** `none`: only adopt. */
  launch: 'command' | 'demo' | 'none';
  startupTimeoutMs: number;
}

const defaultUrl = settingSchemas['glabs.url'].parse(undefined);

/**
 * The configured command; or the demo, but only for who asked for it or has no backend at all (behaviour.md §10):
 * with an address of one's own, a key, or a real G-Labs seen there before, a backend that is down is down.
 */
export function planGlabs(
  settings: Pick<Settings, 'glabs.url' | 'glabs.command' | 'glabs.startupTimeoutS'>,
  evidence: { hasKey: boolean; realSeenAt: string | null },
): GlabsPlan {
  const url = settings['glabs.url'].replace(/\/+$/, '');
  const command = settings['glabs.command'];
  const here = isLoopback(url);
  const ownBackend = url !== defaultUrl || evidence.hasKey || evidence.realSeenAt === url;
  const launch =
    command !== null && command !== 'demo'
      ? 'command'
      : here && (command === 'demo' || !ownBackend)
        ? 'demo'
        : 'none';
  return { url, launch, startupTimeoutMs: settings['glabs.startupTimeoutS'] * 1000 };
}

/** An address of this very machine, where alone we can start something. */
export function isLoopback(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(hostname);
}

/** The TCP port of an address. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
