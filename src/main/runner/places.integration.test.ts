import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '../platform/disk.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import { findProjectFolder, placesFor } from './places.ts';

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

describe('the project folder', () => {
  it('is the nearest above with Generations or Assets', async () => {
    await mkdir(join(folder, 'brand/Assets'), { recursive: true });
    await mkdir(join(folder, 'brand/growth/testing'), { recursive: true });
    expect(await findProjectFolder(join(folder, 'brand/growth/testing/X.nbflow'), nodeDisk)).toBe(
      join(folder, 'brand'),
    );
  });

  it('is else the parent of testing or approved, else the own folder', async () => {
    await mkdir(join(folder, 'p/testing'), { recursive: true });
    expect(await findProjectFolder(join(folder, 'p/testing/X.nbflow'), nodeDisk)).toBe(join(folder, 'p'));
    expect(await findProjectFolder(join(folder, 'p/X.nbflow'), nodeDisk)).toBe(join(folder, 'p'));
  });
});

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
