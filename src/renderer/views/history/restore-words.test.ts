import { describe, expect, it } from 'vitest';
import type { RestorePreview } from '../../../shared/history.ts';
import {
  comparedWords,
  freeCopy,
  refusal,
  restoreSteps,
  restoreTargets,
  wipeReason,
} from './restore-words.ts';
import { TESTING, testEntry, testVersion, testView } from './test-entries.ts';

const target = `${TESTING}/XYZG3-V0-1.nbflow`;
const inPlace = { wipe: false, target, copyTo: null };
const preview: RestorePreview = {
  backupId: 'a',
  name: 'XYZG3-V0-1',
  version: 'V0-1',
  at: '2026-05-12T10:00:00.000Z',
  live: { sha256: 'f'.repeat(64) },
  identical: false,
  renamedTo: null,
  promptsDiffer: 0,
  referencesDiffer: 0,
  nodesAdded: 0,
  nodesRemoved: 0,
  cachedNodes: 6,
  wipeSuggested: false,
  problem: null,
  unreadable: null,
};

describe('what a restore says it will do', () => {
  it('begins with the backup and ends with the undo', () => {
    expect(restoreSteps(preview, inPlace)).toEqual([
      'First XYZG3-V0-1.nbflow is backed up as it is now, as a backup before a restore.',
      'Then XYZG3-V0-1.nbflow is replaced. Its prompts and references are the same as now.',
      'The output of 6 nodes comes with it: the next run makes only what does not fit.',
      'It can be undone: Undo puts back what is there now.',
    ]);
  });

  it('tells what is different, what the name becomes and what is made again', () => {
    const other = {
      ...preview,
      promptsDiffer: 3,
      nodesRemoved: 1,
      referencesDiffer: 1,
      renamedTo: 'XYZG3-V0-2',
    };
    const words = restoreSteps(other, { ...inPlace, wipe: true }).join(' ');
    expect(words).toContain('Different from now: 3 prompts, 1 reference and 1 node that go.');
    expect(words).toContain('the name inside becomes XYZG3-V0-2');
    expect(words).toContain('The output of 6 nodes is cleared: the next run makes it again');
  });

  it('promises no backup and no undo where there is no file', () => {
    const words = restoreSteps({ ...preview, live: null }, inPlace).join(' ');
    expect(words).toContain('no file is now');
    expect(words).not.toContain('undone');
  });

  it('of a copy says that the workflow stays', () => {
    expect(restoreSteps(preview, { ...inPlace, copyTo: `${TESTING}/try.nbflow` })[0]).toBe(
      'A new file is written: try.nbflow. XYZG3-V0-1.nbflow stays as it is.',
    );
  });

  it('says nothing of what cannot be read', () => {
    const words = restoreSteps({ ...preview, unreadable: 'It is no JSON.' }, inPlace).join(' ');
    expect(words).toContain('What is different cannot be told.');
    expect(words).not.toContain('6 nodes');
  });
});

describe('an entry beside the file now', () => {
  it('is told in one line', () => {
    expect(comparedWords({ ...preview, promptsDiffer: 3, nodesAdded: 1 })).toBe(
      '3 prompts and 1 node that come back; it has the output of 6 nodes',
    );
    expect(comparedWords({ ...preview, cachedNodes: 0 })).toBe(
      'prompts and references as now; it has no output',
    );
    expect(comparedWords({ ...preview, identical: true })).toContain('nothing');
    expect(comparedWords({ ...preview, live: null })).toContain('no file is there');
    expect(comparedWords({ ...preview, unreadable: 'It is no JSON.' })).toBe(
      'cannot be told: It is no JSON.',
    );
  });
});

describe('wiping', () => {
  it('is suggested with its reason', () => {
    expect(wipeReason({ ...preview, wipeSuggested: true, promptsDiffer: 3 })).toBe(
      '3 prompts differ; cached output may not match.',
    );
    expect(wipeReason({ ...preview, wipeSuggested: true, referencesDiffer: 1 })).toBe(
      '1 reference differs; cached output may not match.',
    );
    expect(wipeReason({ ...preview, wipeSuggested: true })).toContain('cached output may not match');
    expect(wipeReason({ ...preview, promptsDiffer: 3 })).toBeNull();
  });
});

describe('a restore is not offered', () => {
  it('where the backup is damaged', () => {
    expect(refusal({ ...preview, problem: 'It is damaged.' }, inPlace)).toBe('It is damaged.');
  });

  it('where nothing would change, unless it clears output or goes elsewhere', () => {
    const same = { ...preview, identical: true };
    expect(refusal(same, inPlace)).toContain('nothing would change');
    expect(refusal(same, { ...inPlace, wipe: true })).toBeNull();
    expect(refusal({ ...same, cachedNodes: 0 }, { ...inPlace, wipe: true })).toContain(
      'nothing would change',
    );
    expect(refusal(same, { ...inPlace, copyTo: '/p/x.nbflow' })).toBeNull();
  });

  it('for a copy without a place', () => {
    expect(refusal(preview, { ...inPlace, copyTo: ' ' })).toBe('Say where the copy goes.');
  });
});

describe('the file that is replaced', () => {
  const newer = `${TESTING}/XYZG3-V0-2.nbflow`;

  it('is the entry’s own where that is still there', () => {
    const live = testVersion('v2', { workflow: newer });
    const view = testView([live, testVersion('v1')], { path: newer });
    expect(restoreTargets(view, testEntry('a'))).toEqual([target, newer]);
    expect(restoreTargets(testView([live], { path: newer }), testEntry('a'))).toEqual([newer]);
  });

  it('is the one looked at where all versions are gone', () => {
    expect(restoreTargets(testView([testEntry('a')], { live: null }), testEntry('a'))).toEqual([target]);
  });
});

describe('a copy', () => {
  it('has a name nobody has yet', () => {
    const first = `${TESTING}/XYZG3-V0-1-restored.nbflow`;
    expect(freeCopy(target, [])).toBe(first);
    expect(freeCopy(target, [first, `${TESTING}/xyzg3-v0-1-RESTORED-2.nbflow`])).toBe(
      `${TESTING}/XYZG3-V0-1-restored-3.nbflow`,
    );
    expect(freeCopy('C:\\p\\XYZG3-V0-1.nbflow', [])).toBe('C:\\p\\XYZG3-V0-1-restored.nbflow');
  });
});
