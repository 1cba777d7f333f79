import { flagsOf, type Place } from './flag-table.ts';

const places: Record<string, Place> = {
  'cloudflared tunnel run': 'run',
  'cloudflared tunnel ready': 'ready',
};

/** The help that follows a wrong flag: the shape of the real one, with the flags that are played. */
export function helpOf(command: string, version: string): string {
  const options = flagsOf(places[command] ?? 'tunnel', version).map((flag) => {
    const names = [flag.name, ...flag.aliases]
      .map((name) => (name.length === 1 ? `-${name}` : `--${name}`))
      .join(', ');
    return `   ${names}${flag.isSwitch ? '' : ' value'}${flag.env === null ? '' : ` [$${flag.env}]`}\n`;
  });
  return `NAME:\n   ${command}\n\nUSAGE:\n   ${command} [options]\n\nOPTIONS:\n${options.join('')}`;
}
