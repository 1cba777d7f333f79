import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withGroupReplaced } from './pattern-text.ts';

const address = fc.stringMatching(/^[a-z0-9$&"\\]{1,9}$/).map((name) => `https://a.test/${name}`);
const url = 'https://brave-otter-runs.trycloudflare.com';
const edited = (text: string, pattern: string, value = url): string => {
  const result = withGroupReplaced(text, pattern, value);
  return 'text' in result ? result.text : `problem: ${result.problem.message}`;
};

describe('a text file with a pattern', () => {
  it.each([
    ['url = old;\n', 'url = (\\S+);', `url = ${url};\n`],
    ['a\r\nserver: old\r\nb\r\n', '^server: (.*)$', `a\r\nserver: ${url}\r\nb\r\n`],
    ['\uFEFFserver: old', '^server: (.*)$', `\uFEFFserver: ${url}`],
    ['u=1\nu=2\n', '^u=(.*)$', `u=${url}\nu=2\n`],
    ['u=\n', '^u=(.*)$', `u=${url}\n`],
    ['a "old" b', '(?<=")(?<address>[^"]+)', `a "${url}" b`],
    ['$& old', '& (\\S+)', `$& ${url}`],
  ])('has only its first group replaced: %j by %s', (before, pattern, after) =>
    expect(edited(before, pattern)).toBe(after),
  );

  it('takes an address for what it is, not for a template', () => {
    expect(edited('u=1', 'u=(.*)', 'https://a.b/$1$&')).toBe('u=https://a.b/$1$&');
  });

  it.each([
    ['u=1', 'v=(.*)', /matches nothing/],
    ['u=1', 'u=.*', /no group/],
    ['u=1', 'u=(', /no regular expression: unterminated group/],
    ['u=1', 'u=1|(v)', /takes no part/],
    ['u=http://localhost:1', 'u=(http://localhost:\\d+)', /would not find it again/],
    ['u=old, v', 'u=(o\\w+)', /would not find it again/],
  ])('is left alone where there is no place for it: %j by %s', (text, pattern, problem) =>
    expect(edited(text, pattern)).toMatch(problem),
  );

  it('keeps everything before and behind, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), address, (before, old, after, value) => {
        fc.pre(!/[<>]/.test(before + old));
        const text = `${before}<${old}>${after}`;
        expect(edited(text, '<([^>]*)>', value)).toBe(`${before}<${value}>${after}`);
      }),
    );
  });
});
