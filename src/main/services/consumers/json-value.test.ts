import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withJsonValue } from './json-value.ts';

const address = fc.stringMatching(/^[a-z0-9$&"\\]{1,9}$/).map((name) => `https://a.test/${name}`);
const url = 'https://brave-otter-runs.trycloudflare.com';
const edited = (text: string, pointer: string, value = url): string => {
  const result = withJsonValue(text, pointer, value);
  return 'text' in result ? result.text : `problem: ${result.problem.message}`;
};

describe('a JSON file', () => {
  it.each([
    ['{"a":"old"}', '/a', `{"a":"${url}"}`],
    [
      '\uFEFF{\r\n\t"a" : { "b/c": null }\r\n}\r\n',
      '/a/b~1c',
      `\uFEFF{\r\n\t"a" : { "b/c": "${url}" }\r\n}\r\n`,
    ],
    ['{"a~b":1.50, "z":1e3}', '/a~0b', `{"a~b":"${url}", "z":1e3}`],
    ['{"servers":["x","y"]}', '/servers/1', `{"servers":["x","${url}"]}`],
    ['{"":{"":"x"}}', '//', `{"":{"":"${url}"}}`],
    ['{\n  "a": 1\n}\n', '/url', `{\n  "a": 1,\n  "url": "${url}"\n}\n`],
    ['{"a":{}}', '/a/url', `{"a":{"url":"${url}"}}`],
    ['{"a":1,"a":2}', '/a', `{"a":1,"a":"${url}"}`],
    ['{"__proto__":"x"}', '/__proto__', `{"__proto__":"${url}"}`],
  ])('keeps everything but the value: %j at %s', (before, pointer, after) =>
    expect(edited(before, pointer)).toBe(after),
  );

  it('that spells the address in another way has it already', () => {
    const text = '{"a":"https:\\/\\/a.b"}';
    expect(edited(text, '/a', 'https://a.b')).toBe(text);
  });

  it.each([
    ['{"a":1}', '/b/c', /There is no b at \//],
    ['{"a":1}', '/a/c', /At \/a stands a single value/],
    ['{"a":{"b":1}}', '/a', /a list or an object/],
    ['{"a":[1]}', '/a/1', /list at \/a has no item 1/],
    ['{"a":[1]}', '/a/01', /no item 01/],
    ['{\n  "a":1, // x\n}', '/a', /not JSON from line 2, column 10 on/],
    ['', '/a', /not JSON from line 1, column 1 on/],
    ['"text"', '/a', /single value/],
    ['{}', '/a~2', /no JSON pointer/],
    ['{}', '/constructor/name', /There is no constructor/],
  ])('is left alone where there is no place for it: %j at %s', (text, pointer, problem) =>
    expect(edited(text, pointer)).toMatch(problem),
  );
});

it('whatever a JSON file holds, only the value at the pointer changes', () => {
  const token = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1');
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string(),
        fc.json().map((text) => JSON.parse(text)),
      ),
      fc.string(),
      fc.constantFrom(undefined, 2, '\t'),
      address,
      (rest, key, indent, value) => {
        const whole: Record<string, unknown> = Object.fromEntries([
          ...Object.entries(rest),
          [key, 'the old one'],
          ['last', 1],
        ]);
        const pointer = `/${token(key)}`;
        const before = JSON.stringify(whole, null, indent);
        // `last` may be the very key.
        const old = JSON.stringify(whole[key]);
        const after = edited(before, pointer, value);
        expect(JSON.parse(after)).toEqual(JSON.parse(JSON.stringify({ ...whole, [key]: value })));
        expect(after.length - before.length).toBe(JSON.stringify(value).length - old.length);
        expect(edited(after, pointer, value)).toBe(after);
      },
    ),
  );
});
