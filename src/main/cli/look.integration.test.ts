import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SettingEntry } from '../../shared/contract.ts';
import { Finding, PlanNode, PlanTotals } from '../../shared/domain.ts';
import { type Desk, ErrorLine, freePort, openDesk, startSimulator } from './test-support.ts';

/** The commands that look, and those that change only settings. */
let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const FindingLine = Finding.extend({ type: z.literal('finding'), file: z.string().optional() }).strict();
const CheckFinished = z.strictObject({
  type: z.literal('check.finished'),
  errors: z.number(),
  warnings: z.number(),
  fixed: z.number(),
  file: z.string().optional(),
});

describe('check', () => {
  it('a valid workflow has no errors: exit 0, and the file stays as it is', async () => {
    const file = await desk.workflow();
    const before = await readFile(file);
    const { code, lines } = await desk.flowdeck('check', file, '--json');
    expect(code).toBe(0);
    expect(lines()).toEqual([{ type: 'check.finished', errors: 0, warnings: 0, fixed: 0 }]);
    expect(await readFile(file)).toEqual(before);
  });

  it('tells every finding, then the counts, and ends with 3 when one is an error', async () => {
    const file = await desk.workflow('broken/many.nbflow');
    const { code, lines } = await desk.flowdeck('check', file, '--json');
    expect(code).toBe(3);
    const findings = lines()
      .slice(0, -1)
      .map((line) => FindingLine.parse(line));
    const finished = CheckFinished.parse(lines().at(-1));
    expect(findings.length).toBeGreaterThan(3);
    expect(finished.errors).toBe(findings.filter(({ severity }) => severity === 'error').length);
    expect(finished.warnings).toBe(findings.filter(({ severity }) => severity === 'warning').length);
  });

  it('--fix repairs after a backup, says how many, and a second time finds nothing to repair', async () => {
    const file = await desk.workflow('broken/01-wrong-model.nbflow');
    const before = await readFile(file);
    const first = await desk.flowdeck('check', file, '--fix', '--json');
    const finished = CheckFinished.parse(first.lines().at(-1));
    expect(finished.fixed).toBeGreaterThan(0);
    expect(await readFile(file)).not.toEqual(before);
    const backup = /^The file as it was: (.+)$/m.exec(first.stderr)?.[1] ?? '';
    expect(await readFile(backup)).toEqual(before);
    const second = await desk.flowdeck('check', file, '--fix', '--json');
    expect(CheckFinished.parse(second.lines().at(-1)).fixed).toBe(0);
  });

  it('of several files: every line says which, the rest goes on past a missing one, the worst code counts', async () => {
    const good = await desk.workflow();
    const missing = join(desk.folder, 'nothing.nbflow');
    const { code, lines } = await desk.flowdeck('check', missing, good, '--json');
    expect(code).toBe(3);
    expect(lines().every((line) => line.file === good || line.file === missing)).toBe(true);
    expect(lines().find((line) => line.type === 'check.finished')).toMatchObject({ file: good, errors: 0 });
    expect(ErrorLine.parse(lines().at(-1))).toMatchObject({ code: 'workflow-missing', file: missing });
  });

  it.each(['zero-bytes', 'not-json', 'truncated', 'wrong-shape', 'deep', 'nul-bytes', 'bom-utf16'])(
    '%s is unreadable: exit 3, one sentence, and the file stays as it is',
    async (name) => {
      const file = await desk.workflow(`unreadable/${name}.nbflow`);
      const before = await readFile(file);
      const { code, lines, stderr } = await desk.flowdeck('check', file, '--fix', '--json');
      expect(code).toBe(3);
      expect(ErrorLine.parse(lines().at(-1)).code).toBe('workflow-unreadable');
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(await readFile(file)).toEqual(before);
    },
  );

  it('talks to a person without --json, and is silent with --quiet', async () => {
    const file = await desk.workflow('broken/01-wrong-model.nbflow');
    const talking = await desk.flowdeck('check', file);
    expect(talking.stdout).toContain('wrong-model');
    expect(talking.stdout).not.toContain('\u001b[');
    const quiet = await desk.flowdeck('check', file, '--quiet');
    expect(quiet).toMatchObject({ code: talking.code, stdout: '', stderr: '' });
  });
});

