import { createRouterClient, safe } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { fail, failureCodes } from '../../shared/failure.ts';
import { createRouter, type RouterParts } from './router.ts';

/** A router whose runner answers every check by throwing. */
function clientThatMeets(error: unknown) {
  const faults: unknown[] = [];
  const parts = {
    runner: { check: () => Promise.reject(error) },
    settings: {},
    onFault: (fault: unknown) => {
      faults.push(fault);
      return { logFile: '/data/logs/flowdeck.log' };
    },
  } as unknown as RouterParts;
  return { client: createRouterClient(createRouter(parts)), faults };
}

const check = async (error: unknown) => {
  const { client, faults } = clientThatMeets(error);
  const answer = await safe(client.workflows.check({ path: '/w.nbflow' }));
  return {
    code: answer.error && 'code' in answer.error ? answer.error.code : null,
    error: answer.error,
    faults,
  };
};

describe('what goes wrong leaves as a typed error', () => {
  it.each(failureCodes.filter((code) => code !== 'internal'))('%s, as it was made', async (code) => {
    const answer = await check(fail(code, 'It is so.', { where: 'here', cure: 'Do that.' }));
    expect(answer.error).toMatchObject({
      code,
      defined: true,
      message: 'It is so.',
      data: { code, message: 'It is so.', where: 'here', cure: 'Do that.' },
    });
    expect(answer.faults).toEqual([]);
  });

  it.each([new TypeError('x is not a function'), 'a text', null])(
    'a fault of ours, without its inside: %s',
    async (thrown) => {
      const answer = await check(thrown);
      expect(answer.error).toMatchObject({
        code: 'internal',
        defined: true,
        data: { where: '/data/logs/flowdeck.log' },
      });
      expect(JSON.stringify(answer.error)).not.toMatch(/is not a function|at .*:\d+/);
      expect(answer.faults).toEqual([thrown]);
    },
  );

  it('an answer of the wrong shape is a fault of ours too', async () => {
    const parts = {
      runner: { check: async () => [{ code: 'nonsense' }] },
      onFault: () => ({ logFile: 'the log' }),
    } as unknown as RouterParts;
    const { error } = await safe(
      createRouterClient(createRouter(parts)).workflows.check({ path: '/w.nbflow' }),
    );
    expect(error).toMatchObject({ code: 'internal', data: { where: 'the log' } });
  });
});
