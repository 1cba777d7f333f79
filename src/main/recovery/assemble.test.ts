import { describe, expect, it } from 'vitest';
import { assembleNodes, type Found } from './assemble.ts';
import type { SeenFile } from './file-look.ts';
import { noFiles } from './gather-files.ts';
import { nodeAges } from './node-ages.ts';
import { placeId } from './place-names.ts';
import { salvageOffers } from './salvage.ts';
import { NOW } from './testing/evidence-builder.ts';
import { generationNode, seenNode, seenPlan } from './testing/seen-plan.ts';

const file = (name: string, more: Partial<SeenFile> = {}): SeenFile => ({
  file: `/project/${name}`,
  size: 100,
  sha256: name.padEnd(64, '0'),
  modifiedAt: NOW - 1_000_000,
  kind: name.endsWith('mp4') ? 'video' : 'image',
  pixels: { width: 720, height: 1280 },
  trouble: null,
  proven: true,
  ...more,
});

const found = (more: Partial<Found> & Pick<Found, 'plan'>): Found => ({
  ages: nodeAges([], [], NOW),
  addresses: new Map(),
  files: noFiles(),
  objects: new Map(),
  journal: new Map(),
  carried: new Set(),
  strange: { contents: new Set(), since: new Map(), why: '' },
  now: NOW,
  ...more,
});

const picture = seenNode(generationNode(3));
const clip = seenNode(generationNode(4, { kind: 'video', scene: 3 }), { needs: [3] });
const filesAt = (...entries: [nodeId: number, candidate: number | null, SeenFile][]) => {
  const files = noFiles();
  for (const [nodeId, candidate, seen] of entries) files.byPlace.set(placeId(nodeId, 1, candidate), [seen]);
  return files;
};
const localsOf = (evidence: ReturnType<typeof assembleNodes>, nodeId: number) =>
  evidence
    .find((node) => node.nodeId === nodeId)
    ?.places.map(({ local }) => local?.problem ?? (local && 'taken'));

describe('what is found for a clip', () => {
  const plan = seenPlan([picture, clip]);

  it('is taken where its picture is there and older', () => {
    const files = filesAt([3, 1, file('a.png')], [4, 1, file('b.mp4', { modifiedAt: NOW - 900_000 })]);
    expect(localsOf(assembleNodes(found({ plan, files })), 4)).toEqual(['taken', null, null, null]);
  });

  it('is left out where its picture was made after it, or is lost', () => {
    const older = file('b.mp4', { modifiedAt: NOW - 2_000_000 });
    const files = filesAt([3, 1, file('a.png')], [4, 1, older]);
    expect(localsOf(assembleNodes(found({ plan, files })), 4)?.[0]).toBe(
      'it is older than the picture it starts from',
    );
    expect(localsOf(assembleNodes(found({ plan, files: filesAt([4, 1, older]) })), 4)?.[0]).toBe(
      'what it was made from is not there any more',
    );
  });

  it('is left out where the prompt of its picture was another since', () => {
    const files = filesAt([3, 1, file('a.png', { modifiedAt: NOW - 100 })], [4, 1, file('b.mp4')]);
    const former = [
      { at: NOW - 500_000, reason: 'pre-run', nodes: [generationNode(3, { prompts: ['old'] })] },
    ];
    const ages = nodeAges([picture.node, clip.node], former, NOW);
    expect(localsOf(assembleNodes(found({ plan, files, ages })), 4)?.[0]).toMatch(
      /^it is older than .+, when its prompt or a reference was another still$/,
    );
  });
});

describe('the file in use', () => {
  const inUse: [number, null, SeenFile] = [3, null, file('use.png')];

  it('counts for the first candidate where nothing else is known', () => {
    const nodes = assembleNodes(found({ plan: seenPlan([picture]), files: filesAt(inUse) }));
    expect(localsOf(nodes, 3)).toEqual(['taken', null, null, null]);
  });

  it('is a copy where a candidate of its row is known', () => {
    const files = filesAt(inUse, [3, 2, file('a.png')]);
    expect(localsOf(assembleNodes(found({ plan: seenPlan([picture]), files })), 3)).toEqual([
      null,
      'taken',
      null,
      null,
    ]);
    const cached = seenNode(generationNode(3, { saved: [null, 'https://cdn.example/a.png'] }), {
      reason: 'partial',
    });
    expect(localsOf(assembleNodes(found({ plan: seenPlan([cached]), files: filesAt(inUse) })), 3)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('one output', () => {
  it('is not two candidates, nor one that stands in the file already', () => {
    const url = `https://cdn.example/XYZG3/V0-2/scene05-c1-${'a'.padEnd(12, '0')}.png`;
    const plan = seenPlan([picture, seenNode(generationNode(5, { saved: [url] }))]);
    const files = filesAt([3, 1, file('a')], [3, 2, file('b')], [3, 3, file('b')]);
    const addresses = new Map([
      [url, { state: 'there' as const, identity: 'sha256:a00000000000', file: null }],
    ]);
    const nodes = assembleNodes(found({ plan, files, addresses }));
    expect(localsOf(nodes, 3)).toEqual([
      'it is the same as candidate 1 of Scene 05 (node 5)',
      'taken',
      'it is the same as candidate 2 of Scene 03 (node 3)',
      null,
    ]);
    expect(salvageOffers({ nodes }).map(({ candidate }) => candidate)).toEqual([2]);
  });
});

describe('what is found for a node that is stale or asked for anew', () => {
  it('belongs to what it had, and is left out', () => {
    for (const reason of ['prompt changed', 'frame changed', 'forced'] as const) {
      const stale = seenNode(generationNode(3, { saved: ['https://cdn.example/a.png'] }), { reason });
      const nodes = assembleNodes(found({ plan: seenPlan([stale]), files: filesAt([3, 2, file('a.png')]) }));
      expect(localsOf(nodes, 3)?.[1]).not.toBe('taken');
      expect(salvageOffers({ nodes })).toEqual([]);
    }
  });
});
