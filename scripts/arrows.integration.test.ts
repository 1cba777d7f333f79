import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** An import that must not be, and the rule that must say so. */
const wrong: { rule: string; from: string; imports: string }[] = [
  { rule: 'arrow-electron', from: 'src/main/electron/a.ts', imports: '../host/target.ts' },
  { rule: 'arrow-host', from: 'src/main/host/a.ts', imports: '../cli/target.ts' },
  { rule: 'arrow-cli', from: 'src/main/cli/a.ts', imports: '../host/target.ts' },
  { rule: 'arrow-cli-serve', from: 'src/main/cli/serve.ts', imports: '../electron/target.ts' },
  { rule: 'arrow-app', from: 'src/main/app/a.ts', imports: '../cli/target.ts' },
  { rule: 'arrow-runner', from: 'src/main/runner/a.ts', imports: '../services/target.ts' },
  { rule: 'arrow-recovery', from: 'src/main/recovery/a.ts', imports: '../runner/target.ts' },
  { rule: 'arrow-history', from: 'src/main/history/a.ts', imports: '../app/target.ts' },
  { rule: 'arrow-services', from: 'src/main/services/a.ts', imports: '../history/target.ts' },
  { rule: 'arrow-workflow', from: 'src/main/workflow/a.ts', imports: '../db/target.ts' },
  { rule: 'arrow-backend', from: 'src/main/backend/a.ts', imports: '../runner/target.ts' },
  { rule: 'arrow-storage', from: 'src/main/storage/a.ts', imports: '../backend/target.ts' },
  { rule: 'arrow-review', from: 'src/main/review/a.ts', imports: '../storage/target.ts' },
  { rule: 'arrow-db', from: 'src/main/db/a.ts', imports: '../review/target.ts' },
  { rule: 'arrow-platform', from: 'src/main/platform/a.ts', imports: '../db/target.ts' },
  { rule: 'arrow-shared', from: 'src/shared/a.ts', imports: '../main/platform/target.ts' },
  { rule: 'arrow-shared', from: 'src/shared/b.ts', imports: 'hono' },
  { rule: 'arrow-renderer', from: 'src/renderer/a.tsx', imports: '../main/app/target.ts' },
  { rule: 'arrow-renderer-no-node', from: 'src/renderer/b.tsx', imports: 'node:fs' },
  { rule: 'arrow-preload', from: 'src/preload/a.ts', imports: '../main/app/target.ts' },
  { rule: 'arrow-simulator', from: 'src/simulator/a.ts', imports: '../main/platform/target.ts' },
  { rule: 'simulator-is-a-process', from: 'src/main/index.ts', imports: '../simulator/target.ts' },
  { rule: 'electron-only-in-electron', from: 'src/main/app/b.ts', imports: 'electron' },
  { rule: 'no-import-of-tests', from: 'src/main/platform/b.ts', imports: './target.test.ts' },
  {
    rule: 'no-product-import-of-test-support',
    from: 'src/main/platform/c.ts',
    imports: './testing/target.ts',
  },
  { rule: 'not-to-unresolvable', from: 'src/main/platform/d.ts', imports: './nowhere.ts' },
  { rule: 'no-dev-dependency-at-run-time', from: 'src/main/platform/e.ts', imports: 'react' },
  { rule: 'no-cycles', from: 'src/main/db/cycle.ts', imports: './on-a-cycle.ts' },
];

/** Imports that must stay allowed. */
const right: { from: string; imports: string }[] = [
  { from: 'src/main/cli/good.ts', imports: '../app/target.ts' },
  { from: 'src/main/cli/good2.ts', imports: '../../shared/target.ts' },
  { from: 'src/main/runner/good.ts', imports: '../db/target.ts' },
  { from: 'src/main/runner/good2.ts', imports: 'p-queue' },
  { from: 'src/main/electron/good.ts', imports: 'electron' },
  { from: 'src/renderer/good.tsx', imports: 'react' },
  { from: 'src/shared/good.ts', imports: 'zod' },
  { from: 'src/simulator/good.test.ts', imports: '../main/platform/target.ts' },
];

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

describe('the arrows of architecture.md', () => {
  let project: string;
  let violations: Violation[];

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'flowdeck-arrows-'));
    await cp(join(root, 'package.json'), join(project, 'package.json'));
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
    const rooms = ['electron', 'host', 'cli', 'app', 'runner', 'recovery', 'history', 'services'];
    rooms.push('workflow', 'backend', 'storage', 'review', 'db', 'platform', 'platform/testing');
    for (const room of rooms) await put(`src/main/${room}/target.ts`, 'export type Target = string;\n');
    await put('src/shared/target.ts', 'export type Target = string;\n');
    await put('src/simulator/target.ts', 'export type Target = string;\n');
    await put('src/main/platform/target.test.ts', 'export type Target = string;\n');
    await put('src/main/db/on-a-cycle.ts', "import './cycle.ts';\nexport const back = 1;\n");
    for (const { from, imports } of [...wrong, ...right]) await put(from, importOf(imports));
    violations = await cruise();
  });

  afterAll(() => rm(project, { recursive: true, force: true }));

  it.each(wrong)('$rule: $from must not import $imports', ({ rule, from }) => {
    expect(violations.filter((violation) => violation.from === from).map(({ rule }) => rule.name)).toContain(
      rule,
    );
  });

  it('nothing else is found fault with', () => {
    const expected = new Set([...wrong.map(({ from }) => from), 'src/main/db/on-a-cycle.ts']);
    expect(violations.filter(({ from }) => !expected.has(from))).toEqual([]);
  });

  it('every rule has a case here', async () => {
    const { default: config } = await import('../.dependency-cruiser.mjs');
    const names = (config.forbidden ?? []).map(({ name }) => name);
    expect(names.filter((name) => !wrong.some(({ rule }) => rule === name))).toEqual([]);
  });

  async function put(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), text);
  }

  /** A type alone for our own files: an arrow is an arrow, even where nothing is left of it at run time. */
  function importOf(target: string): string {
    if (target.includes('cycle')) return `import '${target}';\nexport const here = 1;\n`;
    return target.startsWith('.')
      ? `import type { Target } from '${target}';\nexport const here: Target = '';\n`
      : `import '${target}';\nexport const here = 1;\n`;
  }

  /** dependency-cruiser over the project; its exit code is the number of errors. */
  function cruise(): Promise<Violation[]> {
    const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const config = join(root, '.dependency-cruiser.mjs');
    return new Promise((done, reject) => {
      execFile(
        process.execPath,
        [program, '--config', config, '--output-type', 'json', 'src'],
        { cwd: project, maxBuffer: 64 * 1024 ** 2 },
        (error, stdout, stderr) => {
          if (!stdout.startsWith('{')) reject(error ?? new Error(stderr));
          else done(JSON.parse(stdout).summary.violations);
        },
      );
    });
  }
});
