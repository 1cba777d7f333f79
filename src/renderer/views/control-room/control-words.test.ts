import { describe, expect, it } from 'vitest';
import { type ConsumerView, TunnelStage } from '../../../shared/services.ts';
import { consumerMark, consumerSummary } from './consumer-words.ts';
import { stageWords } from './tunnel-words.ts';

const consumer = (over: Partial<ConsumerView>): ConsumerView => ({
  id: 'a',
  kind: 'env-file',
  target: '.env: GLABS_URL',
  state: 'confirmed',
  revision: 3,
  confirmedAt: null,
  attempts: 0,
  nextAttemptAt: null,
  problem: null,
  ...over,
});

describe('who uses the address', () => {
  const pending = consumer({ state: 'pending', revision: 2 });

  it('is told in a sentence', () => {
    expect(consumerSummary([consumer({})], 3)).toBe('It has confirmed revision 3.');
    expect(consumerSummary([consumer({}), consumer({})], 3)).toBe('All 2 have confirmed revision 3.');
    expect(consumerSummary([consumer({}), pending], 3)).toBe('1 of 2 has confirmed revision 3.');
    expect(consumerSummary([pending], 3)).toBe('0 of 1 have confirmed revision 3.');
    expect(consumerSummary([consumer({ state: 'none' })], null)).toBe('There was no address to tell yet.');
  });

  it('needs a person only once a try has failed', () => {
    expect(consumerMark(pending)).toEqual({ mark: 'working', word: 'pending' });
    expect(consumerMark({ ...pending, attempts: 1 })).toEqual({
      mark: 'needs-you',
      word: 'pending, 1 try failed',
    });
  });
});

describe('what the tunnel is about', () => {
  it('is said at every stage between Start and Stop', () => {
    const silent = new Set<TunnelStage>(['stopped', 'stopping', 'failed']);
    for (const stage of TunnelStage.options)
      expect([stage, stageWords({ mode: 'quick', stage }) === null]).toEqual([stage, silent.has(stage)]);
  });

  it('speaks of no program where the address is a person’s own', () => {
    for (const stage of TunnelStage.options)
      expect(stageWords({ mode: 'url', stage }) ?? '').not.toMatch(/cloudflared|Cloudflare/);
  });
});
