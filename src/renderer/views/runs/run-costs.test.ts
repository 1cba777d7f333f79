import { describe, expect, it } from 'vitest';
import type { AttemptView } from '../../../shared/run-view.ts';
import { costDifference, costPieces } from './run-costs.ts';
import { candidate, node } from './test-nodes.ts';

const table = {
  date: '2026-11-01',
  prices: [
    { model: 'nano_banana_2', unit: 'image' as const, usd: 0.04 },
    { model: 'nano_banana_pro', unit: 'image' as const, usd: 0.13 },
    { model: 'veo_31_fast', unit: 'clip' as const, usd: 0.4 },
  ],
};

const ended = '2026-11-20T10:01:00.000Z';

const attempt = (outcome: AttemptView['outcome'], endedAt: string | null = ended): AttemptView => ({
  row: 1,
  candidate: 1,
  attempt: 1,
  queuedAt: '2026-11-20T10:00:00.000Z',
  submittedAt: null,
  endedAt,
  outcome,
  taskId: 'task',
  message: null,
});

describe('what a run’s money went to', () => {
  const nodes = [
    node(1, { attempts: [attempt('done'), attempt('lost'), attempt('failed'), attempt('working', null)] }),
    node(2, { attempts: [attempt('working')], candidates: [candidate(1, 1, { state: 'cached' })] }),
    node(3, { kind: 'video', model: 'veo_31_fast', attempts: [attempt('done')] }),
    node(4, { model: 'of_tomorrow', attempts: [attempt('done')] }),
    node(5, { model: 'never_asked' }),
  ];
  const pieces = costPieces(nodes, table);

  it('is told by kind and model; what was refused, or is not there yet, costs nothing', () => {
    expect(pieces.map(({ model, paid, reused }) => [model, paid, reused])).toEqual([
      ['nano_banana_2', 3, 1],
      ['of_tomorrow', 1, 0],
      ['veo_31_fast', 1, 0],
    ]);
    expect(pieces[0]?.paidUSD).toBeCloseTo(0.12);
    expect(pieces[0]?.savedUSD).toBeCloseTo(0.04);
  });

  it('takes the dearest of its kind for a model without a price, and says so', () => {
    expect(pieces[1]).toMatchObject({ known: false, unitUSD: 0.13 });
    expect(pieces[0]?.known).toBe(true);
  });

  it('says when the prices are no longer those the run counted with', () => {
    expect(costDifference(pieces, { costUSD: 0.12 + 0.13 + 0.4 })).toBeNull();
    expect(costDifference(pieces, { costUSD: 0.5 })).toBeCloseTo(0.65);
  });
});
