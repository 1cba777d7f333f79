import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingPackages, systemOf } from './complete-lock.mjs';

const lockFile = join(import.meta.dirname, '..', 'package-lock.json');

describe('package-lock.json', () => {
  it('holds the packages of every system, else npm ci refuses it (mend: node scripts/complete-lock.mjs)', () => {
    const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
    expect(Object.keys(missingPackages(packages))).toEqual([]);
  });
});

describe('packages of other systems', () => {
  it('are found where a locked package names them and nothing holds them', () => {
    const packages = {
      'node_modules/tool': {
        version: '1.0.0',
        dev: true,
        optionalDependencies: { '@tool/win32-x64': '1.0.0', '@tool/linux-x64': '1.0.0' },
      },
      'node_modules/@tool/linux-x64': { version: '1.0.0', optional: true },
    };
    expect(missingPackages(packages)).toEqual({
      'node_modules/@tool/win32-x64': {
        version: '1.0.0',
        dev: true,
        optional: true,
        os: ['win32'],
        cpu: ['x64'],
      },
    });
  });

  it('count as held when they lie inside the package that wants them', () => {
    const packages = {
      'node_modules/a/node_modules/tool': { version: '1.0.0', optionalDependencies: { native: '1.0.0' } },
      'node_modules/a/node_modules/native': { version: '1.0.0' },
    };
    expect(missingPackages(packages)).toEqual({});
  });

  it.each([
    ['@img/sharp-linuxmusl-x64', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@oxc-parser/binding-android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['@swc/core-win32-arm64-msvc', { os: ['win32'], cpu: ['arm64'] }],
    ['@tailwindcss/oxide-wasm32-wasi', { cpu: ['wasm32'] }],
    ['fsevents', {}],
  ])('%s says by its name what it is for', (name, system) => {
    expect(systemOf(name)).toEqual(system);
  });
});
