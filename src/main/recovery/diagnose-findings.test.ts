import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import type { Evidence, RunEvidence } from './evidence.ts';
import {
  backupOf,
  cached,
  evidenceOf,
  exportOf,
  fileAt,
  four,
  gone,
  HOUR,
  journalAt,
  NOW,
  nodeOf,
  objectAt,
  runOf,
} from './testing/evidence-builder.ts';

const findings = (evidence: Partial<Evidence>) => diagnose(evidenceOf(evidence), NOW).findings;
const one = (code: string, evidence: Partial<Evidence>) => {
  const found = findings(evidence).filter((finding) => finding.code === code);
  expect(found).toHaveLength(1);
  return found[0];
};
const many = (n: number, place: (at: number) => Parameters<typeof nodeOf>[1]) =>
  Array.from({ length: n }, (_, at) => nodeOf(at + 1, place(at + 1)));

describe('findings of outputs', () => {
  it('many nodes with the same trouble are one finding, with a count and their scenes', () => {
    const nodes = many(12, (at) => [gone(`a${at}`), cached(`b${at}`)]);
    expect(one('url-gone', { nodes })).toMatchObject({
      severity: 'problem',
      nodeId: null,
      message:
        '12 addresses in the file lead nowhere any more, of 12 nodes (Scenes 01, 02, 03, 04, 05, 06, 07, 08 and 4 more).',
      where: 'https://store.test/a1',
    });
  });

  it('says what a person can do about a request whose fate nobody can tell', () => {
    const nodes = [nodeOf(7, [journalAt('parked', { message: 'Its list is full.' }), cached('b')])];
    const finding = one('journal-parked', { nodes });
    expect(finding).toMatchObject({
      nodeId: 7,
      message: 'Node 7: nobody can tell whether 1 request arrived: Its list is full.',
    });
    expect(finding?.cure).toMatch(/task list of G-Labs.*may pay a second time/);
  });

  it('counts what was lost', () => {
    const nodes = many(4, (at) => [journalAt('lost'), cached(`b${at}`)]);
    expect(one('journal-lost', { nodes })?.message).toBe(
      '4 requests may have been paid for and are gone (Scenes 01, 02, 03 and 04).',
    );
  });

  it('says why a file or an object is left out, once for each reason', () => {
    const cut = { problem: 'it is cut off' };
    const nodes = [
      nodeOf(1, [
        fileAt('a', cut),
        fileAt('b', cut),
        fileAt('c', { problem: 'it is older than the prompt' }),
      ]),
      nodeOf(2, [objectAt('d', { problem: 'it is empty' })]),
    ];
    const left = findings({ nodes }).filter(({ code }) => code.endsWith('left-out'));
    expect(left.map(({ message, where }) => [message, where])).toEqual([
      ['2 candidates in Assets are left out, each because it is cut off.', '/project/Assets/a'],
      ['1 candidate in Assets is left out because it is older than the prompt.', '/project/Assets/c'],
      ['1 candidate in the store is left out because it is empty.', 'https://store.test/d'],
    ]);
  });

  it('names the other nodes of a picture that several have, as long as they are few', () => {
    const twins = [1, 2, 3].map((id) => nodeOf(id, [cached(`a${id}`, { identity: 'same' })]));
    expect(
      findings({ nodes: twins.slice(0, 2) })
        .map(({ message }) => message)
        .slice(0, 2),
    ).toEqual([
      'Node 1: 1 candidate is the same picture as of node 2.',
      'Node 2: 1 candidate is the same picture as of node 1.',
    ]);
    expect(findings({ nodes: twins })[0]?.message).toBe(
      'Node 1: 1 candidate is the same picture as of nodes 2 and 3.',
    );
    const all = many(5, (at) => [cached(`a${at}`, { identity: 'same' })]);
    expect(one('same-picture', { nodes: all })?.message).toBe(
      "5 nodes (Scenes 01, 02, 03, 04 and 05): 5 candidates are the same picture as another node's.",
    );
  });

  it('tells another workflow, version and scene apart', () => {
    const nodes = (['other workflow', 'other version', 'other scene'] as const).map((named, at) =>
      nodeOf(at + 1, [cached(`a${at}`, { named })]),
    );
    const doubts = findings({ nodes }).filter(({ severity }) => severity === 'problem');
    expect(doubts.map(({ code, message }) => [code, message])).toEqual([
      ['other-workflow', 'Node 1: 1 candidate is named for another workflow.'],
      ['other-version', 'Node 2: 1 candidate is named for another version.'],
      ['other-scene', 'Node 3: 1 candidate is named for another scene.'],
    ]);
  });

  it('tells what can be taken without paying and what is with G-Labs', () => {
    const nodes = [nodeOf(1, [fileAt('a'), journalAt('submitted'), journalAt('stored')])];
    expect(one('output-found', { nodes })?.message).toBe(
      'Can be taken without paying: 1 candidate that the last runs had fetched and 1 from files in Assets.',
    );
    expect(one('task-open', { nodes })?.message).toMatch(/^1 task ordered already is not fetched\./);
  });

  it('tells of addresses of which nobody said anything, and of those beyond what is wanted', () => {
    const unknown = cached('a', { state: 'unknown' });
    const surplus = [gone('z').cache];
    const found = findings({ nodes: [nodeOf(1, [unknown], { surplus })] });
    expect(found.map(({ code, severity }) => [code, severity])).toEqual(
      expect.arrayContaining([
        ['url-unknown', 'note'],
        ['url-gone-surplus', 'note'],
      ]),
    );
  });

  it('does not promise to ask for a task of another tool', () => {
    const entries = [{ nodeId: 49, type: 'timeout', message: 'No result after 300 s', attempts: 1 }];
    const errors = { path: '/project/Generations/errors.json', entries };
    const cureFor = (run: RunEvidence | null) => one('node-failed', { errors, run })?.cure;
    expect(cureFor(null)).toBe('Run again. If it stays, raise the timeout of the node.');
    expect(cureFor(runOf())).toContain('the old task is asked for first');
  });

  it('says once that addresses gave no answer', () => {
    const unseen = ['addresses: 1 of 1 had no answer', 'store: no answer within 5 s'];
    const nodes = [nodeOf(1, [cached('a', { state: 'unknown' })])];
    expect(
      findings({ nodes, unseen })
        .filter(({ code }) => code === 'url-unknown' || code === 'unseen')
        .map(({ message }) => message),
    ).toEqual([
      '1 address in the file could not be looked up. What it leads to is taken to be there.',
      'Not all could be looked at: store: no answer within 5 s.',
    ]);
  });

  it('tells which nodes no longer fit, and how they can be kept', () => {
    const nodes = [
      nodeOf(
        1,
        four((n) => cached(`a${n}`)),
        { reason: 'prompt changed' },
      ),
      nodeOf(
        2,
        four((n) => gone(`b${n}`)),
      ),
      nodeOf(
        3,
        four((n) => cached(`c${n}`)),
        { kind: 'video', needs: [2] },
      ),
    ];
    const stale = findings({ nodes }).filter(({ code }) => code === 'output-stale');
    expect(stale.map(({ message }) => message)).toEqual([
      '1 node no longer fits (prompt changed; Scene 01) and is made anew.',
      '1 node no longer fits (frame changed; Scene 03) and is made anew.',
    ]);
    expect(stale[0]?.cure).toMatch(/accept/);
  });
});

