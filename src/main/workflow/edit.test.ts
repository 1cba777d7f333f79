import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import { editWorkflow, type JsonValue, type NodeEdit, setWorkflowName } from './edit.ts';
import { fixtureText, validCounts } from './fixtures/expected.ts';
import { decodeWorkflow, parseWorkflow } from './read.ts';
import { bracketAt, printWildly } from './test-json.ts';

const valid = Object.keys(validCounts).map((name) => `valid/${name}`);
const one = (text: string, properties: Record<string, JsonValue | undefined>) =>
  editWorkflow(text, [{ nodeId: 1, properties }]);
const inNode = (properties: string) =>
  `{"tabs":[{"graphData":{"nodes":[{"id":1,"properties":${properties}}]}}]}`;

describe('no edit', () => {
  it.each(valid)('%s: nothing asked, nothing changed', (name) => {
    const text = fixtureText(name);
    expect(editWorkflow(text, [])).toBe(text);
    expect(editWorkflow(text, [{ nodeId: 1 }, { nodeId: 2, properties: {} }])).toBe(text);
  });

  it.each(valid)('%s: writing what is there already keeps every byte', (name) => {
    const text = fixtureText(name);
    const edits = parseWorkflow(text, name).tabs.flatMap((tab) =>
      tab.nodes.map((node) => ({
        nodeId: node.id,
        properties: node.properties as Record<string, JsonValue>,
      })),
    );
    expect(editWorkflow(text, edits)).toBe(text);
  });
});

describe('layout', () => {
  const urls = ['https://a/1.png', 'https://a/2.png'];

  it.each([
    ['valid/XYZG3-V0-1.nbflow', '  '],
    ['valid/XYZG3-V0-2.nbflow', '    '],
    ['valid/litegraph-extras.nbflow', '\t'],
    ['valid/minified.nbflow', ''],
  ])('%s: new values look like the old ones', (name, indent) => {
    const text = fixtureText(name);
    const after = editWorkflow(text, [{ nodeId: 4, properties: { _savedImages: urls, _cacheKey: 'v1:x' } }]);
    // the fixtures were printed in one style: printing one property more in that style gives the same bytes
    const model: unknown = JSON.parse(text);
    const node = parseWorkflow(text, name).nodes.get(4);
    const raw = at(model, ['tabs', 0, 'graphData', 'nodes', node?.nodeIndex ?? -1, 'properties']) as Record<
      string,
      unknown
    >;
    raw._savedImages = urls;
    raw._cacheKey = 'v1:x';
    expect(JSON.parse(after)).toEqual(model);
    if (!name.includes('extras')) {
      expect(after).toBe(`${JSON.stringify(model, null, indent)}${text.endsWith('\n') ? '\n' : ''}`);
    } else {
      expect(after).toContain('"_savedImages": [\n\t\t\t\t\t\t\t\t"https://a/1.png",\n');
      expect(after).toContain('\n\t\t\t\t\t\t\t"timeout": 3e2,\n\t\t\t\t\t\t\t"_cacheKey": "v1:x"\n');
    }
  });

  it.each([
    ['a loose line', '{"a": 1, "b": [1, 2]}', '{"a": 1, "b": [1, 2], "c": [3, {"d": 4}]}'],
    ['a loose line of one', '{"a": 1}', '{"a": 1, "c": [3, {"d": 4}]}'],
    ['nothing yet', '{}', '{"c": [3, {"d": 4}]}'],
    ['nothing but space', '{ \n }', '{"c": [3, {"d": 4}]}'],
    ['null', 'null', '{"c": [3, {"d": 4}]}'],
  ])('in %s', (_what, before, after) => {
    const around = (properties: string) =>
      `{"x": 0, "tabs": [{"graphData": {"nodes": [{"id": 1, "properties": ${properties}}]}}]}`;
    expect(one(around(before), { c: [3, { d: 4 }] })).toBe(around(after));
  });

  it('adds properties to a node that has none, in an indented file', () => {
    const text = '{\n "tabs": [\n  {"graphData": {"nodes": [\n   {\n    "id": 1\n   }\n  ]}}\n ]\n}';
    expect(one(text, { a: [], b: { c: 1 } })).toBe(
      text.replace(
        '"id": 1\n',
        '"id": 1,\n    "properties": {\n     "a": [],\n     "b": {\n      "c": 1\n     }\n    }\n',
      ),
    );
  });

  it('keeps line ends of Windows', () => {
    const text =
      '{\r\n  "tabs": [{"graphData": {"nodes": [{"id": 1, "properties": {\r\n    "a": 1\r\n  }}]}}]\r\n}\r\n';
    expect(one(text, { a: ['x'], b: 2 })).toBe(
      text.replace('"a": 1', '"a": [\r\n      "x"\r\n    ],\r\n    "b": 2'),
    );
  });

  it('keeps a list on one line where it stands on one line', () => {
    const text =
      '{\n  "tabs": [{"graphData": {"nodes": [{"id": 1, "properties": {"a": [1, 2], "b": []}}]}}]\n}';
    expect(one(text, { a: [3, 4] })).toBe(text.replace('[1, 2]', '[3, 4]'));
  });
});

