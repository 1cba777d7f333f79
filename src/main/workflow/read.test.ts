import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import {
  brokenCounts,
  fixtureBytes,
  fixtureText,
  openFixture,
  unreadable,
  validCounts,
} from './fixtures/expected.ts';
import { generationNodes } from './generation.ts';
import { styleOf } from './json-style.ts';
import { readPick } from './picks.ts';
import { baseNameOf, decodeWorkflow, kindOf, MAX_BYTES, parseWorkflow, type Workflow } from './read.ts';

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof FlowdeckError) return error.failure;
    throw error;
  }
  throw new Error('it was taken');
};
const read = (bytes: Uint8Array, file: string): Workflow => parseWorkflow(decodeWorkflow(bytes, file), file);
const withNodes = (...nodes: unknown[]) => JSON.stringify({ tabs: [{ graphData: { nodes, links: [] } }] });

describe('a valid workflow', () => {
  it.each(Object.entries(validCounts))('%s has what the table says', (name, expected) => {
    const workflow = openFixture(`valid/${name}`);
    const nodes = workflow.tabs.flatMap((tab) => tab.nodes);
    const of = (kind: string) => nodes.filter((node) => node.kind === kind).length;
    const generation = generationNodes(workflow);
    const gates = nodes.filter((node) => node.kind === 'gate');
    const galleryOf = new Map(
      generation.flatMap((node) => node.gates.map((id) => [id, node.saved] as const)),
    );
    expect([
      workflow.tabs.length,
      nodes.length,
      of('prompt'),
      of('media'),
      of('image'),
      of('video'),
      of('gate'),
      of('other'),
      workflow.tabs.reduce((sum, tab) => sum + tab.links.length, 0),
      generation.reduce((sum, node) => sum + node.prompts.length, 0),
      generation.reduce((sum, node) => sum + node.saved.length, 0),
      gates.filter((node) => readPick(node, galleryOf.get(node.id) ?? []) !== null).length,
      styleOf(workflow.text).indent ?? '',
      workflow.text.endsWith('\n'),
    ]).toEqual(expected);
    expect(workflow.name).toBe(workflow.baseName);
    expect(workflow.nodes.size).toBe(nodes.length);
    expect(Buffer.from(workflow.text, 'utf8').equals(fixtureBytes(`valid/${name}`))).toBe(true);
  });

  it.each(Object.entries(brokenCounts))('%s can be read though it is broken', (name, expected) => {
    const workflow = openFixture(`broken/${name}`);
    const nodes = workflow.tabs.flatMap((tab) => tab.nodes);
    const generation = nodes.filter((node) => node.kind === 'image' || node.kind === 'video');
    expect([workflow.tabs.length, nodes.length, generation.length]).toEqual(expected);
  });

  it('takes links as objects and positions as objects', () => {
    const links = openFixture('valid/litegraph-extras.nbflow').tabs[1]?.links ?? [];
    expect(links[0]).toMatchObject({ id: 100501, originId: 100002, targetId: 100003, form: 'object' });
    const workflow = parseWorkflow(withNodes({ id: 1, type: 'x', pos: { 1: 20, 0: 10 } }), 'a.nbflow');
    expect(workflow.nodes.get(1)?.pos).toEqual([10, 20]);
  });

  it('makes do without title, position, slots, properties, links and names', () => {
    const workflow = parseWorkflow(
      '{"tabs":[{"graphData":{"nodes":[{"id":7,"properties":null}]}}]}',
      '/x/a.nbflow',
    );
    expect(workflow).toMatchObject({ name: null, baseName: 'a' });
    expect(workflow.tabs[0]).toMatchObject({ name: 'Tab 1', links: [] });
    expect(workflow.nodes.get(7)).toMatchObject({
      kind: 'other',
      title: '',
      inputs: [],
      outputs: [],
      properties: {},
    });
  });

  it('keeps a byte order mark in the text', () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), fixtureBytes('valid/minified.nbflow')]);
    const workflow = read(bytes, 'minified.nbflow');
    expect(workflow.nodes.size).toBe(19);
    expect(Buffer.from(workflow.text, 'utf8').equals(bytes)).toBe(true);
  });

  it('lets the first of two nodes with one id win in the look-up', () => {
    const workflow = parseWorkflow(
      withNodes({ id: 1, title: 'first' }, { id: 1, title: 'second' }),
      'a.nbflow',
    );
    expect(workflow.nodes.get(1)?.title).toBe('first');
    expect(workflow.tabs[0]?.nodes).toHaveLength(2);
  });
});

