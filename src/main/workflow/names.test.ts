import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextVersion, versionOf } from '../../shared/version.ts';
import { openFixture } from './fixtures/expected.ts';
import { generatedName, parseWorkflowName, safeName, sceneFile, tabFolder } from './names.ts';

describe('the name of a workflow', () => {
  it.each(['XYZG3-V0-1', 'XYZG3-V0-9', 'XYZS1-V1', 'XYZS1-V1-1', 'XYZG4-V2-0-1'])(
    'falls apart where its next version does: %s',
    (name) => {
      const next = nextVersion(name);
      expect(parseWorkflowName(next)).toMatchObject({
        code: parseWorkflowName(name).code,
        version: versionOf(next),
      });
    },
  );

  it.each([
    ['XYZG3-V0-1', 'XYZG3', 'V0-1', 'V0-1', 'v0-1'],
    ['XYZS1-V1', 'XYZS1', 'V1', 'V1', 'v1'],
    ['XYZG4-V2-0-1', 'XYZG4', 'V2-0-1', 'V2-0-1', 'v2-0-1'],
    ['litegraph-extras', 'litegraph-extras', null, 'V0-0', 'v0-0'],
    ['a-b-v3', 'a-b', 'v3', 'V3', 'v3'],
    ['XYZG3-V0-1-copy', 'XYZG3-V0-1-copy', null, 'V0-0', 'v0-0'],
    ['V0-1', 'V0-1', null, 'V0-0', 'v0-0'],
    ['-V1', 'V1', null, 'V0-0', 'v0-0'],
    ['VX-V1', 'VX', 'V1', 'V1', 'v1'],
  ])('%s', (base, code, version, versionKey, versionFolder) => {
    expect(parseWorkflowName(base)).toEqual({ code, version, versionKey, versionFolder });
  });
});

describe('the folder of a tab', () => {
  it.each([
    ['Account A', 'account-a'],
    ['Account A ✨', 'account-a'],
    ['Account B / café ☕', 'account-b-cafe'],
    ['ÄÖÜ ß Łódź Æsir', 'aou-ss-lodz-aesir'],
    ['../../x', 'x'],
    ['✨', 'tab-2'],
    ['', 'tab-2'],
    ['CON', 'con-tab'],
    ['İstanbul', 'istanbul'],
    [`${'ab '.repeat(20)}`, 'ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a'],
  ])('%s', (name, folder) => {
    expect(tabFolder(name, 1)).toBe(folder);
  });

  it('of the fixture', () => {
    const tabs = openFixture('valid/litegraph-extras.nbflow').tabs;
    expect(tabs.map((tab) => tabFolder(tab.name, tab.index))).toEqual(['account-a', 'account-b-cafe']);
  });
});

describe('the file of a scene', () => {
  const file = (more: Partial<Parameters<typeof sceneFile>[0]>) =>
    sceneFile({ scene: 3, row: 1, candidate: null, ext: 'png', nodeId: null, ...more });

  it('names scene, row and candidate', () => {
    expect(file({})).toBe('scene03.png');
    expect(file({ candidate: 1 })).toBe('scene03-c1.png');
    expect(file({ candidate: 1, row: 2 })).toBe('scene03-row2-c1.png');
    expect(file({ row: 2, ext: 'mp4' })).toBe('scene03-row2.mp4');
    expect(file({ scene: 105, candidate: 4 })).toBe('scene105-c4.png');
    expect(file({ nodeId: 39, candidate: 1 })).toBe('scene03-node39-c1.png');
  });

  it('takes no path in an ending', () => {
    expect(file({ ext: '../png' })).toBe('scene03.png');
    expect(file({ ext: '/' })).toBe('scene03.bin');
  });
});

it('names an export by local time, and the second of a second with -2', () => {
  const date = new Date(2026, 4, 2, 4, 3, 1);
  expect(generatedName('XYZG3', 'V0-2', date)).toBe('XYZG3-V0-2-generated-20260502-040301.nbflow');
  expect(generatedName('XYZG3', 'V0-2', date, 2)).toBe('XYZG3-V0-2-generated-20260502-040301-2.nbflow');
  expect(generatedName('notes', null, date)).toBe('notes-V0-0-generated-20260502-040301.nbflow');
});

describe('a safe name', () => {
  it.each([
    ['../../x', 'x'],
    ['a/b\\c:d', 'a-b-c-d'],
    ['CON', '_CON'],
    ['nul.png', '_nul.png'],
    ['COM1', '_COM1'],
    ['com10', 'com10'],
    ['console', 'console'],
    ['trailing. . ', 'trailing'],
    ['.hidden', 'hidden'],
    ['a\u0000b\nc\u202ed', 'abcd'],
    ['Scene 01 🎬', 'Scene 01 🎬'],
    ['…', '…'],
    ['///', 'unnamed'],
    ['', 'unnamed'],
    ['half \ud83d', 'half'],
  ])('%j is %j', (text, name) => {
    expect(safeName(text)).toBe(name);
  });

  it('is cut between characters', () => {
    expect(safeName('x'.repeat(300))).toBe('x'.repeat(180));
    expect(safeName('🎬'.repeat(100))).toBe('🎬'.repeat(45));
  });

  /** What Windows, macOS and Linux all take as one name. */
  const isSafe = (name: string) => {
    expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Cs}]/u);
    expect(name).not.toMatch(/^[\s.]|[\s.]$/);
    expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
    expect(Buffer.byteLength(name)).toBeGreaterThan(0);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(path.posix.resolve('/root', name)).toBe(`/root/${name}`);
    expect(path.win32.resolve('C:\\root', name)).toBe(`C:\\root\\${name}`);
  };
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          '.',
          '..',
          '/',
          '\\',
          ' ',
          'con',
          'COM1',
          ':',
          '-',
          'V1',
          '-V0-1',
          '\u0000',
          '🎬',
          'é',
          '\u00a0',
          '\u200d',
          '\ud800',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );

  it('whatever it is made of', () => {
    fc.assert(
      fc.property(nasty, fc.nat({ max: 30 }), (text, index) => {
        isSafe(safeName(text));
        isSafe(tabFolder(text, index));
        expect(tabFolder(text, index)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        const name = parseWorkflowName(text);
        isSafe(name.code);
        isSafe(name.versionKey);
        isSafe(name.versionFolder);
        isSafe(generatedName(text, name.version, new Date(2026, 0, 1)));
        isSafe(sceneFile({ scene: index, row: index + 1, candidate: null, ext: text, nodeId: index }));
      }),
      { numRuns: 1000 },
    );
  });

  it('stays as it is when made safe again', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(safeName(safeName(text))).toBe(safeName(text));
      }),
    );
  });
});
