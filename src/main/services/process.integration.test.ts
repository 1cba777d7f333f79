import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { groupRuns, processStartTime } from '../platform/process-identity.ts';
import type { ChildRegistry } from './child-registry.ts';
import { settleLeftovers } from './leftovers.ts';
import { type ManagedProcess, type ProcessCommand, type ProcessEvents, startProcess } from './process.ts';
import { groupAlive } from './process-group.ts';
import { followFile } from './process-output.ts';
import { outputFileName, removeOldOutput } from './process-output-file.ts';
import { takeOverProcess } from './process-taken-over.ts';
import { openTestRegistry, type TestRegistry } from './testing/registry.ts';

let registry: TestRegistry;
const strays: number[] = [];
beforeEach(async () => {
  registry = await openTestRegistry();
});
afterEach(async () => {
  for (const pid of strays.splice(0)) if (groupAlive(pid)) process.kill(-pid, 'SIGKILL');
  await registry.close();
});

/** What became of a process, in order. */
class Seen implements ProcessEvents {
  lines: string[] = [];
  pid = 0;
  failure: string | null = null;
  ending: { code: number | null; signal: string | null } | null = null;
  isGone = false;
  line = (_stream: 'out' | 'err', text: string) => {
    this.lines.push(text);
  };
  started = (pid: number) => {
    this.pid = pid;
    strays.push(pid);
  };
  failed = (message: string) => {
    this.failure = message;
  };
  exited = (code: number | null, signal: string | null) => {
    this.ending = { code, signal };
  };
  gone = () => {
    this.isGone = true;
  };
}

const until = (holds: () => boolean) =>
  vi.waitFor(() => expect(holds()).toBe(true), { timeout: 10_000, interval: 5 });
const rows = () => registry.db.serviceChildren.all();
const output = () => path.join(registry.folder, 'logs', 'services', 'glabs.log');
const alive = async (pid: number) => (await processStartTime(pid)) !== null;

function run(
  code: string,
  more: { output?: string | null; children?: ChildRegistry; command?: Partial<ProcessCommand> } = {},
): { seen: Seen; managed: ManagedProcess } {
  const seen = new Seen();
  const command = { file: process.execPath, args: ['-e', code], cwd: null, env: {}, keepStdin: false };
  const managed = startProcess({ ...command, ...more.command }, seen, {
    clock: systemClock,
    service: 'glabs',
    children: more.children ?? registry.mine,
    output: more.output ?? null,
    graceMs: 300,
  });
  return { seen, managed };
}

const forever = 'setInterval(() => {}, 1000);';
/** A grandchild that keeps the output open and does not end when asked. */
const grandchild = `
  const { spawn } = require('node:child_process');
  const code = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('stays')";
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit'] });
  console.log('grandchild ' + child.pid);`;

/** What an earlier Flowdeck started and left: on purpose, or because it died. */
async function leftBehind(code: string, how: { kept: boolean; output: string | null }): Promise<Seen> {
  const { seen, managed } = run(code, { output: how.output, children: registry.dead });
  await until(() => seen.pid > 0 && rows().every((row) => row.started !== null));
  if (how.kept) expect(managed.leave()).toBe(true);
  return seen;
}
const settle = (takeUp: () => boolean, notes: string[] = []) =>
  settleLeftovers('glabs', {
    children: registry.mine,
    clock: systemClock,
    graceMs: 300,
    takeUp,
    note: (text) => notes.push(text),
  });

