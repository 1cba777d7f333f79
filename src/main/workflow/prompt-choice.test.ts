import { describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { openFixture } from './fixtures/expected.ts';
import { choosePrompt } from './prompt-choice.ts';
import { promptSources } from './prompt-sources.ts';
import type { Workflow } from './read.ts';
import { dynamic, image, plain, type TestNode, template, testWorkflow, type Wire } from './test-workflow.ts';

const chosen = (workflow: Workflow, nodeId: number, row?: number) => {
  const { nodeId: node, row: inFile } = choosePrompt(promptSources(workflow, nodeId), nodeId, row);
  return [node, inFile];
};
const of = (nodes: TestNode[], wires: Wire[]) => testWorkflow([...nodes, image(9)], wires);
const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toFailure(error);
  }
  return null;
};

describe('a new prompt replaces', () => {
  it('the text of the prompt, or of the node itself', () => {
    expect(chosen(of([plain(1, 'x')], [[1, 9, 'prompt']]), 9)).toEqual([1, null]);
    expect(chosen(of([], []), 9)).toEqual([9, null]);
    expect(chosen(of([], []), 9, 1)).toEqual([9, null]);
  });

  it.each(['{scene}', ' { scene }\n', '{{scene}}'])('the row behind a template that is only “%s”', (text) => {
    const workflow = of(
      [dynamic(1, 'scene', ['', 'one']), template(2, text, ['scene'])],
      [
        [1, 2, 'scene'],
        [2, 9, 'prompt'],
      ],
    );
    expect(chosen(workflow, 9)).toEqual([1, 2]);
  });

  it('the row that is named, counted as the output counts: blank rows make none', () => {
    const workflow = openFixture('valid/XYZS1-V1.nbflow');
    expect(chosen(workflow, 42, 2)[1]).toBe(2);
    expect(chosen(workflow, 42, 3)[1]).toBe(4);
  });
});

describe('it must be said more clearly', () => {
  it('when there are several rows', () => {
    const workflow = openFixture('valid/XYZS1-V1.nbflow');
    expect(failureOf(() => chosen(workflow, 4))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('4 rows'),
      cure: 'Add --row, from 1 to 4.',
    });
    expect(failureOf(() => chosen(workflow, 4, 5))).toMatchObject({
      code: 'usage',
      cure: 'It has rows 1 to 4.',
    });
  });

  it('when several nodes have a word in it, also with a row: each is named', () => {
    const workflow = of(
      [dynamic(1, 'pose', ['a', 'b']), template(2, 'A {pose}, filmed', ['pose'])],
      [
        [1, 2, 'pose'],
        [2, 9, 'prompt'],
      ],
    );
    for (const row of [undefined, 1]) {
      const failure = failureOf(() => chosen(workflow, 9, row));
      expect(failure?.code).toBe('usage');
      expect(failure?.message).toContain('the template of “Node 2” (node 2), the rows of “Node 1” (node 1)');
    }
  });

  it('when a row is named and there is only one text, or none at all', () => {
    expect(failureOf(() => chosen(of([plain(1, 'x')], [[1, 9, 'prompt']]), 9, 2))?.code).toBe('usage');
    expect(failureOf(() => chosen(of([dynamic(1, 'x', ['', null])], [[1, 9, 'prompt']]), 9))?.code).toBe(
      'usage',
    );
  });
});
