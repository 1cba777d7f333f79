import { describe, expect, it } from 'vitest';
import { foundWorkflows } from './found-workflows.ts';

const workflow = (name: string, unreadable: string | null = null) => ({
  name,
  folder: 'may/testing',
  unreadable,
});

describe('workflows to be diagnosed', () => {
  it('are found by every word of name and folder', () => {
    const all = [workflow('XYZG3-V0-1'), workflow('ABCS1-V1')];
    expect(foundWorkflows(all, 'xyz TESTING').found).toEqual([all[0]]);
    expect(foundWorkflows(all, 'june')).toEqual({ found: [], more: 0 });
  });

  it('begin with those that cannot be read', () => {
    const broken = workflow('B', 'cut off');
    expect(foundWorkflows([workflow('A'), broken], '').found[0]).toBe(broken);
  });

  it('are no more than one looks through, and it is said how many are left out', () => {
    const many = Array.from({ length: 2000 }, (_, index) => workflow(`W${index}`));
    const { found, more } = foundWorkflows(many, '');
    expect(found.length + more).toBe(2000);
    expect(found.length).toBeLessThan(100);
  });
});