describe('what is started', () => {
  it('is in the registry in the same moment, and no more when all of it is gone', async () => {
    const { seen } = run(`${grandchild} setTimeout(() => process.exit(4), 300)`);
    expect(rows()).toHaveLength(1);
    await until(() => seen.ending !== null);
    expect(seen.ending).toEqual({ code: 4, signal: null });
    expect(rows()).toHaveLength(1);
    await until(() => seen.isGone);
    expect(rows()).toEqual([]);
    const pid = Number(seen.lines.join('\n').match(/grandchild (\d+)/)?.[1]);
    expect(pid).toBeGreaterThan(0);
    expect(await alive(pid)).toBe(false);
  });

  it('is ended when it cannot be written down', async () => {
    let pid = 0;
    const full: ChildRegistry = {
      ...registry.mine,
      add: (child) => {
        pid = child.pid;
        throw new Error('database or disk is full');
      },
    };
    const { seen } = run(forever, { children: full });
    await until(() => seen.failure !== null);
    expect(seen.failure).toContain('database or disk is full');
    expect(await groupRuns(pid)).toBe(false);
  });

  it('is not started when its output has nowhere to go', async () => {
    await writeFile(path.join(registry.folder, 'logs'), 'a file in place of the folder');
    const { seen } = run(forever, { output: output() });
    await until(() => seen.failure !== null);
    expect(seen.failure).toMatch(/glabs\.log, cannot be written/);
    expect(rows()).toEqual([]);
  });

  it('and names the setting of its service when it is not there', async () => {
    const seen = new Seen();
    const failed = vi.spyOn(seen, 'failed');
    startProcess({ file: '/no/such/cloudflared', args: [], cwd: null, env: {}, keepStdin: false }, seen, {
      clock: systemClock,
      service: 'tunnel',
      children: registry.mine,
      output: null,
    });
    await until(() => seen.failure !== null);
    expect(failed.mock.calls).toEqual([
      ['The program /no/such/cloudflared was not found.', expect.stringContaining('tunnel.cloudflared')],
    ]);
  });

  it('may print 200,000 lines at once; all are handed on, in order, and time goes on meanwhile', async () => {
    const { seen } = run(
      `let n = 0; const more = () => { let text = ''; for (let k = 0; k < 1000; k += 1) text += 'line ' + n++ + '\\n';
       if (n < 200000) process.stdout.write(text, more); else process.stdout.write(text) }; more();`,
    );
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await until(() => seen.isGone);
    clearInterval(timer);
    expect(seen.lines).toHaveLength(200_000);
    expect(seen.lines.every((line, n) => line === `line ${n}`)).toBe(true);
    expect(turns).toBeGreaterThan(10);
  });
});

describe('output that goes to a file', () => {
  it('is followed as it comes, for its owner only, and whole at the end', async () => {
    const { seen } = run(
      `console.log('first'); setTimeout(() => { console.error('lást'); process.stdout.write('no end'); process.exit(3) }, 200)`,
      { output: output() },
    );
    await until(() => seen.lines.includes('first'));
    expect(seen.ending).toBeNull();
    await until(() => seen.ending !== null);
    expect(seen.ending).toEqual({ code: 3, signal: null });
    expect(seen.lines).toEqual(['first', 'lást', 'no end']);
    expect(await readFile(output(), 'utf8')).toBe('first\nlást\nno end');
    expect((await stat(output())).mode & 0o777).toBe(0o600);
  });

  it('is emptied when it has grown large, and the process goes on printing into it', async () => {
    const lines: string[] = [];
    const file = path.join(registry.folder, 'large.log');
    await writeFile(file, '');
    const follower = followFile(file, (_stream, line) => lines.push(line), {
      clock: systemClock,
      from: 'start',
      limitBytes: 10_000,
    });
    const { seen, managed } = run(
      `let n = 0; setInterval(() => console.log('line ' + n++ + ' '.repeat(500)), 2)`,
      { output: file },
    );
    await until(() => lines.length > 100);
    managed.end();
    await until(() => seen.isGone);
    await follower.drained();
    follower.close();
    expect((await stat(file)).size).toBeLessThan(30_000);
    expect((await readFile(file)).includes(0)).toBe(false);
  });

  it('of which much came at once is told by its end, with how much was left out', async () => {
    const file = path.join(registry.folder, 'burst.log');
    await writeFile(file, '');
    const lines: string[] = [];
    const text = Array.from({ length: 400_000 }, (_, n) => `line ${n}`).join('\n');
    await writeFile(file, `${text}\n`);
    const follower = followFile(file, (_stream, line) => lines.push(line), {
      clock: systemClock,
      from: 'start',
    });
    await until(() => lines.at(-1) === 'line 399999');
    follower.close();
    expect(lines[0]).toMatch(/^… \d\.\d MB of output left out$/);
    expect(lines[1]).toMatch(/^line \d{6}$/);
  });

  it('is kept of the last five starts, and nothing else is touched', async () => {
    const names = Array.from({ length: 8 }, (_, n) =>
      outputFileName(registry.folder, 'glabs', 1e12 + n * 1000),
    );
    const others = [
      outputFileName(registry.folder, 'tunnel', 1e12),
      path.join(registry.folder, 'glabs-notes.log'),
    ];
    for (const file of [...names, ...others]) await writeFile(file, 'x');
    await removeOldOutput(registry.folder, 'glabs');
    const left = (await readdir(registry.folder)).filter((name) => name.endsWith('.log'));
    expect(left.sort()).toEqual([...names.slice(3), ...others].map((file) => path.basename(file)).sort());
  });
});