describe('removing', () => {
  it.each([
    ['{"a":1,"b":2,"c":3}', ['a'], '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['b'], '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['c'], '{"a":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', ['a', 'b'], '{"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['a', 'c'], '{"b":2}'],
    ['{"a":1,"b":2,"c":3}', ['b', 'c'], '{"a":1}'],
    ['{"a":1,"b":2,"c":3}', ['a', 'b', 'c'], '{}'],
    ['{ "a" : 1 , "b" : 2 }', ['b'], '{ "a" : 1 }'],
    ['{"a":1}', ['x'], '{"a":1}'],
    ['null', ['x'], 'null'],
    // a key that stands twice must not come to light again
    ['{"a":1,"b":2,"a":3}', ['a'], '{"b":2}'],
  ])('%s without %j', (before, names, after) => {
    expect(one(inNode(before), Object.fromEntries(names.map((name) => [name, undefined])))).toBe(
      inNode(after),
    );
  });

  it('and adding at once', () => {
    expect(one(inNode('{"a":1,"b":2}'), { b: undefined, c: 3 })).toBe(inNode('{"a":1,"c":3}'));
    expect(one(inNode('{"a":1,"b":2}'), { a: undefined, b: undefined, c: 3 })).toBe(inNode('{"c":3}'));
  });
});

describe('which value is meant', () => {
  it('of a key that stands twice the last, as for JSON.parse', () => {
    expect(one(inNode('{"a":1,"a":2}'), { a: 3 })).toBe(inNode('{"a":1,"a":3}'));
    const twice =
      '{"tabs":[],"tabs":[{"graphData":{"nodes":[],"nodes":[{"id":9,"id":1,"properties":{"a":1}}]}}]}';
    expect(one(twice, { a: 2 })).toBe(twice.replace('"a":1', '"a":2'));
  });

  it('keys and ids spelt otherwise', () => {
    const text = '{"t\\u0061bs":[{"graphData":{"nodes":[{"id":1.0,"properties":{"\\u0061":1}}]}}]}';
    expect(one(text, { a: 2 })).toBe(text.replace('":1}', '":2}'));
  });

  it('a node that is not there is not-found', () => {
    try {
      editWorkflow(inNode('{}'), [{ nodeId: 5, properties: { a: 1 } }]);
      expect.unreachable();
    } catch (error) {
      expect(error instanceof FlowdeckError && error.failure.code).toBe('not-found');
    }
  });

  it('a tab tells two nodes of one id apart', () => {
    const text = fixtureText('broken/10-duplicate-ids.nbflow');
    const after = editWorkflow(text, [{ nodeId: 4, tabIndex: 1, properties: { model: 'x' } }]);
    const models = parseWorkflow(after, 'x').tabs.map((tab) => tab.nodes[3]?.properties.model);
    expect(models).toEqual(['nano_banana_2', 'x']);
  });

  it('names like __proto__ are names', () => {
    const after = one(inNode('{"a":1}'), JSON.parse('{"__proto__": 5}') as Record<string, JsonValue>);
    expect(after).toBe(inNode('{"a":1,"__proto__":5}'));
  });
});

it('sets the name of the workflow and nothing else', () => {
  for (const name of valid) {
    const text = fixtureText(name);
    const old = JSON.stringify(parseWorkflow(text, name).name);
    expect(setWorkflowName(text, 'XYZ-V9')).toBe(
      text.replace(`"name": ${old}`, '"name": "XYZ-V9"').replace(`"name":${old}`, '"name":"XYZ-V9"'),
    );
  }
  expect(setWorkflowName('{"tabs":[]}', 'a')).toBe('{"tabs":[],"name":"a"}');
});

// ---------------------------------------------------------------- random texts

function at(value: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>((v, step) => (v as Record<string | number, unknown>)[step], value);
}

const stable = fc.jsonValue({ maxDepth: 2 }).map((v) => JSON.parse(JSON.stringify(v)) as JsonValue);
const key = fc.oneof(
  fc.constantFrom('text', '_savedImages', '10', '2', '', 'a b', '__proto__', 'é✨'),
  fc.string(),
);
const properties = fc.dictionary(key, stable, { maxKeys: 5 });
const nodeOf = fc.record({ title: fc.string(), properties, extra: stable }, { requiredKeys: [] });
const workflowOf = fc
  .tuple(
    fc.array(fc.array(nodeOf, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    stable,
    fc.array(fc.nat(), { minLength: 1 }),
  )
  .map(([tabs, extra, noise]) => {
    let id = 0;
    const value: JsonValue = {
      zero: extra,
      tabs: tabs.map((nodes) => ({
        graphData: {
          links: [],
          nodes: nodes.map((node) => ({ ...node, id: ++id }) as JsonValue),
          version: 0.4,
        },
        name: 'tab',
      })),
      name: 'x',
    };
    let i = 0;
    const printed = printWildly(value, () => (noise[i++ % noise.length] ?? 0) + i * 7);
    return { ...printed, nodes: id };
  });

describe('of any workflow', { timeout: 60_000 }, () => {
  it('reading and writing back gives the same bytes', () => {
    fc.assert(
      fc.property(workflowOf, ({ text }) => {
        const bytes = Buffer.from(text, 'utf8');
        const workflow = parseWorkflow(decodeWorkflow(bytes, 'a.nbflow'), 'a.nbflow');
        const same = workflow.tabs.flatMap((tab) =>
          tab.nodes.map((n) => ({ nodeId: n.id, properties: n.properties as Record<string, JsonValue> })),
        );
        const raw = JSON.parse(text) as {
          tabs: { graphData: { nodes: { id: number; properties?: unknown }[] } }[];
        };
        const bare = new Set(
          raw.tabs
            .flatMap((t) => t.graphData.nodes)
            .filter((n) => n.properties === undefined)
            .map((n) => n.id),
        );
        const edits = same.filter((edit) => !bare.has(edit.nodeId));
        expect(Buffer.from(editWorkflow(workflow.text, edits), 'utf8').equals(bytes)).toBe(true);
      }),
    );
  });

  it('an edit gives what was asked, and leaves every other value its spelling', () => {
    const edit = fc.record({ node: fc.nat(), name: key, value: fc.option(stable, { nil: undefined }) });
    fc.assert(
      fc.property(workflowOf, fc.array(edit, { maxLength: 5 }), ({ text, spans, nodes }, wishes) => {
        if (nodes === 0) return;
        const edits: NodeEdit[] = wishes.map(({ node, name, value }) => ({
          nodeId: (node % nodes) + 1,
          properties: Object.fromEntries([[name, value]]),
        }));
        const after = editWorkflow(text, edits);

        // the model: the same done to the parsed value
        const model = JSON.parse(text) as { tabs: { graphData: { nodes: Record<string, unknown>[] } }[] };
        const touched = new Set<string>();
        model.tabs.forEach((tab, t) => {
          tab.graphData.nodes.forEach((node, n) => {
            const bare = node.properties === undefined;
            for (const { nodeId, properties: wanted } of edits) {
              if (node.id !== nodeId) continue;
              touched.add(`/tabs/${t}/graphData/nodes/${n}`);
              const entries = Object.entries(wanted ?? {});
              const before = node.properties as Record<string, unknown> | undefined;
              const map = new Map<string, unknown>(Object.entries(before ?? {}));
              for (const [name, value] of entries)
                value === undefined ? map.delete(name) : map.set(name, value);
              if (before !== undefined || map.size > 0) node.properties = Object.fromEntries(map);
            }
            // set and taken out again in one go: nothing was asked of a node without properties
            if (bare && Object.keys(node.properties ?? {}).length === 0) delete node.properties;
          });
        });
        expect(JSON.parse(after)).toEqual(model);

        // what stands outside of the touched nodes stands there still, byte by byte and in order
        const places = [...touched].flatMap((path) => [spans.get(path) ?? [0, 0]]);
        let rest = after;
        let from = 0;
        for (const [start, end] of places.sort(([a], [b]) => (a ?? 0) - (b ?? 0))) {
          const piece = text.slice(from, start);
          expect(rest.startsWith(piece)).toBe(true);
          rest = rest.slice(piece.length + bracketAt(rest, piece.length).length);
          from = end ?? 0;
        }
        expect(rest).toBe(text.slice(from));
      }),
      { numRuns: 300 },
    );
  });

  it('the window of a changed value is that value and no more', () => {
    fc.assert(
      fc.property(workflowOf, fc.nat(), stable, ({ text, spans }, which, value) => {
        const places = [...spans.keys()].filter((path) =>
          /^\/tabs\/\d+\/graphData\/nodes\/\d+\/properties\/[^/]+$/.test(path),
        );
        const place = places[which % Math.max(1, places.length)];
        const [start, end] = (place !== undefined && spans.get(place)) || [0, 0];
        if (place === undefined) return;
        const [, , tab, , , node, , name = ''] = place.split('/');
        const raw = JSON.parse(text) as { tabs: { graphData: { nodes: { id: number }[] } }[] };
        const nodeId = raw.tabs[Number(tab)]?.graphData.nodes[Number(node)]?.id ?? -1;
        const after = editWorkflow(text, [{ nodeId, properties: Object.fromEntries([[name, value]]) }]);
        expect(after.startsWith(text.slice(0, start))).toBe(true);
        expect(after.endsWith(text.slice(end))).toBe(true);
        expect(after.length).toBeGreaterThanOrEqual(start + text.length - end);
      }),
    );
  });

  it('the order of edits of different nodes does not matter', () => {
    const text = fixtureText('valid/litegraph-extras.nbflow');
    const ids = [...parseWorkflow(text, 'x').nodes.keys()];
    const edits = fc.uniqueArray(
      fc.record({ i: fc.nat({ max: ids.length - 1 }), value: stable, name: key }),
      {
        selector: (edit) => edit.i,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(edits, (list) => {
        const all = list.map(({ i, value, name }) => ({
          nodeId: ids[i] ?? 0,
          properties: Object.fromEntries([[name, value]]),
        }));
        const together = editWorkflow(text, all);
        expect(editWorkflow(text, [...all].reverse())).toBe(together);
        expect(all.reduce((t, edit) => editWorkflow(t, [edit]), text)).toBe(together);
      }),
    );
  });
});
