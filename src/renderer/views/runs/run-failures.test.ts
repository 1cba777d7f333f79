import { describe, expect, it } from 'vitest';
import { ErrorClass } from '../../../shared/domain.ts';
import { errorWords } from '../../../shared/error-words.ts';
import { failuresByClass, remediesFor } from './run-failures.ts';
import { node } from './test-nodes.ts';

const failed = (nodeId: number, error: ErrorClass) =>
  node(nodeId, { state: 'failed', error: { error, message: 'It said no.', attempts: 4, cure: 'Mend it.' } });

describe('the failures of a run', () => {
  it('stand by their class, the one that hit most nodes first', () => {
    const nodes = [
      failed(1, 'timeout'),
      failed(2, 'content_policy'),
      node(3, { state: 'done' }),
      failed(4, 'content_policy'),
    ];
    expect(
      failuresByClass(nodes).map(({ error, nodes: of }) => [error, of.map((each) => each.nodeId)]),
    ).toEqual([
      ['content_policy', [2, 4]],
      ['timeout', [1]],
    ]);
  });

  it.each(ErrorClass.options)('of the class "%s" have a cause and a cure in words', (error) => {
    expect(errorWords[error].cause).toMatch(/^[A-Z].*\.$/);
    expect(errorWords[error].cure).toMatch(/^[A-Z].*\.$/);
  });

  it('offer to start G-Labs only where it can be started', () => {
    expect(remediesFor('connection refused', true)).toContain('start-glabs');
    expect(remediesFor('connection refused', false)).not.toContain('start-glabs');
  });
});
