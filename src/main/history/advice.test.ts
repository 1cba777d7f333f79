import { describe, expect, it } from 'vitest';
import type { BackupRow } from '../db/backups.ts';
import type { RestoreRow } from '../db/restores.ts';
import { diffWorkflows } from '../workflow/diff.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { fixtureText } from '../workflow/fixtures/expected.ts';
import { parseWorkflow, type Workflow } from '../workflow/read.ts';
import { bumpAdvice } from './advice.ts';
import { lastEvents } from './advice-look.ts';

const text = fixtureText('valid/XYZG3-V0-1.nbflow');
const parsed = (source: string): Workflow => parseWorkflow(source, 'XYZG3-V0-1.nbflow', {});
const reasons = (now: string, wiped = false) =>
  bumpAdvice('XYZG3-V0-1', { diff: diffWorkflows(parsed(text), parsed(now)), wiped }, {})?.reasons;
const edited = (...edits: NodeEdit[]) => reasons(editWorkflow(text, edits));
const withTitle = (old: string, title: string) =>
  reasons(text.replace(`"title": "${old}"`, `"title": "${title}"`));

describe('the next version is suggested', () => {
  it('for prompts, with where, or how many', () => {
    expect(edited({ nodeId: 2, properties: { dynamicRows: ['Another scene.'] } })).toEqual([
      'a prompt changed in A Scene 01 rows',
    ]);
    expect(
      edited(
        { nodeId: 2, properties: { dynamicRows: ['Another scene.'] } },
        { nodeId: 11, properties: { dynamicRows: ['And another.'] } },
      ),
    ).toEqual(['2 prompts changed']);
  });

  it('for a reference, a model, a count', () => {
    expect(edited({ nodeId: 1, properties: { imageUrl: 'https://pub-1.r2.dev/b.jpg' } })).toEqual([
      'a reference changed in A avatar sheet',
    ]);
    expect(edited({ nodeId: 4, properties: { model: 'imagen4', aspectRatio: '16:9' } })).toEqual([
      '2 settings changed',
    ]);
  });

  it('for a wiped cache, beside what else changed', () => {
    expect(reasons(text, true)).toEqual(['the cache was wiped']);
    const other = editWorkflow(text, [{ nodeId: 4, properties: { model: 'imagen4' } }]);
    expect(reasons(other, true)).toEqual([
      'a setting changed in Scene 01 — image gen',
      'the cache was wiped',
    ]);
  });

  it('for nodes that came or went', () => {
    const file = JSON.parse(text);
    const [tab] = file.tabs;
    const gone = tab.graphData.nodes.find(({ id }: { id: number }) => id === 1);
    tab.graphData.nodes = tab.graphData.nodes.filter(({ id }: { id: number }) => id !== 1);
    expect(reasons(JSON.stringify(file))).toContain('A avatar sheet went');
    tab.graphData.nodes.push(gone, { ...gone, id: 900, title: 'Product' });
    expect(reasons(JSON.stringify(file))).toContain('Product came');
  });
});

describe('the next version is not suggested', () => {
  it('for output, picks, a title, or a place on the canvas', () => {
    expect(edited({ nodeId: 4, properties: { _savedImages: ['https://pub-1.r2.dev/x.png'] } })).toEqual([]);
    expect(edited({ nodeId: 4, properties: { _cacheKey: 'v1.a.b.c.d.e.f' } })).toEqual([]);
    expect(edited({ nodeId: 5, properties: { approvedIndex: 1 } })).toEqual([]);
    expect(withTitle('A Scene 01 rows', 'Rows of scene 01')).toEqual([]);
    const file = JSON.parse(text);
    file.tabs[0].graphData.nodes[0].pos = [7, 7];
    expect(reasons(JSON.stringify(file))).toEqual([]);
  });

  it('where it was never run', () => {
    expect(bumpAdvice('XYZG3-V0-1', null, {})).toEqual({
      suggested: false,
      reasons: [],
      from: 'V0-1',
      to: 'V0-2',
      graduated: 'V1',
    });
  });
});

it.each([
  ['XYZG3-V0-9', 'V0-10', 'V1'],
  ['XYZG3-V1', 'V1-1', null],
  ['XYZG3-V1-1', 'V1-2', null],
  ['XYZG3-V2-0-1', 'V2-0-2', 'V2'],
  ['xyzg3-v0-3', 'v0-4', 'v1'],
  ['XYZG3-V0-999998', 'V0-999999', 'V1'],
])('after %s comes %s, and %s when it is approved', (name, to, graduated) => {
  expect(bumpAdvice(name, null, {})).toMatchObject({ to, graduated });
});

it.each(['XYZG3', 'XYZG3-final', 'V0-1', 'XYZG3-V0-1 copy'])('nothing can be said of %s', (name) => {
  expect(bumpAdvice(name, null, {})).toBeNull();
});

describe('what happened last to a file', () => {
  const row = (id: string, reason: string, more: Partial<BackupRow> = {}): BackupRow => ({
    ...{ id, reason, workflow: '/w', path: `/backups/${id}`, origin: 'automatic', sha256: id },
    ...{ at: 1, provenAt: null, problem: null },
    ...more,
  });
  const restore = (undoBackupId: string): RestoreRow => ({
    ...{ id: `restore ${undoBackupId}`, workflow: '/w', backupId: 'b', undoBackupId },
    ...{ how: 'with-cache', path: '/w', sha256: 'x', at: 1 },
  });
  const events = (rows: BackupRow[], restores: RestoreRow[] = []) => {
    const last = lastEvents(rows, restores);
    return { run: last.run?.id ?? null, restore: last.restore?.id ?? null, wiped: last.wiped };
  };

  it('is told by order, not by the clock', () => {
    const rows = [row('r1', 'pre-run', { at: 9 }), row('w', 'pre-cache-wipe', { at: 5 })];
    expect(events(rows)).toEqual({ run: 'r1', restore: null, wiped: true });
    expect(events([...rows, row('r2', 'pre-run', { at: 2 })])).toEqual({
      run: 'r2',
      restore: null,
      wiped: false,
    });
  });

  it('takes a restore for a beginning: what was wiped before it is back', () => {
    const rows = [row('r1', 'pre-run'), row('w', 'pre-cache-wipe'), row('u', 'pre-restore')];
    expect(events(rows, [restore('u')])).toEqual({ run: 'r1', restore: 'restore u', wiped: false });
    expect(events([...rows, row('w2', 'pre-cache-wipe')], [restore('u')]).wiped).toBe(true);
    // One that was cancelled left a backup and nothing else.
    expect(events(rows)).toEqual({ run: 'r1', restore: null, wiped: true });
  });

  it('knows nothing of a file of the same name that went on as another version', () => {
    const former = [row('r1', 'pre-run'), row('v', 'superseded', { origin: 'version' })];
    expect(events(former)).toEqual({ run: null, restore: null, wiped: false });
    // Undone: it is this very file again.
    const undone = [row('r1', 'pre-run'), row('v', 'superseded', { path: null })];
    expect(events(undone).run).toBe('r1');
  });
});
