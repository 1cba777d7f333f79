import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWorkflow } from './check.ts';
import { galleryUrls, savedUrls } from './fields.ts';
import { parseWorkflow } from './read.ts';
import { readUrlList, strangeScheme } from './url-list.ts';

const four = ['a', 'b', 'c', 'd'].map((name) => `https://r2.example/${name}.png`);
const [one = ''] = four;

describe('saved output', () => {
  it.each([
    ['a list', four, four],
    ['nothing', undefined, []],
    ['null', null, []],
    ['an empty text', '', []],
    ['a single address', one, [one]],
    ['one object', { url: one, seed: 7 }, [one]],
    ['objects', four.map((src) => ({ src })), four],
    ['a list per row', [four, four], [...four, ...four]],
    ['a list per row, the last one short', [four, [one]], [...four, one]],
    ['a list with holes', [one, null, '', ' '], [one, null, null, null]],
  ])('may be %s', (_what, value, urls) => {
    expect(readUrlList(value)).toEqual({ urls, trouble: null });
  });

  it.each([
    ['an object', { 0: one }, [], 'is an object, not a list'],
    ['a number', 7, [], 'is a number, not a list'],
    ['true', true, [], 'is a boolean, not a list'],
    ['a list with strangers', [one, 7, { of: 1 }, [one]], [one, null, null, null], '3 of 4 entries'],
    ['rows that are not full', [[one], four], [null, null], '2 of 2 entries that are no address (a list)'],
    [
      'addresses of a browser tab',
      ['blob:https://p.example/1', one],
      ['blob:https://p.example/1', one],
      '1 of 2 addresses that lead nowhere (blob:)',
    ],
  ])('that is %s is read as far as it goes, and told', (_what, value, urls, trouble) => {
    const list = readUrlList(value);
    expect(list.urls).toEqual(urls);
    expect(list.trouble).toContain(trouble);
  });

  it('is a list of texts and holes, whatever JSON stands there', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { urls, trouble } = readUrlList(value);
        for (const url of urls)
          expect(url === null || (typeof url === 'string' && url.trim() !== '')).toBe(true);
        expect(trouble === null || trouble.length < 400).toBe(true);
        // What is there and gives nothing at all is never passed over in silence.
        const empty = value === null || value === '' || (Array.isArray(value) && value.flat().every(isBlank));
        if (urls.every((url) => url === null) && !empty) expect(trouble === null).toBe(false);
      }),
    );
  });
});

const isBlank = (value: unknown) => value === null || (typeof value === 'string' && value.trim() === '');

it('a scheme is strange when no program but a browser can ask for it', () => {
  for (const address of [one, 'HTTP://x', 'file:///a', 'data:image/png;base64,', 'refs/a.png', 'C:\\a.png'])
    expect(strangeScheme(address)).toBeNull();
  for (const address of ['blob:https://x/1', 'javascript:alert(1)', ' ftp://x/a.png', 'chrome-extension://x'])
    expect(strangeScheme(address)).not.toBeNull();
});

it('the check tells where it stands, as a warning: a run still goes', () => {
  const workflow = parseWorkflow(
    JSON.stringify({
      name: 'w',
      tabs: [
        {
          name: 'A',
          graphData: {
            nodes: [
              {
                id: 1,
                type: 'nanobanana/NanobananaAPI',
                properties: { text: 'x', model: 'nano_banana_2', outputCount: 4, _savedImages: { url: 1 } },
                inputs: [],
                outputs: [],
              },
              { id: 2, type: 'nanobanana/Approve', properties: { candidates: 7 }, inputs: [], outputs: [] },
            ],
            links: [],
          },
        },
      ],
    }),
    '/w.nbflow',
    {},
  );
  const findings = checkWorkflow(workflow);
  expect(findings.map(({ code, severity, nodeId, where }) => [code, severity, nodeId, where])).toEqual([
    ['short-gallery', 'warning', 1, 'tabs[0].graphData.nodes[0].properties._savedImages'],
    ['short-gallery', 'warning', 2, 'tabs[0].graphData.nodes[1].properties.candidates'],
  ]);
  const [image, gate] = [workflow.nodes.get(1), workflow.nodes.get(2)];
  expect(image && savedUrls(image)).toEqual([]);
  expect(gate && galleryUrls(gate)).toEqual([]);
});