describe('plan', () => {
  const PlanLine = PlanNode.extend({ type: z.literal('plan.node') }).strict();
  const Finished = PlanTotals.extend({ type: z.literal('plan.finished') }).strict();

  it('tells every node with its reason, then the totals, and touches nothing', async () => {
    const file = await desk.workflow();
    const before = [await readFile(file), (await stat(file)).mtimeMs];
    const { code, lines } = await desk.flowdeck('plan', file, '--json');
    expect(code).toBe(0);
    const nodes = lines()
      .slice(0, -1)
      .map((line) => PlanLine.parse(line));
    const totals = Finished.parse(lines().at(-1));
    expect(nodes.map(({ reason }) => reason)).toEqual(Array(6).fill('missing'));
    expect(totals).toMatchObject({ nodes: 6, generations: 24, cached: 0 });
    expect(totals.generations).toBe(nodes.reduce((sum, node) => sum + node.generations, 0));
    expect([await readFile(file), (await stat(file)).mtimeMs]).toEqual(before);
  });

  it('of images mode leaves the clips out', async () => {
    const { lines } = await desk.flowdeck('plan', await desk.workflow(), '--mode=images', '--json');
    expect(lines().at(-1)).toMatchObject({ generations: 12, videos: 0 });
  });
});

describe('config', () => {
  const Setting = SettingEntry.extend({ type: z.literal('setting') }).strict();

  it('set, get and unset agree, and only what differs is in the file', async () => {
    expect((await desk.flowdeck('config', 'set', 'runner.concurrency', '2')).code).toBe(0);
    expect(JSON.parse(await readFile(join(desk.dataDir, 'settings.json'), 'utf8'))).toEqual({
      'runner.concurrency': 2,
    });
    const got = await desk.flowdeck('config', 'get', 'runner.concurrency', '--json');
    expect(Setting.parse(got.lines()[0])).toMatchObject({ value: 2, default: 3, changed: true });
    expect((await desk.flowdeck('config', 'get', 'runner.concurrency')).stdout).toBe('2\n');
    await desk.flowdeck('config', 'unset', 'runner.concurrency');
    expect((await desk.flowdeck('config', 'get', 'runner.concurrency')).stdout).toBe('3\n');
  });

  it('list has every setting, one a line', async () => {
    const { lines } = await desk.flowdeck('config', 'list', '--json');
    const keys = lines().map((line) => Setting.parse(line).key);
    expect(keys).toContain('glabs.url');
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('a value that is no JSON is a string', async () => {
    await desk.flowdeck('config', 'set', 'ui.theme', 'dark');
    expect((await desk.flowdeck('config', 'get', 'ui.theme')).stdout).toBe('dark\n');
  });

  it('keeps a secret from standard input, and shows it nowhere', async () => {
    const kept = await desk.start(['config', 'set-secret', 'glabs.apiKey', '--json'], {
      input: 'sk-very-secret\n',
    }).ended;
    expect(kept.code).toBe(0);
    expect(kept.lines()[0]).toMatchObject({ type: 'secret', name: 'glabs.apiKey', kept: true });
    expect(kept.stdout + kept.stderr).not.toContain('very-secret');
    expect((await desk.flowdeck('config', 'list')).stdout).not.toContain('very-secret');
  });

  it('an empty standard input forgets no secret; --forget does', async () => {
    const empty = await desk.start(['config', 'set-secret', 'glabs.apiKey'], { input: '\n' }).ended;
    expect(empty.code).toBe(2);
    const forgotten = await desk.flowdeck('config', 'set-secret', 'glabs.apiKey', '--forget', '--json');
    expect(forgotten.lines()[0]).toMatchObject({ type: 'secret', kept: false });
  });

  it('a damaged settings file is set aside and told', async () => {
    const other = await openDesk();
    try {
      await mkdir(other.dataDir);
      await writeFile(join(other.dataDir, 'settings.json'), '{ "runner.con');
      const { code, stderr, stdout } = await other.flowdeck('config', 'get', 'runner.concurrency');
      expect({ code, stdout }).toEqual({ code: 0, stdout: '3\n' });
      expect(stderr).toContain('settings.json.damaged-');
    } finally {
      await other.close();
    }
  });
});

describe('runs and status', () => {
  it('runs: nothing yet is no failure', async () => {
    expect(await desk.flowdeck('runs', '--json')).toMatchObject({ code: 0, stdout: '' });
    expect((await desk.flowdeck('runs')).stdout).toBe('No runs yet.\n');
  });

  it('status: one line with services, tunnel and runs', async () => {
    await desk.flowdeck('config', 'set', 'glabs.url', `http://127.0.0.1:${await freePort()}`);
    const stopped = await desk.flowdeck('status', '--json');
    expect(stopped.lines()).toMatchObject([
      {
        type: 'status',
        glabs: { state: 'stopped', pid: null, url: null, adopted: false },
        tunnel: { state: 'stopped' },
        runs: [],
      },
    ]);
    const simulator = await startSimulator();
    try {
      await desk.flowdeck('config', 'set', 'glabs.url', simulator.url);
      const up = await desk.flowdeck('status', '--json');
      expect(up.lines()).toMatchObject([
        { glabs: { state: 'ready', url: simulator.url, adopted: true, demo: true } },
      ]);
    } finally {
      await simulator.kill();
    }
  });
});
