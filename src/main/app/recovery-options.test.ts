import { describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { optionsToGoOn } from './recovery-options.ts';

const sizes = new Map([
  [4, { rows: 2, perRow: 2 }],
  [9, { rows: 1, perRow: 4 }],
]);
const rerollOf = (asked: Partial<RunOptions>, made: Parameters<typeof optionsToGoOn>[1] = []) =>
  optionsToGoOn(RunOptions.parse(asked), made, sizes);

describe('what goes on where a run was cut short', () => {
  it('is asked for as the run was', () => {
    const asked = RunOptions.parse({ mode: 'images', storage: 'r2', concurrency: 5, outRoot: '/out' });
    expect(optionsToGoOn(asked, [], sizes)).toEqual(asked);
  });

  it('does not wipe what a clean run has made', () => {
    expect(rerollOf({ mode: 'clean' }).mode).toBe('full');
  });

  it('of a re-roll makes only the places that have no successor yet', () => {
    const made = [
      { nodeId: 4, row: 1, candidate: 1 },
      { nodeId: 4, row: 2, candidate: 2 },
      { nodeId: 9, row: 1, candidate: 3 },
    ];
    expect(rerollOf({ reroll: [{ nodeId: 4 }, { nodeId: 9, row: 1, candidate: 3 }] }, made).reroll).toEqual([
      { nodeId: 4, row: 1, candidate: 2 },
      { nodeId: 4, row: 2, candidate: 1 },
    ]);
  });

  it('of a re-roll that made nothing yet asks for the same', () => {
    const reroll = [{ nodeId: 4, row: 2 }, { nodeId: 9 }];
    expect(rerollOf({ reroll }, [{ nodeId: 5, row: 1, candidate: 1 }]).reroll).toEqual(reroll);
  });

  it('leaves out a node that is not in the file any more', () => {
    expect(rerollOf({ reroll: [{ nodeId: 77 }, { nodeId: 9 }] }).reroll).toEqual([{ nodeId: 9 }]);
  });

  it('is an ordinary run when the re-roll had come to all of it', () => {
    const made = [1, 2, 3, 4].map((candidate) => ({ nodeId: 9, row: 1, candidate }));
    expect(rerollOf({ reroll: [{ nodeId: 9 }] }, made)).toEqual(RunOptions.parse({}));
  });
});
