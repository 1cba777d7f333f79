import { basename, dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetNames, namedFor, objectNames, placesOf } from './place-names.ts';
import { generationNode, seenNode, seenPlan } from './testing/seen-plan.ts';

const hash = 'abcdef0123456789'.repeat(4);

/** Workflows of some tabs, with nodes that may share a scene, rows and candidates. */
const anyPlan = fc
  .record({
    baseName: fc.constantFrom('XYZG3-V0-2', 'XYZG3-V1', 'no version', 'a-V2-0-1'),
    tabs: fc.uniqueArray(fc.constantFrom('Account A', 'Account B ✨', 'v0-1', 'Café'), { minLength: 1 }),
    nodes: fc.array(
      fc.record({
        kind: fc.constantFrom('image' as const, 'video' as const),
        scene: fc.integer({ min: 0, max: 12 }),
        rows: fc.integer({ min: 0, max: 3 }),
        perRow: fc.integer({ min: 1, max: 4 }),
        tabIndex: fc.nat(3),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ baseName, tabs, nodes }) =>
    seenPlan(
      nodes.map(({ rows, tabIndex, ...node }, i) =>
        seenNode(
          generationNode(i + 1, {
            ...node,
            tabIndex: tabIndex % tabs.length,
            prompts: Array.from({ length: rows }, (_, row) => `row ${row}`),
          }),
        ),
      ),
      baseName,
      tabs,
    ),
  );

describe('names of places', () => {
  it('every file and object a run would make is known as that of its own place', () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), (plan, shout) => {
        const files = assetNames(plan.nodes, plan.places);
        const objectOf = objectNames(plan.nodes, plan.places);
        for (const seen of plan.nodes) {
          const { nodeId, kind } = seen.node;
          const names = plan.places.of(nodeId);
          const exts = kind === 'video' ? ['mp4'] : ['png', 'jpg', 'webp'];
          for (const { row, candidate } of placesOf(seen)) {
            for (const ext of exts) {
              const path = names.candidate(row, candidate, ext);
              expect(files.folders).toContain(dirname(path));
              const name = shout ? basename(path).toUpperCase() : basename(path);
              expect(files.placeOf(dirname(path), name)).toEqual({ nodeId, row, candidate });
              const inUse = names.inUse(row, ext);
              expect(files.placeOf(dirname(inUse), basename(inUse))).toEqual({
                nodeId,
                row,
                candidate: null,
              });
              const key = names.key(row, candidate, hash, ext);
              expect(objectOf(key)).toEqual({ nodeId, row, candidate, hash: 'abcdef012345' });
              expect(
                namedFor(`https://cdn.example/ads/${key}`, { node: seen.node, proven: false }, plan.places),
              ).toBe(/^v\d/i.test(plan.places.version) ? 'ours' : 'no scheme');
            }
          }
        }
      }),
    );
  });

  it('what is named otherwise, or of another kind, is nobody’s', () => {
    const plan = seenPlan([seenNode(generationNode(3))]);
    const { folders, placeOf } = assetNames(plan.nodes, plan.places);
    const [folder = ''] = folders;
    for (const name of [
      'scene03-c5.png',
      'scene03-c1.mp4',
      'scene03-c1.txt',
      'scene3-c1.png',
      'scene03-row2-c1.png',
    ])
      expect(placeOf(folder, name)).toBeNull();
    expect(placeOf('/elsewhere', 'scene03-c1.png')).toBeNull();
    expect(objectNames(plan.nodes, plan.places)('XYZG3/V0-1/scene03-c1.png')).toBeNull();
    // As other tools name them, without the hash.
    expect(objectNames(plan.nodes, plan.places)('XYZG3/V0-2/scene03-c1.png')).toMatchObject({
      nodeId: 3,
      hash: null,
    });
  });
});

describe('what the name of an address says', () => {
  const plan = seenPlan(
    [seenNode(generationNode(3)), seenNode(generationNode(4, { scene: 3, tabIndex: 1 }))],
    'XYZG3-V0-2',
    ['Account A', 'Account B'],
  );
  const says = (path: string, proven = false) =>
    namedFor(`https://cdn.example/${path}`, { node: generationNode(3), proven }, plan.places);

  it('tells other workflows, versions, scenes and tabs', () => {
    expect(says('XYZG3/V0-2/account-a/scene03-c1.png')).toBe('ours');
    expect(says('xyzg3/v0-2/account-a/scene03-row2-c1-0123456789ab.jpg?w=200')).toBe('ours');
    // Other tools have no folder for the tab.
    expect(says('XYZG3/V0-2/scene03-c1.png')).toBe('ours');
    expect(says('XYZG4/V0-2/account-a/scene03-c1.png')).toBe('other workflow');
    expect(says('XYZG3/V0-1/account-a/scene03-c1.png')).toBe('other version');
    expect(says('XYZG3/V0-2/account-a/scene04-c1.png')).toBe('other scene');
    expect(says('XYZG3/V0-2/account-b/scene03-c1.png')).toBe('other scene');
    expect(says('uploads/1234.png')).toBe('no scheme');
    expect(says('%E0%A4%A/scene03.png')).toBe('no scheme');
  });

  it('an earlier version is as good as ours where the fingerprint says so: a bump keeps what it had', () => {
    expect(says('XYZG3/V0-1/account-a/scene03-c1.png', true)).toBe('ours');
    expect(says('XYZG4/V0-2/account-a/scene03-c1.png', true)).toBe('other workflow');
    expect(says('XYZG3/V0-1/account-a/scene04-c1.png', true)).toBe('other scene');
  });
});