describe('an unreadable workflow', () => {
  it.each(Object.entries(unreadable))(
    '%s is refused with the reason, the place and a cure',
    (name, expected) => {
      const failure = refusal(() => read(fixtureBytes(`unreadable/${name}`), name));
      expect(failure.code).toBe('workflow-unreadable');
      expect(failure.message).toMatch(expected.message);
      expect(failure.where).toMatch(expected.where);
      expect(failure.cure).toMatch(expected.cure);
      expect(failure.message).not.toMatch(/\n|Error/);
    },
  );

  it.each([
    ['{}', 'tabs'],
    ['{"tabs":{}}', 'tabs'],
    ['{"tabs":[null]}', 'tabs[0]'],
    ['{"tabs":[{}]}', 'tabs[0].graphData'],
    ['{"tabs":[{"graphData":{}}]}', 'tabs[0].graphData.nodes'],
    [withNodes({ id: 1 }, 5), 'tabs[0].graphData.nodes[1]'],
    [withNodes({ id: '1' }), 'tabs[0].graphData.nodes[0].id'],
    [withNodes({ id: 1.5 }), 'tabs[0].graphData.nodes[0].id'],
    [withNodes({ id: 1, inputs: {} }), 'tabs[0].graphData.nodes[0].inputs'],
    [withNodes({ id: 1, inputs: [7] }), 'tabs[0].graphData.nodes[0].inputs[0]'],
    [withNodes({ id: 1, outputs: ['x'] }), 'tabs[0].graphData.nodes[0].outputs[0]'],
    [withNodes({ id: 1, properties: [] }), 'tabs[0].graphData.nodes[0].properties'],
    ['{"tabs":[{"graphData":{"nodes":[],"links":[[1,2,3]]}}]}', 'tabs[0].graphData.links[0][3]'],
    ['{"tabs":[{"graphData":{"nodes":[],"links":[{"id":1}]}}]}', 'tabs[0].graphData.links[0].origin_id'],
  ])('%s says the place', (text, place) => {
    expect(refusal(() => parseWorkflow(text, 'a.nbflow')).where).toBe(`a.nbflow: ${place}`);
  });

  it('is over 100 MB', () => {
    const failure = refusal(() => decodeWorkflow(new Uint8Array(MAX_BYTES + 1), 'a.nbflow'));
    expect(failure.message).toMatch(/the limit is 100 MB/);
  });

  it('has more than 20,000 nodes', () => {
    const nodes = Array.from({ length: 20_001 }, (_, id) => ({ id }));
    expect(refusal(() => parseWorkflow(withNodes(...nodes), 'a.nbflow')).message).toMatch(/20,000 nodes/);
    expect(parseWorkflow(withNodes(...nodes.slice(1)), 'a.nbflow').nodes.size).toBe(20_000);
  });

  it('is not UTF-8 somewhere: the line and column are named', () => {
    const bytes = Buffer.concat([Buffer.from('{\n "name": "'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(refusal(() => decodeWorkflow(bytes, 'a.nbflow')).where).toBe('a.nbflow:2:11');
  });

  it('is UTF-16 without a mark', () => {
    expect(refusal(() => decodeWorkflow(Buffer.from('{"tabs":[]}', 'utf16le'), 'a')).message).toMatch(
      /UTF-16/,
    );
  });
});

describe('whatever the bytes are', { timeout: 60_000 }, () => {
  const quietly = (bytes: Uint8Array): void => {
    try {
      read(bytes, 'a.nbflow');
    } catch (error) {
      expect(error).toBeInstanceOf(FlowdeckError);
    }
  };

  it('they are read or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), quietly));
    fc.assert(fc.property(fc.json(), (text) => quietly(Buffer.from(text))));
  });

  it('a fixture with one piece cut out or doubled is read or refused', () => {
    const text = fixtureText('valid/minified.nbflow');
    const place = fc.nat({ max: text.length });
    fc.assert(
      fc.property(place, fc.nat({ max: 300 }), fc.boolean(), (at, length, double) => {
        const piece = text.slice(at, at + length);
        quietly(Buffer.from(text.slice(0, at) + (double ? piece + piece : '') + text.slice(at + length)));
      }),
    );
  });

  it('depth never overflows: brackets of any kind and number', () => {
    for (const open of ['[', '{"a":', '{"tabs":[', '[{"x":[']) {
      quietly(Buffer.from(open.repeat(60_000)));
    }
  });
});

it('matches node types by their last part, without case', () => {
  const types = [
    'nanobanana/Prompt',
    'PROMPT',
    'a/b/media',
    'NanobananaAPI',
    'x/VEO3',
    'Approval',
    'nanobanana/Approve',
  ];
  expect(types.map(kindOf)).toEqual(['prompt', 'prompt', 'media', 'image', 'video', 'gate', 'gate']);
  expect(['Note', 'nanobanana/Veo', 'prompt/x', ''].map(kindOf)).toEqual([
    'other',
    'other',
    'other',
    'other',
  ]);
});

it('takes the base name from either kind of path, and from backups', () => {
  expect(baseNameOf('/a/b/XYZG3-V0-1.nbflow')).toBe('XYZG3-V0-1');
  expect(baseNameOf('C:\\a\\XYZG3-V0-1.NBFLOW')).toBe('XYZG3-V0-1');
  expect(baseNameOf('b/XYZG3-V0-1.nbflow.bak-2026-05-12-pre-run')).toBe('XYZG3-V0-1');
});
