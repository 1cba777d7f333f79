import { describe, expect, it } from 'vitest';
import type { Plan, PlanNode } from '../../../shared/domain.ts';
import { nodesWords, sumOf, wipeBackupName, wipedWords, wipeScenes } from './wipe-words.ts';

const node = (nodeId: number, more: Partial<PlanNode> = {}): PlanNode => ({
  nodeId,
  tab: 'Account A',
  title: `Node ${nodeId}`,
  kind: 'image',
  scene: 1,
  rows: 1,
  candidates: 4,
  reason: 'forced',
  generations: 4,
  costUSD: 0.16,
  trusted: false,
  ...more,
});

const totals = { nodes: 0, generations: 0, cached: 0, costUSD: 0, images: 0, videos: 0, estimateS: 0 };
const plan = (nodes: PlanNode[]): Plan => ({ nodes, totals });

describe('what a wipe clears', () => {
  const scenes = wipeScenes(
    plan([
      node(24, { scene: 3 }),
      node(4),
      node(9, { kind: 'video', costUSD: 1.6 }),
      node(100_004, { tab: 'Account B' }),
      node(14, { scene: 2, reason: 'missing' }),
    ]),
  );

  it('is told by scene over all tabs, and has no scene without output', () => {
    expect(scenes).toEqual([
      { scene: 1, images: 2, videos: 1, costUSD: 0.16 + 1.6 + 0.16 },
      { scene: 3, images: 1, videos: 0, costUSD: 0.16 },
    ]);
  });

  it('is summed over the scenes that were chosen', () => {
    expect(sumOf(scenes)).toMatchObject({ images: 3, videos: 1 });
    expect(sumOf([])).toEqual({ images: 0, videos: 0, costUSD: 0 });
  });

  it('is put in words, without a kind that is not there', () => {
    expect(scenes.map(nodesWords)).toEqual(['2 image nodes and 1 video node', '1 image node']);
    expect(nodesWords({ images: 0, videos: 0 })).toBeNull();
  });
});

describe('what was wiped', () => {
  const path = '/p/backups/XYZG3-V0-3.nbflow.bak-2026-05-12-pre-cache-wipe';
  const backup = { id: 'b1', path, problem: null };

  it('names the real numbers and the backup', () => {
    expect(wipedWords({ images: 40, videos: 40, tabs: 5, backup })).toBe(
      'Wiped 40 image nodes and 40 video nodes in 5 tabs. Backup: XYZG3-V0-3.nbflow.bak-2026-05-12-pre-cache-wipe',
    );
  });

  it('says why there is no copy on disk', () => {
    const problem = 'The backup is kept in the database alone.';
    expect(wipedWords({ images: 1, videos: 0, tabs: 1, backup: { id: 'b1', path: null, problem } })).toBe(
      `Wiped 1 image node in 1 tab. ${problem}`,
    );
  });

  it('says so when there was nothing', () => {
    expect(wipedWords({ images: 0, videos: 0, tabs: 0, backup: null })).toMatch(/^There was nothing to wipe/);
  });

  it('is announced with the name of the backup by the day of this place', () => {
    expect(wipeBackupName('/p/testing/XYZG3-V0-3.nbflow', new Date(2026, 4, 2, 23, 59))).toBe(
      'XYZG3-V0-3.nbflow.bak-2026-05-02-pre-cache-wipe',
    );
  });
});