describe('what an earlier Flowdeck left', () => {
  it('is ended with all it started, stubborn or not, and is no longer known', async () => {
    const before = await leftBehind(`process.on('SIGTERM', () => {}); ${grandchild} ${forever}`, {
      kept: false,
      output: output(),
    });
    await until(() => before.lines.some((line) => line.startsWith('grandchild')));
    const notes: string[] = [];
    expect(await settle(() => false, notes)).toBeNull();
    expect(await groupRuns(before.pid)).toBe(false);
    expect(rows()).toEqual([]);
    expect(notes).toEqual([`Process ${before.pid}, which an earlier Flowdeck had left behind, was ended.`]);
  });

  it('on purpose runs on without us, prints on, and is taken over with its log', async () => {
    const before = await leftBehind(`let n = 0; setInterval(() => console.log('line ' + n++), 20)`, {
      kept: true,
      output: output(),
    });
    const heard = before.lines.length;
    expect(rows()).toMatchObject([{ kept: true, output: output() }]);
    const leftover = await settle(() => true);
    const seen = new Seen();
    if (!leftover) throw new Error('nothing was left');
    const managed = takeOverProcess(leftover, seen, { clock: systemClock, graceMs: 300 });
    expect(rows()).toMatchObject([{ kept: false, ownerPid: process.pid }]);
    await until(() => seen.pid === before.pid && seen.lines.length > heard + 5);
    expect(seen.lines[0]).toBe('line 0');
    expect(before.lines).toHaveLength(heard);
    managed.end();
    await until(() => seen.isGone);
    expect(seen.ending).toEqual({ code: null, signal: null });
    expect(before.ending).toBeNull();
    expect(rows()).toEqual([]);
    expect(await groupRuns(before.pid)).toBe(false);
  });

  it('and was taken over is missed when it ends by itself, and what it started is ended', async () => {
    const before = await leftBehind(`${grandchild} ${forever}`, { kept: false, output: output() });
    await until(() => before.lines.includes('stays'));
    const leftover = await settle(() => true);
    const seen = new Seen();
    if (!leftover) throw new Error('nothing was left');
    takeOverProcess(leftover, seen, { clock: systemClock, graceMs: 300 });
    process.kill(before.pid, 'SIGKILL');
    await until(() => seen.isGone);
    expect(await groupRuns(before.pid)).toBe(false);
    expect(rows()).toEqual([]);
  });

  it('is taken over once at most, the newest; the others are ended', async () => {
    const first = await leftBehind(forever, { kept: true, output: output() });
    await systemClock.sleep(2);
    const second = await leftBehind(forever, { kept: true, output: `${output()}.2` });
    const leftover = await settle(() => true);
    expect(leftover?.pid).toBe(second.pid);
    expect(await groupRuns(first.pid)).toBe(false);
    expect(await groupRuns(second.pid)).toBe(true);
  });

  it('cannot be kept when its output came to us', async () => {
    const { seen, managed } = run(forever);
    await until(() => seen.pid > 0);
    expect(managed.leave()).toBe(false);
    expect(rows()).toMatchObject([{ kept: false }]);
    managed.end();
    await until(() => seen.isGone);
  });
});
