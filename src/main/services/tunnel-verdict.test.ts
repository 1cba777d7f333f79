import { describe, expect, it } from 'vitest';
import {
  type Action,
  type Evidence,
  judgeTunnel,
  type PublicAnswer,
  type Verdict,
} from './tunnel-verdict.ts';
import { verdictProblem } from './tunnel-words.ts';

const answer = (status: number, json = false): PublicAnswer => ({
  kind: 'answer',
  status,
  json,
  noConnector: false,
  path: '/api/health',
  ms: 3,
});
const noName: PublicAnswer = { kind: 'no-name', ms: 3 };
const noAnswer: PublicAnswer = { kind: 'no-answer', message: 'No answer in time.', ms: 3 };
const well = { ready: 'yes', originUp: true, originRefused: false, quick: true } as const;
const down = { originUp: false };
const refused = { originRefused: true };
const notReady = { ready: 'no' } as const;

const table: [string, PublicAnswer, Partial<Evidence>, Verdict, Action][] = [
  ['G-Labs answers', answer(200, true), {}, 'good', 'good'],
  [
    'G-Labs answers, although cloudflared is not asked',
    answer(200, true),
    { ready: 'unknown' },
    'good',
    'good',
  ],
  ['a path that G-Labs does not have', answer(404, true), {}, 'wrong-path', 'good'],
  ['404 without JSON, G-Labs is up', answer(404), {}, 'config-trap', 'restart'],
  ['the same behind a way that a person set', answer(404), { quick: false }, 'config-trap', 'ask'],
  ['404 without JSON, G-Labs is down', answer(404), down, 'origin-down', 'keep'],
  ['401 of G-Labs', answer(401, true), {}, 'refused', 'ask'],
  ['403 of G-Labs', answer(403, true), {}, 'refused', 'ask'],
  ['403 of something else', answer(403), {}, 'stranger', 'ask'],
  ['a login page', answer(302), {}, 'stranger', 'ask'],
  ['200 without JSON', answer(200), {}, 'stranger', 'ask'],
  ['502, G-Labs is down', answer(502), down, 'origin-down', 'keep'],
  ['502, and cloudflared says it cannot reach G-Labs', answer(502), refused, 'origin-down', 'keep'],
  ['502, and nothing is known against G-Labs', answer(502), {}, 'tunnel-family', 'wait'],
  ['502, G-Labs is down and the tunnel too', answer(502), { ...down, ...notReady }, 'tunnel-family', 'wait'],
  ['503 of G-Labs being down', answer(503), down, 'origin-down', 'keep'],
  ['522', answer(522), {}, 'tunnel-family', 'wait'],
  ['524, G-Labs is up', answer(524), {}, 'tunnel-family', 'wait'],
  ['524, G-Labs hangs', answer(524), down, 'origin-down', 'keep'],
  ['530', answer(530), {}, 'no-connector', 'wait'],
  ['530, G-Labs is down too', answer(530), down, 'no-connector', 'wait'],
  ['no such name', noName, {}, 'too-early', 'wait'],
  ['no such name, G-Labs is down', noName, down, 'too-early', 'wait'],
  ['no answer', noAnswer, {}, 'silent', 'wait'],
  ['no answer, G-Labs is down', noAnswer, down, 'origin-down', 'keep'],
  ['no answer, G-Labs is down and the tunnel too', noAnswer, { ...down, ready: 'silent' }, 'silent', 'wait'],
  ['too many at once', answer(429), {}, 'in-flight-limit', 'keep'],
  ['too big', answer(413), {}, 'body-limit', 'keep'],
];

describe('which side is broken', () => {
  it.each(table)('%s', (_what, seen, more, verdict, action) => {
    expect(judgeTunnel({ ...well, answer: seen, ...more })).toEqual({ verdict, action });
  });

  it('is told with a cure, except where nothing is broken', () => {
    for (const [, , , verdict, action] of table) {
      const problem = verdictProblem(verdict, 'https://a-b.trycloudflare.com', 500);
      if (action === 'good') expect(problem).toBeNull();
      else expect(problem?.cure).toMatch(/\w.*\.$/);
    }
  });
});
