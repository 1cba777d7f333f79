import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { salvageOffers } from './salvage.ts';
import { cached, fileAt, gone, journalAt, nodeOf, objectAt } from './testing/evidence-builder.ts';

const offered = (...places: Parameters<typeof nodeOf>[1]) =>
  salvageOffers({ nodes: [nodeOf(3, places)] }).map(({ candidate, from }) => `${candidate} ${from.kind}`);

describe('what is offered to a run', () => {
  it('is a file before an object, for places whose cache does not hold', () => {
    expect(
      offered(
        { ...cached('a.png'), ...fileAt('a') },
        { ...gone('b.png'), ...fileAt('b'), ...objectAt('b.png') },
        { ...objectAt('c.png') },
        {},
      ),
    ).toEqual(['2 file', '3 object']);
  });

  it('is nothing that has a problem', () => {
    expect(
      offered({ ...fileAt('a', { problem: 'it is cut off' }), ...objectAt('a.png') }, fileAt('b')),
    ).toEqual(['1 object', '2 file']);
  });

  it('is nothing that the journal gives, and what it cannot give any more', () => {
    expect(
      offered(
        { ...fileAt('a'), ...journalAt('stored') },
        { ...fileAt('b'), ...journalAt('submitted') },
        { ...fileAt('c'), ...journalAt('downloaded', { intact: false }) },
        { ...fileAt('d'), ...journalAt('lost') },
      ),
    ).toEqual(['3 file', '4 file']);
  });

  it('never has one content twice, nor one place twice', () => {
    const place = fc.record(
      { local: fc.constantFrom('a', 'b', 'c').map((name) => fileAt(name).local) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.array(place, { maxLength: 4 }), { maxLength: 4 }), (rows) => {
        const offers = salvageOffers({ nodes: rows.map((places, i) => nodeOf(i, places)) });
        const unique = (values: unknown[]) => expect(new Set(values).size).toBe(values.length);
        unique(offers.map(({ from }) => JSON.stringify(from)));
        unique(offers.map(({ nodeId, row, candidate }) => `${nodeId}/${row}/${candidate}`));
      }),
    );
  });
});
