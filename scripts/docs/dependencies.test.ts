import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** `45.4.1` → `45`, `0.35.5` → `0.35`: below 1 a minor version may break things. */
const lineOf = (version: string) => /^(0\.\d+|[1-9]\d*)\./.exec(version)?.[1] ?? version;

/** `package line` of each row of the tables below a heading. */
const rows = (text: string) =>
  [...text.matchAll(/^\| `([^`]+)` \| ([\d.]+) \|/gm)].map(([, name, line]) => `${name} ${line}`);

const named = (packages: Record<string, string>) =>
  Object.entries(packages).map(([name, version]) => `${name} ${lineOf(version)}`);

it('docs/dependencies.md has every package of package.json with its version line, and no other', () => {
  expect(rows(page).sort()).toEqual([...named(dependencies), ...named(devDependencies)].sort());
});

it('what stands under run time is what package.json has as dependencies', () => {
  const [, atRunTime = ''] = /^## At run time.*?$([\s\S]*?)^## /m.exec(page) ?? [];
  const listed = rows(atRunTime);
  expect(listed.length).toBeGreaterThan(10);
  expect(named(dependencies)).toEqual(expect.arrayContaining(listed));
});

it('a version line is the number whose change may break things', () => {
  expect(lineOf('45.4.1')).toBe('45');
  expect(lineOf('0.35.5')).toBe('0.35');
});
