import { describe, expect, it } from 'vitest';
import type { JournalState } from '../db/journal.ts';
import { downstream, staleNodes, type Treatment, type Way, wayOf } from './diagnose-places.ts';
import type { NodeEvidence, PlaceEvidence } from './evidence.ts';
import {
  cached,
  emptyPlace,
  fileAt,
  four,
  gone,
  journalAt,
  nodeOf,
  objectAt,
} from './testing/evidence-builder.ts';

const way = (
  place: Partial<PlaceEvidence>,
  {
    reason = 'missing',
    reroll = null,
    ...how
  }: Partial<Treatment & Pick<NodeEvidence, 'reason' | 'reroll'>> = {},
): Way =>
  wayOf(
    nodeOf(1, [place], { reason, reroll }),
    { ...emptyPlace(1, 1), ...place },
    { wiped: false, stale: false, ...how },
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

  it('of a wiped node takes only what is still on its way', () => {
    for (const place of [cached('a'), fileAt('a'), objectAt('a'), journalAt('stored')])
      expect(way(place, { wiped: true })).toBe('made');
    expect(way(journalAt('submitted'), { wiped: true })).toBe('asked');
  });

  it('of a stale node takes what was ordered since, never a file of the old output', () => {
    expect(way({ ...cached('a'), ...fileAt('a') }, { stale: true })).toBe('made');
    expect(way({ ...cached('a'), ...journalAt('stored') }, { stale: true })).toBe('journal');
  });

  it('of a re-roll makes the places it is about, and takes what was ordered for them', () => {
    const asked = { reason: 'forced' as const, reroll: [{ row: 1, candidate: 1 }] };
    expect(way({ ...cached('a'), ...fileAt('a') }, asked)).toBe('made');
    expect(way({ ...cached('a'), ...journalAt('submitted') }, asked)).toBe('asked');
    expect(way({ ...cached('a'), ...journalAt('stored') }, asked)).toBe('journal');
    expect(way(fileAt('a'), { ...asked, reason: 'missing' })).toBe('file');
  });

  it('of a re-roll leaves every other place as it is', () => {
    const other = { reroll: [{ row: 1, candidate: 2 }] };
    expect(way(cached('a'), other)).toBe('kept');
    expect(way(cached('a'), { ...other, reason: 'forced' })).toBe('kept');
    expect(way({}, other)).toBe('left');
    expect(way(fileAt('a'), other)).toBe('left');
    expect(way({}, { reroll: [] })).toBe('left');
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
