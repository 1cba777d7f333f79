import type { Environment } from '../platform/paths.ts';

/** Secrets of other services: what we start has no business with them. */
const foreignSecret = /^(TUNNEL_TOKEN|FLOWDECK_\w*(?:SECRET|API_KEY|TOKEN))$/;

/** The environment of a program we start: ours without the secrets of others, and what the settings add. */
export function childEnvironment(env: Environment, added: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !foreignSecret.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), ...added };
}

/** Values in the settings' environment that are secrets by their names, so that they never show in a log. */
export function secretValues(added: Record<string, string>): string[] {
  return Object.entries(added)
    .filter(([name]) => /key|token|secret|pass/i.test(name))
    .map(([, value]) => value);
}
