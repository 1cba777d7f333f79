import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '../platform/disk.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import { assertInside, placesFor } from './places.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-places-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const node = (nodeId: number, more: Partial<GenerationNode> = {}): GenerationNode =>
  ({
    nodeId,
    tabIndex: 0,
    tab: 'Account A',
    kind: 'image',
    scene: 3,
    prompts: ['a', 'b'],
    ...more,
  }) as GenerationNode;

describe('places', () => {
  it('follow the scheme of the pipeline', () => {
    const one = { baseName: 'XYZG3-V0-1', tabs: [{ index: 0, name: 'Account A' }] };
    const places = placesFor('/p', one, [node(4)]).of(4);
    expect(places.candidate(1, 1, 'png')).toBe('/p/Assets/XYZG3/generated-images/v0-1/scene03-c1.png');
    expect(places.candidate(2, 1, 'png')).toBe('/p/Assets/XYZG3/generated-images/v0-1/scene03-row2-c1.png');
    expect(places.inUse(1, 'png')).toBe('/p/Assets/XYZG3/generated-images/v0-1/scene03.png');
    expect(places.key(1, 1, 'ab'.repeat(32), 'png')).toBe('XYZG3/V0-1/scene03-c1-abababababab.png');
  });

  it('have a folder for each tab when there are several, also for tabs of one name', () => {
    const tabs = ['Account A', 'account a!', '✨'].map((name, index) => ({ index, name }));
    const nodes = [node(1), node(2, { tabIndex: 1 }), node(3, { tabIndex: 2 })];
    const places = placesFor('/p', { baseName: 'XYZG3-V0-1', tabs }, nodes);
    expect([1, 2, 3].map((id) => places.of(id).key(1, 1, 'a'.repeat(64), 'png').split('/')[2])).toEqual([
      'account-a',
      'account-a-tab-2',
      'tab-3',
    ]);
  });

  it('take the node id in where two nodes would share a name', () => {
    const one = { baseName: 'XYZG3-V0-1', tabs: [{ index: 0, name: 'Account A' }] };
    const places = placesFor('/p', one, [node(4), node(8), node(9, { kind: 'video' })]);
    expect(places.of(4).inUse(1, 'png')).toContain('scene03-node4.png');
    expect(places.of(8).inUse(1, 'png')).toContain('scene03-node8.png');
    expect(places.of(9).inUse(1, 'mp4')).toContain('scene03.mp4');
  });
});

describe('hostile names', () => {
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
          'CON',
          'nul',
          ':',
          '-',
          '-V0-1',
          '\0',
          '🎬',
          'é',
          '\u202e',
          '~',
          'C:',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );
  const workflows = fc.record({ baseName: nasty, tabs: fc.array(nasty, { minLength: 1, maxLength: 4 }) });
  const generation = fc.record({
    nodeId: fc.integer(),
    tabIndex: fc.nat({ max: 3 }),
    kind: fc.constantFrom('image' as const, 'video' as const),
    scene: fc.nat({ max: 9999 }),
  });

  it('never lead out of the project, and are names every system takes', () => {
    fc.assert(
      fc.property(
        workflows,
        fc.array(generation, { maxLength: 4 }),
        nasty,
        ({ baseName, tabs }, nodes, ext) => {
          const root = join(sep, 'p', 'project');
          const named = tabs.map((name, index) => ({ index, name }));
          const places = placesFor(
            root,
            { baseName, tabs: named },
            nodes.map((n) => node(n.nodeId, n)),
          );
          const files = nodes.flatMap(({ nodeId }) => {
            const of = places.of(nodeId);
            return [of.candidate(1, 1, ext), of.candidate(2, 4, ext), of.inUse(1, ext)];
          });
          for (const path of [...places.folders, ...files]) {
            const way = relative(root, path);
            expect(join(root, way)).toBe(path);
            for (const part of way.split(sep)) {
              expect(part).toMatch(/^[^<>:"/\\|?*\p{C}]+$/u);
              expect(part).not.toMatch(/^[\s.]|[\s.]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
              expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255);
            }
          }
          for (const { nodeId } of nodes) {
            for (const part of places.of(nodeId).key(1, 1, 'a'.repeat(64), ext).split('/'))
              expect(part).toMatch(/^(?!\.)[^<>:"/\\|?*\p{C}]+$/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never bring two nodes to one file, also where case does not count', () => {
    const distinct = fc.uniqueArray(generation, { maxLength: 8, selector: ({ nodeId }) => nodeId });
    fc.assert(
      fc.property(workflows, distinct, ({ baseName, tabs }, nodes) => {
        const named = tabs.map((name, index) => ({ index, name }));
        const known = nodes.filter(({ tabIndex }) => tabIndex < tabs.length);
        const places = placesFor(
          '/p',
          { baseName, tabs: named },
          known.map((n) => node(n.nodeId, n)),
        );
        const files = known.map((n) =>
          places.of(n.nodeId).candidate(1, 1, n.kind === 'image' ? 'png' : 'mp4'),
        );
        expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(known.length);
      }),
    );
  });
});

describe('a link in the project', () => {
  const places = (root = join(folder, 'project')) =>
    placesFor(root, { baseName: 'XYZG3-V0-1', tabs: [{ index: 0, name: 'A' }] }, [node(4)]);

  it.each([
    'Generations',
    'Assets',
    'Assets/XYZG3',
    'Assets/XYZG3/generated-images',
    'Assets/XYZG3/generated-images/v0-1',
  ])('that leads out of it at %s is refused, by its name', async (at) => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await mkdir(join(folder, 'project', at, '..'), { recursive: true });
    await symlink(outside, join(folder, 'project', at));
    await expect(assertInside(places(), nodeDisk)).rejects.toMatchObject({
      failure: {
        code: 'folder',
        where: join(folder, 'project', at),
        cure: expect.stringContaining('--out-root'),
      },
    });
  });

  it('that stays inside is taken, and so is a project that is a link itself, and one that is not there yet', async () => {
    await assertInside(places(join(folder, 'nowhere')), nodeDisk);
    await mkdir(join(folder, 'project/store'), { recursive: true });
    await symlink(join(folder, 'project/store'), join(folder, 'project/Assets'));
    await assertInside(places(), nodeDisk);
    await symlink(join(folder, 'project'), join(folder, 'door'));
    await assertInside(places(join(folder, 'door')), nodeDisk);
  });

  it('to a folder whose name only begins like the project’s leads out', async () => {
    await mkdir(join(folder, 'project-2'));
    await mkdir(join(folder, 'project'));
    await symlink(join(folder, 'project-2'), join(folder, 'project/Assets'));
    await expect(assertInside(places(), nodeDisk)).rejects.toThrow(basename(join(folder, 'project-2')));
  });
});
