import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  groupRuns,
  listeningInodes,
  type ProcessProbe,
  portOwner,
  processCommand,
  processStartTime,
  stillRuns,
  systemProcessProbe,
} from './process-identity.ts';

/** A system that knows only what it is told. */
function recorded(platform: NodeJS.Platform, answers: Record<string, string>): ProcessProbe {
  const missing = async () => {
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  };
  return {
    platform,
    readdir: async () => [],
    readlink: missing,
    readFile: async (file) => answers[file] ?? missing(),
    run: async (program, args) => answers[[program, ...args].join(' ')] ?? answers[program] ?? '',
  };
}

describe('the start time of a process', () => {
  it('is the same at every look, and is gone with the process', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = child.pid ?? 0;
    const startTime = await processStartTime(pid);
    expect(startTime).toMatch(/\S/);
    expect(await processStartTime(pid)).toBe(startTime);
    expect(await stillRuns({ pid, startTime })).toBe(true);
    expect(await stillRuns({ pid, startTime: 'another' })).toBe(false);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await processStartTime(pid)).toBeNull();
    expect(await stillRuns({ pid, startTime })).toBe(false);
  });

  it('is read behind a program name with spaces and brackets, and a zombie has none', async () => {
    const stat = (state: string) =>
      `42 (we) ird (x)) ${state} ${Array.from({ length: 18 }, (_, i) => i).join(' ')} 7777 0 0`;
    const probe = recorded('linux', {
      '/proc/42/stat': stat('S'),
      '/proc/sys/kernel/random/boot_id': 'b00t\n',
    });
    expect(await processStartTime(42, probe)).toBe('b00t:7777');
    expect(await processStartTime(42, recorded('linux', { '/proc/42/stat': stat('Z') }))).toBeNull();
    expect(await processStartTime(43, probe)).toBeNull();
    expect(await processStartTime(-1, probe)).toBeNull();
  });

  it('comes from ps on macOS and from PowerShell on Windows', async () => {
    const mac = recorded('darwin', { 'ps -o lstart= -p 42': 'Mon Nov  2 10:00:00 2026\n' });
    expect(await processStartTime(42, mac)).toBe('Mon Nov  2 10:00:00 2026');
    expect(await processStartTime(43, mac)).toBeNull();
    expect(
      await processStartTime(42, recorded('win32', { 'powershell.exe': '134000000000000000\r\n' })),
    ).toBe('134000000000000000');
  });
});

describe('a group of processes', () => {
  it('runs as long as one of it does, and not when all that is left has ended', async () => {
    const stat = (pid: number, state: string, group: number) => ({
      [`/proc/${pid}/stat`]: `${pid} (a) b) ${state} 1 ${group} 7 0`,
    });
    const machine = (...stats: Record<string, string>[]) => ({
      ...recorded('linux', Object.assign({}, ...stats)),
      readdir: async () => ['1', '50', '51', 'self'],
    });
    expect(await groupRuns(50, machine(stat(50, 'Z', 50), stat(51, 'S', 50)))).toBe(true);
    expect(await groupRuns(50, machine(stat(50, 'Z', 50), stat(51, 'Z', 50)))).toBe(false);
    expect(await groupRuns(50, machine(stat(1, 'S', 1), stat(51, 'S', 51)))).toBe(false);
    expect(await groupRuns(50, recorded('darwin', {}))).toBe(true);
    expect(await groupRuns(process.pid)).toBe(
      (await readFile('/proc/self/stat', 'utf8')).split(' ')[4] === String(process.pid),
    );
  });
});

describe('the program of a process', () => {
  it('is the interpreter of a script, and nothing of its arguments', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--token=abcdef']);
    const pid = child.pid ?? 0;
    expect(await processCommand(pid)).toBe(await realpath(process.execPath));
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await processCommand(pid)).toBeNull();
  });

  it('stays the same when its file was replaced, and is the short name where the file may not be seen', async () => {
    const linux = { ...recorded('linux', {}), readlink: async () => '/opt/G Labs/glabs (deleted)' };
    expect(await processCommand(42, linux)).toBe('/opt/G Labs/glabs');
    expect(await processCommand(42, recorded('linux', { '/proc/42/comm': 'glabs\n' }))).toBe('glabs');
    expect(await processCommand(0, linux)).toBeNull();
  });

  it('comes from ps on macOS and from PowerShell on Windows', async () => {
    const mac = recorded('darwin', { 'ps -o comm= -p 42': '/usr/local/bin/cloudflared\n' });
    expect(await processCommand(42, mac)).toBe('/usr/local/bin/cloudflared');
    expect(await processCommand(43, mac)).toBeNull();
    const windows = recorded('win32', { 'powershell.exe': 'C:\\G-Labs\\G-Labs.exe\r\n' });
    expect(await processCommand(42, windows)).toBe('C:\\G-Labs\\G-Labs.exe');
  });
});

describe('the owner of a port', () => {
  it('is the process that listens there, of both kinds of addresses', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer().listen(0, host);
      try {
        await once(server, 'listening');
      } catch (error) {
        if (host === '::1') continue;
        throw error;
      }
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      expect(await portOwner(port, systemProcessProbe)).toMatchObject({
        pid: process.pid,
        program: expect.stringMatching(/node/),
      });
      server.close();
      await once(server, 'close');
      expect(await portOwner(port)).toBeNull();
    }
  });

  it('is not found in connections, nor on a port that only ends alike', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1',
      '   1: 0100007F:223D 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 222 1',
      '   2: 0100007F:1223 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1',
    ].join('\n');
    expect(listeningInodes(table, 8765)).toEqual(['111']);
  });

  it('comes from lsof on macOS and from netstat on Windows', async () => {
    const mac = recorded('darwin', { lsof: 'p51\ncPython\nf5\n' });
    expect(await portOwner(8765, mac)).toEqual({ pid: 51, program: 'Python' });
    expect(await portOwner(8765, recorded('darwin', {}))).toBeNull();
    const windows = recorded('win32', {
      netstat: '  TCP    127.0.0.1:8765   0.0.0.0:0   LISTENING   51\r\n',
      tasklist: '"G-Labs.exe","51","Console","1","90,000 K"\r\n',
    });
    expect(await portOwner(8765, windows)).toEqual({ pid: 51, program: 'G-Labs.exe' });
  });
});
