import { describe, expect, it } from 'vitest';
import {
  cloudflaredCommand,
  cloudflaredEnvironment,
  flagsMissingIn,
  type TunnelLaunch,
} from './cloudflared-command.ts';

const launch: TunnelLaunch = {
  mode: 'quick',
  program: '/usr/bin/cloudflared',
  originUrl: 'http://127.0.0.1:8765',
  failedStarts: 0,
  configFile: '/data/cloudflared/quick.yml',
  without: [],
  token: null,
};
const line = (more: Partial<TunnelLaunch> = {}) =>
  cloudflaredCommand({ ...launch, ...more }, {}).args.join(' ');

describe('the command line', () => {
  it('is the one that was tried', () => {
    expect(line()).toBe(
      'tunnel --config /data/cloudflared/quick.yml --no-autoupdate --protocol http2 --metrics 127.0.0.1:0 --grace-period 5s --retries 2 --url http://127.0.0.1:8765',
    );
  });

  it('tries quic on the second start and IPv4 from the third on', () => {
    const tries = [0, 1, 2, 3].map((failedStarts) => line({ failedStarts }));
    expect(tries.map((each) => /--protocol (\w+)/.exec(each)?.[1])).toEqual([
      'http2',
      'quic',
      'http2',
      'quic',
    ]);
    expect(tries.map((each) => each.includes('--edge-ip-version 4'))).toEqual([false, false, true, true]);
  });

  it('leaves out, with its value, what the binary does not know', () => {
    expect(line({ without: ['retries', 'no-autoupdate'] })).not.toMatch(/retries|autoupdate| 2 /);
  });

  it('of a named tunnel has neither an address nor the token', () => {
    const command = cloudflaredCommand({ ...launch, mode: 'named', token: 'secret-token' }, {});
    expect(command.args.at(-1)).toBe('run');
    expect(command.args.join(' ')).not.toMatch(/secret-token|--url/);
    expect(command.env.TUNNEL_TOKEN).toBe('secret-token');
  });
});

it('no variable of cloudflared leaks in, nor a secret of ours', () => {
  const env = {
    PATH: '/bin',
    TUNNEL_URL: 'http://elsewhere',
    tunnel_token: 'x',
    NO_AUTOUPDATE: '1',
    FLOWDECK_REVIEW_API_KEY: 'y',
    GLABS_API_KEY: 'z',
  };
  expect(cloudflaredEnvironment(env)).toEqual({ PATH: '/bin' });
});

it('a flag that came with 2022.7 is not given to older ones', () => {
  expect(flagsMissingIn('2022.6.3')).toEqual(['edge-ip-version']);
  expect(flagsMissingIn('2022.10.1')).toEqual([]);
  expect(flagsMissingIn('2026.8.2')).toEqual([]);
  expect(flagsMissingIn(null)).toEqual([]);
});
