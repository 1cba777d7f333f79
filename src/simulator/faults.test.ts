import { describe, expect, it } from 'vitest';
import { createFaultBook, effectOf, type FaultRule, parseFaultRule, type Subject } from './faults.ts';

const submit = (prompt: string, kind: 'image' | 'video' = 'image'): Subject => ({
  place: 'submit',
  kind,
  prompt,
});
const struck = (rules: FaultRule[], subjects: Subject[]) => {
  const book = createFaultBook(7, rules);
  return subjects.map((subject) => book.strike(subject)?.fault ?? null);
};

describe('fault rules', () => {
  it('strike where kind and prompt match, without case', () => {
    const rules: FaultRule[] = [{ fault: 'task-429', kind: 'image', prompt: 'scene 03' }];
    expect(
      struck(rules, [
        submit('Scene 03: a jar'),
        submit('Scene 03: a jar', 'video'),
        submit('Scene 04: a jar'),
      ]),
    ).toEqual(['task-429', null, null]);
  });

  it('skip some, strike the next n, and stop', () => {
    const rules: FaultRule[] = [{ fault: 'task-500', skip: 1, next: 2 }];
    expect(struck(rules, Array(5).fill(submit('x')))).toEqual([null, 'task-500', 'task-500', null, null]);
  });

  it('leave a request to the next rule once they are used up', () => {
    const rules: FaultRule[] = [{ fault: 'task-500', next: 1 }, { fault: 'task-429' }];
    expect(struck(rules, Array(3).fill(submit('x')))).toEqual(['task-500', 'task-429', 'task-429']);
  });

  it('strike with their probability, the same ones for the same seed', () => {
    const rules: FaultRule[] = [{ fault: 'task-500', probability: 0.25 }];
    const many = struck(rules, Array(2000).fill(submit('x')));
    const hits = many.filter((fault) => fault !== null).length;
    expect(hits).toBeGreaterThan(420);
    expect(hits).toBeLessThan(580);
    expect(struck(rules, Array(2000).fill(submit('x')))).toEqual(many);
    expect(struck([{ fault: 'task-500', probability: 0 }], [submit('x')])).toEqual([null]);
    expect(struck([{ fault: 'task-500', probability: 1 }], [submit('x')])).toEqual(['task-500']);
  });

  it('strike only at their place', () => {
    const file: Subject = { place: 'file', kind: 'image', prompt: 'x' };
    expect(struck([{ fault: 'short-file' }], [submit('x'), file])).toEqual([null, 'short-file']);
    expect(struck([{ fault: 'http-502', on: 'file' }], [submit('x'), file])).toEqual([null, 'http-502']);
  });

  it('with a prompt leave requests alone that have none', () => {
    const health: Subject = { place: 'health', kind: null, prompt: null };
    expect(struck([{ fault: 'hang', on: 'health', prompt: 'x' }], [health])).toEqual([null]);
    expect(struck([{ fault: 'hang', on: 'health' }], [health])).toEqual(['hang']);
  });

  it('count what they saw and hit', () => {
    const book = createFaultBook(7, [{ fault: 'stuck', next: 1 }]);
    book.strike(submit('x'));
    book.strike(submit('x'));
    expect(book.states()).toEqual([{ rule: { fault: 'stuck', next: 1 }, seen: 2, hits: 1 }]);
    book.replace([]);
    expect(book.strike(submit('x'))).toBeNull();
  });

  it('carry their own words when they have some', () => {
    expect(effectOf({ fault: 'task-400', message: 'no' })).toEqual({
      does: 'task',
      fate: { end: 'failed', error: { code: 400, message: 'no' }, atOnce: false },
    });
    expect(effectOf({ fault: 'http-401', message: 'no' })).toMatchObject({
      status: 401,
      body: '{"error":"no"}',
    });
  });
});

describe('a typed fault', () => {
  it('is read as name and values', () => {
    expect(parseFaultRule('task-429')).toEqual({ fault: 'task-429' });
    expect(parseFaultRule('task-429, kind=image, prompt=Scene 03, next=2, probability=0.5')).toEqual({
      fault: 'task-429',
      kind: 'image',
      prompt: 'Scene 03',
      next: 2,
      probability: 0.5,
    });
  });

  it('is read as JSON, for text with commas', () => {
    expect(parseFaultRule('{"fault":"refuse-prompt","prompt":"a, b"}')).toEqual({
      fault: 'refuse-prompt',
      prompt: 'a, b',
    });
  });

  it.each([
    ['nonsense', /not understood: fault/],
    ['task-429,next=0', /next/],
    ['task-429,next=', /next/],
    ['task-429,nexr=2', /nexr/],
    ['task-429,probability=2', /probability/],
    ['task-429,on=file', /cannot be moved/],
    ['refuse-prompt', /needs the text/],
    ['{"fault"', /not valid JSON/],
    ['', /not understood/],
  ])('%j is refused with a sentence', (text, words) => {
    expect(() => parseFaultRule(text)).toThrow(words);
  });
});
