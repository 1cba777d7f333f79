import { describe, expect, it } from 'vitest';
import type { Diagnosis, RecoveryVerdict } from '../../shared/recovery.ts';
import { diagnose } from './diagnose.ts';
import { NOW } from './testing/evidence-builder.ts';
import { crashedProject } from './testing/fixture-evidence.ts';

/** The table of workflow/fixtures/README.md, "Crashed projects". */
const DEAD = [
  ...['scene03-c2.png', 'scene03-c4.png'],
  ...[1, 2, 3, 4].flatMap((n) => [`scene05-c${n}.png`, `scene02-c${n}.mp4`]),
];
const WITHOUT_5_STILLS = [9, 18, 27, 36, 45, 49, 54, 58, 63, 67, 72];
const table: [name: string, verdict: RecoveryVerdict, tasks: number, nodes: number[]][] = [
  ['images-done', 'resume', 44, WITHOUT_5_STILLS],
  ['local-only', 'resume', 60, [9, 13, 18, 22, 27, 31, 36, 40, 45, 49, 54, 58, 63, 67, 72]],
  ['truncated-output', 'export only', 0, []],
  ['complete-output', 'complete', 0, []],
  // 34 and not 36: Scene 03 keeps its two good candidates.
  ['mixed-urls', 'cache corrupt', 34, [18, 22, 27, 36, 40, 45, 54, 63, 72]],
  ['with-errors-json', 'resume', 12, [49, 54, 63]],
];

const left = ({ nodes }: Diagnosis) => nodes.filter(({ generations }) => generations > 0);

describe('what another tool left behind when it crashed', () => {
  it.each(table)('%s: %s, %i tasks left', (name, verdict, tasks, nodeIds) => {
    const diagnosis = diagnose(crashedProject(name, name === 'mixed-urls' ? DEAD : []), NOW);

    expect(diagnosis.verdict).toBe(verdict);
    expect(diagnosis.plan.generations).toBe(tasks);
    expect(
      left(diagnosis)
        .map(({ nodeId }) => nodeId)
        .sort((a, b) => a - b),
    ).toEqual(nodeIds);
    expect(diagnosis.plan.generations + diagnosis.plan.saved).toBe(64);
  });

  it('takes the four stills of a run that died before it wrote anything, and pays for none of them', () => {
    const diagnosis = diagnose(crashedProject('local-only'), NOW);

    expect(diagnosis.nodes.find(({ nodeId }) => nodeId === 4)).toMatchObject({
      local: 4,
      salvaged: 4,
      generations: 0,
      state: 'salvage',
    });
    expect(diagnosis.plan.steps).toContain('Take 4 candidates from files in Assets, without paying.');
  });

  it('does not count the candidate in use, one file a node, as four candidates', () => {
    const diagnosis = diagnose(crashedProject('images-done'), NOW);

    expect(diagnosis.nodes.every(({ local }) => local === 0)).toBe(true);
  });

  it('offers the backup from before the run, which makes all 64 tasks', () => {
    const { plan, alternatives } = diagnose(crashedProject('mixed-urls', DEAD), NOW);
    const restore = alternatives.find(({ action }) => action === 'restore');

    expect(plan).toMatchObject({ action: 'resume', images: 6, videos: 28, costUSD: 11.44 });
    expect(restore).toMatchObject({
      generations: 64,
      images: 32,
      videos: 32,
      saved: 0,
      savedUSD: 0,
      costUSD: 14.08,
    });
    expect(restore?.backup).toMatch(/XYZG3-V0-2\.nbflow\.bak-2026-05-12-pre-run$/);
  });

  it('writes a new export where the old one is cut off, and says where', () => {
    const { plan, findings, cause } = diagnose(crashedProject('truncated-output'), NOW);

    expect(plan).toMatchObject({ action: 'export', generations: 0, costUSD: 0 });
    expect(findings[0]).toMatchObject({ code: 'output-truncated', severity: 'problem' });
    expect(findings[0]?.where).toMatch(/-generated-20260512-143021\.nbflow(:\d+:\d+)?$/);
    expect(cause?.message).toMatch(/ended while it wrote XYZG3-V0-2-generated-20260512-143021\.nbflow\.$/);
  });

  it('tells what failed and why from errors.json', () => {
    const { cause, findings } = diagnose(crashedProject('with-errors-json'), NOW);

    expect(cause).toEqual({
      kind: 'other',
      message: 'Another tool ran it. Its errors.json names 2 failures: timeout and content_policy.',
    });
    const failed = findings.filter(({ code }) => code === 'node-failed');
    expect(failed.map(({ nodeId, message }) => [nodeId, message])).toEqual([
      [49, 'Node 49 failed (timeout): No result after 300 s.'],
      [63, 'Node 63 failed after 3 attempts (content_policy): The prompt was blocked by the safety filter.'],
    ]);
    expect(failed.every(({ cure }) => cure !== null)).toBe(true);
  });

  it('names the two nodes whose pictures are gone and the one whose clips are', () => {
    const { findings, nodes } = diagnose(crashedProject('mixed-urls', DEAD), NOW);

    expect(findings.filter(({ code }) => code === 'url-gone').map(({ message }) => message)).toEqual([
      'Scene 02 — video gen: 4 of 4 addresses lead nowhere any more.',
      'Scene 03 — image gen: 2 of 4 addresses lead nowhere any more.',
      'Scene 05 — image gen: 4 of 4 addresses lead nowhere any more.',
    ]);
    expect(nodes.filter(({ state }) => state === 'gone').map(({ nodeId, bad }) => [nodeId, bad])).toEqual([
      [18, 4],
      [22, 2],
      [40, 4],
    ]);
  });
});
