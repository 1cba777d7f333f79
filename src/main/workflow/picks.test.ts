import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFixture } from './fixtures/expected.ts';
import { frameIndex, readPick } from './picks.ts';
import { gate, testWorkflow } from './test-workflow.ts';

const gallery = ['a', 'b', null, 'd'];
const pickOf = (properties: Record<string, unknown>, list: (string | null)[] = gallery) => {
  const node = testWorkflow([gate(1, properties)]).nodes.get(1);
  if (node === undefined) throw new Error('no gate');
  return readPick(node, list);
};

describe('a pick in the file', () => {
  it.each([
    [{ approvedIndex: 1 }, 1],
    [{ approvedIndex: 0 }, 0],
    [{ approvedIndex: '3' }, 3],
    [{ approvedIndex: 'd' }, 3],
    [{ selectedIndex: 2 }, 2],
    [{ approvedIndex: null, pick: 'b' }, 1],
    [{ approvedIndex: 4 }, null],
    [{ approvedIndex: -1 }, null],
    [{ approvedIndex: 1.5 }, null],
    [{ approvedIndex: 'z' }, null],
    [{ approved: true }, null],
    [{}, null],
  ])('%j is %j', (properties, index) => {
    expect(pickOf(properties)).toBe(index);
  });

  it('points nowhere in an empty gallery', () => {
    expect(pickOf({ approvedIndex: 0 }, [])).toBeNull();
  });

  it('of XYZS1 lies in row 2, candidate 2', () => {
    const workflow = openFixture('valid/XYZS1-V1.nbflow');
    const node = workflow.nodes.get(5);
    expect(node && readPick(node, node.properties.candidates as string[])).toBe(5);
  });
});

describe('the frame of a video row', () => {
  const ask = (more: Partial<Parameters<typeof frameIndex>[0]>) =>
    frameIndex({
      pick: null,
      pictureRows: 4,
      perRow: 4,
      videoRow: 0,
      videoRows: 4,
      usable: () => true,
      ...more,
    });

  it("is row r's pick, and the first usable candidate where the pick lies in another row", () => {
    expect([0, 1, 2, 3].map((videoRow) => ask({ pick: 5, videoRow }))).toEqual([
      { index: 0, by: 'machine' },
      { index: 5, by: 'person' },
      { index: 8, by: 'machine' },
      { index: 12, by: 'machine' },
    ]);
  });

  it('is the same for every row of the video when there is one row of pictures', () => {
    const rows = [0, 1, 2].map((videoRow) => ask({ pick: 2, pictureRows: 1, videoRows: 3, videoRow }));
    expect(rows).toEqual(Array(3).fill({ index: 2, by: 'person' }));
  });

  it("is the pick whatever row it lies in when the video has one row, else the first row's", () => {
    expect(ask({ pick: 9, videoRows: 1 })).toEqual({ index: 9, by: 'person' });
    expect(ask({ videoRows: 1 })).toEqual({ index: 0, by: 'machine' });
  });

  it('is an error with two different numbers of rows above one', () => {
    expect(ask({ pictureRows: 3, videoRows: 2 })).toHaveProperty('error');
  });

  it('passes over what is not usable, and is null when nothing in the row is', () => {
    expect(ask({ videoRow: 1, usable: (i) => i === 6 })).toEqual({ index: 6, by: 'machine' });
    expect(ask({ videoRow: 1, usable: (i) => i < 4 })).toBeNull();
    expect(ask({ pick: 5, videoRow: 1, usable: (i) => i !== 5 })).toEqual({ index: 4, by: 'machine' });
  });

  it('always lies in the right row, is usable, and is the person’s only if the person picked it', () => {
    const question = fc.record({
      pick: fc.option(fc.nat({ max: 20 })),
      pictureRows: fc.nat({ max: 4 }),
      perRow: fc.integer({ min: 1, max: 4 }),
      videoRow: fc.nat({ max: 3 }),
      videoRows: fc.nat({ max: 4 }),
      there: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
    });
    fc.assert(
      fc.property(question, ({ there, ...rest }) => {
        const count = rest.pictureRows * rest.perRow;
        const answer = frameIndex({ ...rest, usable: (i) => i < count && there[i] === true });
        if (answer === null || 'error' in answer) return;
        expect(there[answer.index]).toBe(true);
        expect(answer.by === 'person').toBe(answer.index === rest.pick);
        const row = Math.floor(answer.index / rest.perRow);
        if (rest.pictureRows === 1) expect(row).toBe(0);
        else if (rest.videoRows > 1) expect(row).toBe(rest.videoRow);
        else expect(answer.by === 'person' || row === 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
