import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEnvValue } from './env-text.ts';

const url = 'https://brave-otter-runs.trycloudflare.com';
const edited = (text: string, key = 'URL', value = url): string => {
  const result = withEnvValue(text, key, value);
  return 'text' in result ? result.text : `problem: ${result.problem.message}`;
};

describe('an env file', () => {
  it.each([
    ['URL=old\n', `URL=${url}\n`],
    ['URL=old', `URL=${url}`],
    ['export URL=old\n', `export URL=${url}\n`],
    ['  URL = old  \n', `  URL = ${url}  \n`],
    ['URL="old"\n', `URL="${url}"\n`],
    ["URL='old' # why\n", `URL='${url}' # why\n`],
    ['URL=`old`#why', `URL=\`${url}\`#why`],
    ['URL=old # why\n', `URL=${url} # why\n`],
    ['URL=https://a.b/#/c\n', `URL=${url}\n`],
    ['URL=\n', `URL=${url}\n`],
    ['URL=\r\nB=1\r\n', `URL=${url}\r\nB=1\r\n`],
    ['URL=#why\n', `URL=${url} #why\n`],
    ['URL= # why\n', `URL=${url} # why\n`],
    ['URL=""\n', `URL="${url}"\n`],
    ['URL: old\n', `URL: ${url}\n`],
    ['\uFEFFURL=old\r\n', `\uFEFFURL=${url}\r\n`],
    ['URL="say \\"hi\\"" # x\n', `URL="${url}" # x\n`],
    ["URL='C:\\dir\\'\n", `URL='${url}'\n`],
    ['URL="never closed\nB=1\n', `URL=${url}\nB=1\n`],
    ['URL=old\rB=1\r', `URL=${url}\rB=1\r`],
  ])('keeps everything but the value: %j', (before, after) => expect(edited(before)).toBe(after));

  it.each([
    ['', `URL=${url}\n`],
    ['\uFEFF', `\uFEFFURL=${url}\n`],
    ['A=1\n', `A=1\nURL=${url}\n`],
    ['A=1', `A=1\nURL=${url}`],
    ['A=1\r\nB=2\r\n', `A=1\r\nB=2\r\nURL=${url}\r\n`],
    ['export A="1"\n', `export A="1"\nexport URL="${url}"\n`],
    ['A= \n', `A= \nURL=${url}\n`],
    ['A = 1\n', `A = 1\nURL = ${url}\n`],
    ['# URL=old\n', `# URL=old\nURL=${url}\n`],
    ['URLS=1\nMY_URL=2\nurl=3\n', `URLS=1\nMY_URL=2\nurl=3\nURL=${url}\n`],
  ])('gets a missing key at its end, in its own style: %j', (before, after) =>
    expect(edited(before)).toBe(after),
  );

  it('has the address in every assignment of a key that stands twice', () => {
    expect(edited('URL=a\nB=1\nexport URL="b"\n')).toBe(`URL=${url}\nB=1\nexport URL="${url}"\n`);
  });

  it('takes a line within a value of several lines for what it is', () => {
    const before = 'KEY="-----BEGIN\nURL=not this one\n-----END" # key\nURL=old\n';
    expect(edited(before)).toBe(before.replace('URL=old', `URL=${url}`));
  });

  it('does not touch a value of several lines, which cannot be an address', () => {
    expect(edited('URL="a\nB=1\n"\n')).toMatch(/^problem: .*several lines/);
  });

  it('puts an address that a shell would read otherwise into single quotes', () => {
    expect(edited('URL="old"\n', 'URL', 'https://a.b/?x=$y&z')).toBe("URL='https://a.b/?x=$y&z'\n");
    expect(edited('URL=old\n', 'URL', "https://a.b/?x=$'")).toMatch(/^problem: .*quotation mark/);
  });

  it('refuses a key that no reader would take', () => {
    expect(edited('', 'MY URL')).toMatch(/^problem: MY URL/);
  });
});