describe('findings of all else', () => {
  it('come with the place of a source that cannot be read, and whose nodes are judged', () => {
    const found = findings({
      source: { state: 'unreadable', message: 'It ends inside a text.', where: 'x.nbflow:9:1' },
      backups: [backupOf('b1', { at: NOW - 26 * HOUR })],
      nodesFrom: { backup: 'b1' },
    });
    expect(found[0]).toMatchObject({
      code: 'source-unreadable',
      message: 'The workflow file cannot be read: It ends inside a text.',
      where: 'x.nbflow:9:1',
    });
    expect(found.find(({ code }) => code === 'judged-by-backup')?.message).toMatch(
      /^What is told of the nodes is by the backup of 2026-05-1\d \d\d:\d\d \(pre-run\)\.$/,
    );
  });

  it('name an export that cannot be read once, with the place where it ends', () => {
    const path = '/g/X-generated.nbflow';
    const truncated = (message: string | null) =>
      one('output-truncated', { export: exportOf({ path, state: 'unreadable', message }) });
    expect(truncated(`X-generated.nbflow is not JSON: it ends inside a text. (${path}:9:1)`)).toMatchObject({
      message: 'The export X-generated.nbflow is not JSON: it ends inside a text.',
      where: `${path}:9:1`,
    });
    expect(truncated('it ends (in a text).')).toMatchObject({
      message: 'The export X-generated.nbflow cannot be read: it ends (in a text).',
      where: path,
    });
    expect(truncated(null)?.message).toBe('The export X-generated.nbflow cannot be read.');
  });

  it('G-Labs that is down is a problem only where something is wanted of it', () => {
    const backend = {
      state: 'down' as const,
      address: 'http://127.0.0.1:8765',
      message: 'refused.',
      cure: null,
    };
    expect(one('backend-down', { nodes: [nodeOf(1, [{}])], backend })).toMatchObject({
      severity: 'problem',
      message: 'G-Labs does not answer: refused.',
      where: 'http://127.0.0.1:8765',
      cure: 'Start G-Labs.',
    });
    expect(one('backend-down', { nodes: [nodeOf(1, [cached('a')])], backend })?.severity).toBe('note');
  });

  it('names five failures of errors.json, and counts the rest', () => {
    const entries = Array.from({ length: 9 }, (_, at) => ({
      ...{ nodeId: at, type: 'timeout', message: 'No result', attempts: 1 },
    }));
    const failed = findings({ errors: { path: '/g/errors.json', entries } }).filter(
      ({ code }) => code === 'node-failed',
    );
    expect(failed).toHaveLength(6);
    expect(failed.at(-1)?.message).toBe('4 more failures stand in errors.json.');
  });

  it('says what two recoveries failed with', () => {
    const passes = [
      { runId: 'a', at: 1, classes: ['timeout' as const, 'timeout' as const] },
      { runId: 'b', at: 2, classes: ['backend' as const] },
    ];
    expect(one('passes-differ', { nodes: [nodeOf(1, [{}])], passes })?.message).toBe(
      'Two recoveries failed: one with a timeout, one with G-Labs away.',
    );
  });

  it('tells the newest sound backup, and the damaged ones', () => {
    const backups = [
      backupOf('damaged', { at: NOW, sound: false }),
      backupOf('new', { at: NOW - HOUR, cached: 3 }),
      backupOf('old', { at: NOW - 2 * HOUR }),
    ];
    expect(one('backup-damaged', { backups })).toMatchObject({
      severity: 'problem',
      where: '/project/backups/damaged',
    });
    expect(one('backup-found', { backups })?.where).toBe('/project/backups/new');
    expect(one('backup-found', { backups })?.message).toMatch(
      /^The newest sound backup is of .+, with output for 3 candidates\.$/,
    );
    expect(one('backup-none', { backups: backups.slice(0, 1) })?.severity).toBe('note');
  });

  it('names the day alone of a backup whose hour nobody knows', () => {
    const at = new Date(2026, 4, 10, 23, 59, 59, 999).getTime();
    expect(one('backup-found', { backups: [backupOf('copy', { at, reason: 'pre-run' })] })?.message).toBe(
      'The newest sound backup is of 2026-05-10 (pre-run), with no output.',
    );
  });

  it('tells what could not be looked at', () => {
    expect(one('unseen', { unseen: ['store: no answer within 5 s'] })?.message).toBe(
      'Not all could be looked at: store: no answer within 5 s.',
    );
  });
});
