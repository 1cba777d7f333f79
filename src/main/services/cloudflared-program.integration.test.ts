import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatedCloudflared } from '../../simulator/cloudflared/test-cloudflared.ts';
import { processStartTime } from '../platform/process-identity.ts';
import { installGuide, systemKind } from './cloudflared-guide.ts';
import { createProgramSearch, findCloudflared, likelyPlaces, readVersion } from './cloudflared-program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-cloudflared-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent' };

async function program(text: string, mode = 0o755): Promise<string> {
  const file = join(folder, 'cloudflared');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

describe('where cloudflared is', () => {
  it('is what the setting names, and nowhere else', async () => {
    const file = await program('#!/bin/sh\n');
    expect(await findCloudflared({ named: file, env: { PATH: '' } })).toEqual({ path: file });
    const missing = await findCloudflared({ named: join(folder, 'no'), env: { PATH: folder } });
    expect(missing).toMatchObject({ problem: { message: expect.stringContaining('tunnel.cloudflared') } });
  });

  it('is on PATH before the usual places; a folder or a file that may not be run is passed over', async () => {
    const file = await program('#!/bin/sh\n');
    expect(await findCloudflared({ named: null, env: { PATH: `relative:/no/such:${folder}` } })).toEqual({
      path: file,
    });
    await chmod(file, 0o644);
    const isProgram = async (place: string) => place === '/usr/local/bin/cloudflared';
    expect(
      await findCloudflared({ named: null, env: { PATH: folder }, platform: 'linux', isProgram }),
    ).toEqual({
      path: '/usr/local/bin/cloudflared',
    });
    await chmod(file, 0o644);
    expect(await findCloudflared({ named: folder, env: {} })).toHaveProperty('problem');
  });

  it.each([
    ['darwin', {}, '/opt/homebrew/bin/cloudflared'],
    ['linux', {}, '/usr/local/bin/cloudflared'],
    ['win32', { ProgramFiles: 'C:\\Program Files' }, 'C:\\Program Files\\cloudflared\\cloudflared.exe'],
    ['win32', { LOCALAPPDATA: 'C:\\L' }, 'C:\\L\\Microsoft\\WinGet\\Links\\cloudflared.exe'],
    ['win32', { Path: 'C:\\a;relative' }, 'C:\\a\\cloudflared.exe'],
  ] as const)('on %s with %j may be %s', (platform, given, place) => {
    expect(likelyPlaces(given, platform)).toContain(place);
    expect(likelyPlaces(given, platform).join()).not.toContain('relative');
  });

  it.each([
    ['macos', 'brew install cloudflared'],
    ['windows', 'winget install --id Cloudflare.cloudflared'],
    ['debian', 'sudo apt-get install cloudflared'],
  ] as const)('and when it is missing on %s, one is told what to type', async (system, command) => {
    const nowhere = { named: null, env: {}, isProgram: async () => false, system: async () => system };
    const found = await findCloudflared(nowhere);
    expect(found).toEqual({ problem: installGuide(system) });
    expect(installGuide(system).command).toContain(command);
    expect(installGuide('other')).toMatchObject({ cure: expect.stringContaining('https://') });
  });

  it('systems are told apart', async () => {
    const release = (text: string) => systemKind('linux', async () => text);
    expect(await release('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n')).toBe('debian');
    expect(await release('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe('debian');
    expect(await release('ID=fedora\nHOME_URL="https://debian.example"\n')).toBe('other');
    expect(await systemKind('darwin')).toBe('macos');
    expect(await systemKind('win32')).toBe('windows');
  });
});

describe('what it says of itself', () => {
  it('is its version', async () => {
    expect(await readVersion(simulatedCloudflared, env)).toEqual({ version: '2026.8.2' });
  });

  it('may be no version: then it is taken as it is', async () => {
    expect(await readVersion(await program('#!/bin/sh\necho cloudflared version DEV\n'), env)).toEqual({
      version: null,
    });
  });

  it('may be wrong use: a wrapper that only makes tunnels is tried', async () => {
    const file = await program('#!/bin/sh\necho what >&2; exit 3\n');
    expect(await readVersion(file, env)).toEqual({ version: null });
  });

  it.each([
    ['goes on itself', 'wait'],
    ['goes away at once', ''],
  ])(
    'may be another process that it starts, and %s: that is ended, and held up by nothing',
    async (_what, then) => {
      const note = join(folder, 'pid');
      const file = await program(`#!/bin/sh\nsleep 1000 &\necho $! > ${note}\n${then}\n`);
      expect(await readVersion(file, env, { limitMs: 3000 })).toEqual({ version: null });
      const pid = Number(await readFile(note, 'utf8'));
      const lives = (await processStartTime(pid)) !== null;
      if (lives) process.kill(pid, 'SIGKILL');
      expect(lives).toBe(false);
    },
  );

  it.each([
    ['no program', /is not cloudflared.*ended with 127/],
    ['#!/no/such/interpreter\n', /cannot be run \(ENOENT\)/],
  ])('%j is a problem', async (text, words) => {
    expect(await readVersion(await program(text), env)).toMatchObject({
      problem: { message: expect.stringMatching(words) },
    });
  });

  it('is asked once, by who starts it, and again when the file has changed', async () => {
    const counter = join(folder, 'asked');
    const script = (version: string) =>
      `#!/bin/sh\necho x >> ${counter}\necho "cloudflared version ${version}"\n`;
    const file = await program(script('2021.1.0'));
    const search = createProgramSearch({ env });
    expect(await search(file, { ask: false })).toEqual({ path: file, without: [] });
    await expect(readFile(counter)).rejects.toThrow('ENOENT');
    expect(await search(file, { ask: true })).toEqual({ path: file, without: ['edge-ip-version'] });
    expect(await search(file, { ask: true })).toEqual({ path: file, without: ['edge-ip-version'] });
    await program(`${script('2026.8.2')}\n`);
    expect(await search(file, { ask: true })).toEqual({ path: file, without: [] });
    expect(await readFile(counter, 'utf8')).toBe('x\nx\n');
  });
});