interface Line {
  lead: string;
  key: string;
  separator: string;
  quote: string;
  value: string;
  tail: string;
}
const word = fc.stringMatching(/^[\w:/.-]{0,12}$/);
const inQuotes = fc.stringMatching(/^[\w:/. #=]{0,12}$/);
const line: fc.Arbitrary<Line> = fc
  .record({
    lead: fc.constantFrom('', 'export ', '  '),
    key: fc.constantFrom('URL', 'A', 'B_URL', 'URL2'),
    separator: fc.constantFrom('=', ' = ', '= '),
    quote: fc.constantFrom('', '"', "'", '`'),
    value: word,
    within: inQuotes,
    lines: fc.boolean(),
    tail: fc.constantFrom('', ' # note', '  '),
  })
  .map(({ within, lines, ...each }) => {
    if (each.quote === '') return each;
    // A value of several lines, one of which looks like ours.
    if (lines && each.key !== 'URL') return { ...each, value: 'one\nURL=inner\nthree' };
    return { ...each, value: within };
  });
const noise = fc.constantFrom('', '# URL=commented', '   ', '#');
const file = fc.record({
  mark: fc.constantFrom('', '\uFEFF'),
  lines: fc.array(fc.oneof(line, noise), { maxLength: 8 }),
  newline: fc.constantFrom('\n', '\r\n'),
  final: fc.boolean(),
});
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

const textOf = ({ mark, lines, newline, final }: File, own?: string): string => {
  const texts = lines.map((each) => (typeof each === 'string' ? each : lineText(each, own)));
  return mark + texts.map((each) => each.replaceAll('\n', newline)).join(newline) + (final ? newline : '');
};

function lineText({ lead, key, separator, quote, value, tail }: Line, own?: string): string {
  if (key !== 'URL' || own === undefined) return lead + key + separator + quote + value + quote + tail;
  // Where there was nothing, it stands right behind the =.
  if (quote + value === '')
    return lead + key + separator.trimEnd() + own + separator.replace(/^ *=/, '') + tail;
  return lead + key + separator + quote + own + quote + tail;
}

const hasKey = ({ lines }: File) => lines.some((each) => typeof each !== 'string' && each.key === 'URL');

const host = fc.stringMatching(/^[a-z0-9]{1,12}$/).map((name) => `https://${name}.test`);

/** Another reader of such files: Node's own. It knows no byte order mark. */
const read = (text: string) => parseEnv(text.replace(/^\uFEFF/, ''));

describe('whatever an env file looks like', () => {
  it('has the address in place of the old values, and every other byte as it was', () => {
    fc.assert(
      fc.property(file, host, (of, address) => {
        fc.pre(hasKey(of));
        expect(edited(textOf(of), 'URL', address)).toBe(textOf(of, address));
      }),
      { numRuns: 1000 },
    );
  });

  it('has a missing key behind all that was there', () => {
    fc.assert(
      fc.property(file, host, (of, address) => {
        fc.pre(!hasKey(of));
        expect(edited(textOf(of), 'URL', address).startsWith(textOf(of))).toBe(true);
      }),
    );
  });

  it('has the address for another reader, who finds every other key as it was', () => {
    fc.assert(
      fc.property(file, host, (of, address) => {
        // Node takes the next line for the value of `A= `, and `export A` for the key of an empty `export A=`.
        fc.pre(!/= +(#.*)?\r?$|export .*=\s*$/m.test(textOf(of)));
        const after = edited(textOf(of), 'URL', address);
        expect(read(after)).toEqual({ ...read(textOf(of)), URL: address });
      }),
    );
  });

  it('stays as it is when it has the address, and comes back to it after another', () => {
    fc.assert(
      fc.property(file, host, host, (of, one, two) => {
        const first = edited(textOf(of), 'URL', one);
        expect(edited(first, 'URL', one)).toBe(first);
        expect(edited(edited(first, 'URL', two), 'URL', one)).toBe(first);
      }),
    );
  });
});
