import { fail } from '../../shared/failure.ts';
import { TUNNEL } from './run-tunnel.ts';

export interface ServerChoice {
  /** `--server` of this run, or undefined. */
  asked: string | undefined;
  /** `runner.server`. */
  setting: string;
  /** Address of the G-Labs that a live Flowdeck supervises, if one does. */
  supervised: string | null;
  /** `glabs.url`. */
  configured: string;
}

/**
 * Base URL of the backend a run uses, without a trailing slash, or `tunnel` (cli.md, `--server`): what this run asks
 * for, else the setting, which usually means the supervised G-Labs, else the configured one. Pure; throws `usage`.
 */
export function chooseServer({ asked, setting, supervised, configured }: ServerChoice): string {
  const wanted = asked ?? setting;
  if (wanted === 'local') return bare(supervised ?? configured);
  if (wanted === TUNNEL) return TUNNEL;
  if (!/^https?:\/\//i.test(wanted) || !URL.canParse(wanted)) {
    throw fail('usage', `${wanted} is not an address of a server.`, {
      where: asked === undefined ? 'runner.server' : '--server',
      cure: 'Give an http or https address such as http://127.0.0.1:8765, or: local, tunnel.',
    });
  }
  return bare(wanted);
}

const bare = (address: string) => address.replace(/\/+$/, '');
