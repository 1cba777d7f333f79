import { describe, expect, it } from 'vitest';
import type { PlanReason } from '../../shared/domain.ts';
import type { JournalState } from '../db/journal.ts';
import { downstream, lastWipe, staleNodes, type Treatment, type Way, wayOf } from './diagnose-places.ts';
import type { PlaceEvidence } from './evidence.ts';
import {
  backupOf,
  cached,
  emptyPlace,
  evidenceOf,
  fileAt,
  four,
  gone,
  HOUR,
  journalAt,
  NOW,
  nodeOf,
  objectAt,
} from './testing/evidence-builder.ts';

const way = (
  place: Partial<PlaceEvidence>,
  {
    reason = 'missing',
    wipedAt = null,
    ...how
  }: Partial<Treatment> & { reason?: PlanReason; wipedAt?: number | null } = {},
): Way =>
  wayOf(
    nodeOf(1, [place], { reason }),
    { ...emptyPlace(1, 1), ...place },
    { wiped: false, stale: false, ...how },
    wipedAt,
  );

describe('how a place comes to its output', () => {
  it('keeps what the file has, also where nobody said whether its address leads anywhere', () => {
    expect(way(cached('a'))).toBe('kept');
    expect(way(cached('a', { state: 'unknown' }))).toBe('kept');
    expect(way({ ...cached('a'), ...journalAt('submitted'), ...fileAt('a') })).toBe('kept');
  });

  it('takes what was fetched before it looks for files, and a file before an object', () => {
    expect(way({ ...journalAt('downloaded'), ...fileAt('a'), ...objectAt('a') })).toBe('journal');
    expect(way({ ...fileAt('a'), ...objectAt('a') })).toBe('file');
    expect(way(objectAt('a'))).toBe('store');
    expect(way({ ...fileAt('a', { problem: 'it is cut off' }), ...objectAt('a') })).toBe('store');
    expect(way(fileAt('a', { problem: 'it is cut off' }))).toBe('made');
  });

  it.each<[JournalState, Way]>([
    ['intent', 'asked'],
    ['submitted', 'asked'],
    ['timeout', 'asked'],
    ['completed', 'asked'],
    ['downloaded', 'journal'],
    ['stored', 'journal'],
    ['parked', 'parked'],
    ['written', 'made'],
    ['unsent', 'made'],
    ['failed', 'made'],
    ['lost', 'made'],
    ['cancelled', 'made'],
  ])('a request that came as far as %s is %s', (state, expected) => {
    expect(way(journalAt(state))).toBe(expected);
  });

  it('asks the backend again for a fetched file that is damaged, if there is a task to ask for', () => {
    expect(way(journalAt('downloaded', { intact: false }))).toBe('asked');
    expect(way(journalAt('downloaded', { intact: false, taskId: null }))).toBe('made');
    expect(way({ ...journalAt('downloaded', { intact: false, taskId: null }), ...fileAt('a') })).toBe('file');
  });

  it('puts a written output whose address is gone in the store again from its file', () => {
    expect(way({ ...gone('a'), ...journalAt('written') })).toBe('journal');
    expect(way({ ...gone('a'), ...journalAt('written', { intact: false }) })).toBe('made');
    expect(way({ ...gone('a'), ...fileAt('a') })).toBe('file');
  });

  it('leaves alone what a person must decide, also where a file lies about', () => {
    expect(way({ ...journalAt('parked'), ...fileAt('a') })).toBe('parked');
  });

  it('does not bring back what was cleared on purpose', () => {
    const before = { wipedAt: NOW };
    expect(way(fileAt('a', { modifiedAt: NOW - HOUR }), before)).toBe('made');
    expect(way(objectAt('a', { modifiedAt: NOW - HOUR }), before)).toBe('made');
    expect(way(fileAt('a', { modifiedAt: NOW + HOUR }), before)).toBe('file');
    expect(way({ ...gone('a'), ...fileAt('a') }, before)).toBe('file');
  });

  it('of a wiped node takes only what is still on its way', () => {
    for (const place of [cached('a'), fileAt('a'), objectAt('a'), journalAt('stored')])
      expect(way(place, { wiped: true })).toBe('made');
    expect(way(journalAt('submitted'), { wiped: true })).toBe('asked');
  });

  it('of a stale node takes what was ordered since, never a file of the old output', () => {
    expect(way({ ...cached('a'), ...fileAt('a') }, { stale: true })).toBe('made');
    expect(way({ ...cached('a'), ...journalAt('stored') }, { stale: true })).toBe('journal');
  });

  it('makes nothing for what is not wanted or cannot be made', () => {
    expect(way(fileAt('a'), { reason: 'not wanted (images mode)' })).toBe('left');
    expect(way({}, { reason: 'blocked by 4' })).toBe('blocked');
    expect(way(cached('a'), { reason: 'blocked by 4' })).toBe('kept');
  });
});

describe('what no longer fits', () => {
  const clip = (id: number, from: number) =>
    nodeOf(
      id,
      four((n) => cached(`clip${id}-${n}`)),
      { kind: 'video', needs: [from] },
    );

  it('is a clip all of whose pictures lost their addresses', () => {
    const nodes = [
      nodeOf(
        1,
        four((n) => gone(`a${n}`)),
      ),
      clip(2, 1),
      clip(3, 9),
    ];
    expect(staleNodes({ nodes })).toEqual([false, true, false]);
  });

  it('is not a clip whose picture may still be in the file', () => {
    const nodes = [nodeOf(1, [gone('a1'), cached('a2')]), clip(2, 1)];
    expect(staleNodes({ nodes })).toEqual([false, false]);
    const surplus = [cached('a5').cache];
    expect(staleNodes({ nodes: [nodeOf(1, [gone('a1')], { surplus }), clip(2, 1)] })).toEqual([false, false]);
  });

  it('goes down from picture to picture to clip', () => {
    const nodes = [clip(3, 2), nodeOf(2, [cached('b')], { needs: [1] }), nodeOf(1, [gone('a')])];
    expect(staleNodes({ nodes })).toEqual([true, true, false]);
  });

  it('ends where nodes go round in a circle', () => {
    const nodes = [nodeOf(1, [gone('a')], { needs: [2] }), nodeOf(2, [cached('b')], { needs: [1] })];
    expect([...downstream(nodes, [0])]).toEqual([1]);
  });
});

it('knows the last wipe by the backup from before it', () => {
  const wipe = (at: number) => backupOf(`${at}`, { reason: 'pre-cache-wipe', at });
  expect(lastWipe(evidenceOf({ backups: [backupOf('b')] }))).toBeNull();
  expect(lastWipe(evidenceOf({ backups: [wipe(5), backupOf('b'), wipe(9), wipe(7)] }))).toBe(9);
});
