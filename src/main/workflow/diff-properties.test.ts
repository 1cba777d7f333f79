import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeDiff, WorkflowDiff } from '../../shared/workflow-diff.ts';
import { diffWorkflows } from './diff.ts';
import { editWorkflow, type JsonValue, type NodeEdit } from './edit.ts';
import { fieldName, readField } from './fields.ts';
import { fixtureText, validCounts } from './fixtures/expected.ts';
import { parseWorkflow, type Workflow, type WorkflowNode } from './read.ts';
import { sameJson } from './same-json.ts';

type Category = 'prompts' | 'references' | 'settings' | 'picks' | 'cache' | 'wiring';
const categories: readonly Category[] = ['prompts', 'references', 'settings', 'picks', 'cache', 'wiring'];

const names = Object.keys(validCounts);
const texts = new Map(names.map((name) => [name, fixtureText(`valid/${name}`)]));
const textOf = (name: string) => texts.get(name) ?? '';
const read = (text: string) => parseWorkflow(text, 'test.nbflow');
const workflows = new Map(names.map((name) => [name, read(textOf(name))]));
const workflowOf = (name: string): Workflow => workflows.get(name) ?? read('');
const isTold = (node: NodeDiff, category: Category) => {
  const list = node[category];
  return Array.isArray(list) ? list.length > 0 : list !== null;
};

/** An edit of one property and what it is to a person; null: nothing that counts. */
interface OneEdit {
  node: WorkflowNode;
  edit: NodeEdit;
  category: Category | null;
}

const word = fc.constantFrom('jar', 'lamp', 'Küche', '{scene}', '☕', 'a b', '\n', '');
const urls = fc.array(fc.constantFrom('https://a/1.png', 'https://a/2.png', 'https://a/3.mp4'), {
  maxLength: 6,
});
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;

/** Any edit that `editWorkflow` can make in a node of this kind, with its category. */
function editsOf(node: WorkflowNode): fc.Arbitrary<OneEdit> {
  const at = { nodeId: node.id, tabIndex: node.tabIndex };
  const set = (name: string, value: fc.Arbitrary<JsonValue>, category: Category | null) =>
    value.map((chosen): OneEdit => {
      const same = sameJson(chosen, readOwn(node, name));
      return { node, edit: { ...at, properties: { [name]: chosen } }, category: same ? null : category };
    });
  const list: fc.Arbitrary<OneEdit>[] = [
    set(
      'aspectRatio',
      json.filter((value) => value !== undefined),
      'settings',
    ),
    set('some setting', json, 'settings'),
    set('_anything', json, null),
  ];
  const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
  if (node.kind === 'prompt') {
    const rows = readField(node, 'rows');
    if (Array.isArray(rows)) {
      for (const [row, was] of rows.entries()) {
        if (typeof was !== 'string') continue;
        list.push(
          text.map((value) => ({
            node,
            edit: { ...at, inside: [{ path: ['dynamicRows', row], value }] },
            category: value === was ? null : 'prompts',
          })),
        );
      }
    } else list.push(set(fieldName(node, 'text'), text, 'prompts'));
  }
  if (node.kind === 'image') list.push(set('_savedImages', urls, 'cache'), set('text', text, 'prompts'));
  if (node.kind === 'video')
    list.push(set('_savedClips', urls, 'cache'), set('negativePrompt', text, 'prompts'));
  if (node.kind === 'media') list.push(set(fieldName(node, 'media'), text, 'references'));
  if (node.kind === 'gate') {
    list.push(set('candidates', urls, 'cache'), set('approvedIndex', fc.nat({ max: 15 }), 'picks'));
  }
  if (node.kind === 'image' || node.kind === 'video') list.push(set('_cacheKey', text, null));
  return fc.oneof(...list);
}

const readOwn = (node: WorkflowNode, name: string): unknown =>
  Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;

/** No saved output and the empty list are the same. */
const isNothing = ({ edit, category, node }: OneEdit): boolean => {
  if (category !== 'cache') return category === null;
  const [name, value] = Object.entries(edit.properties ?? {})[0] ?? ['', null];
  const was = readOwn(node, name);
  return Array.isArray(value) && value.length === 0 && (was === undefined || was === null);
};

const edited = fc.constantFrom(...names).chain((name) => {
  const nodes = [...workflowOf(name).nodes.values()];
  return fc
    .constantFrom(...nodes)
    .chain(editsOf)
    .map((one) => ({ name, one }));
});

describe('the diff of two workflows', () => {
  it('tells every edit of a property, in its category and in no other', () => {
    fc.assert(
      fc.property(edited, ({ name, one }) => {
        const diff = diffWorkflows(workflowOf(name), read(editWorkflow(textOf(name), [one.edit])));
        if (isNothing(one)) {
          expect(diff.nodes).toEqual([]);
          return;
        }
        expect(diff.nodes.map(({ nodeId, change }) => [nodeId, change])).toEqual([[one.node.id, 'changed']]);
        const [node] = diff.nodes;
        expect(categories.filter((category) => node && isTold(node, category))).toEqual([one.category]);
      }),
      { numRuns: 300 },
    );
  });

  it('tells a prompt with both texts as they are', () => {
    const prompts = edited.filter(({ one }) => one.category === 'prompts');
    fc.assert(
      fc.property(prompts, ({ name, one }) => {
        const after = read(editWorkflow(textOf(name), [one.edit]));
        const [prompt] = diffWorkflows(workflowOf(name), after).nodes[0]?.prompts ?? [];
        const inside = one.edit.inside?.[0];
        const [property, value] = Object.entries(one.edit.properties ?? {})[0] ?? [];
        const row = inside?.path[1];
        const was =
          row === undefined
            ? readOwn(one.node, property ?? '')
            : (readField(one.node, 'rows') as unknown[])[Number(row)];
        expect(prompt).toEqual({
          name: row === undefined ? property : `dynamicRows[${row}]`,
          before: was ?? null,
          after: inside?.value ?? value,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('of a workflow with itself is empty, also where its nodes stand elsewhere and in another order', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.infiniteStream(fc.nat()), (name, numbers) => {
        const text = textOf(name);
        const moved = shuffled(JSON.parse(text) as Model, numbers);
        const diff = diffWorkflows(read(text), read(JSON.stringify(moved)));
        expect(diff).toMatchObject({ nodes: [], left: 0, file: [], tabs: { added: [], removed: [] } });
        expect(Object.values(diff.totals).every((total) => total === 0)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('mirrored is the diff the other way round, and its sums add up', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.infiniteStream(fc.nat()), (name, numbers) => {
        const a = workflowOf(name);
        const b = read(JSON.stringify(mangled(JSON.parse(textOf(name)) as Model, numbers)));
        const there = diffWorkflows(a, b);
        expect(comparable(mirrored(diffWorkflows(b, a)))).toEqual(comparable(there));
        expect(there.nodes.length + there.left).toBe(
          there.totals.added + there.totals.removed + there.totals.changed,
        );
        for (const category of categories) {
          expect(there.totals[category]).toBe(there.nodes.filter((node) => isTold(node, category)).length);
        }
        expect(there.totals.added - there.totals.removed).toBe(count(b) - count(a));
      }),
      { numRuns: 100 },
    );
  });
});

const count = (workflow: Workflow) => workflow.tabs.reduce((sum, { nodes }) => sum + nodes.length, 0);

interface Model {
  tabs: { name?: string; graphData: { nodes: ModelNode[]; links: unknown[] } }[];
}
interface ModelNode {
  id: number;
  title?: string;
  type: string;
  pos?: unknown;
  properties?: Record<string, unknown>;
}
type Numbers = { next(): { value?: number } };
const draw = (numbers: Numbers, below: number): number => (numbers.next().value ?? 0) % Math.max(1, below);

/** Nodes and links in another order, nodes at another place. */
function shuffled(model: Model, numbers: Numbers): Model {
  const mix = <T>(list: T[]): T[] =>
    list
      .map((item) => [draw(numbers, 1e9), item] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item);
  for (const tab of model.tabs) {
    tab.graphData.nodes = mix(tab.graphData.nodes);
    tab.graphData.links = mix(tab.graphData.links);
    for (const node of tab.graphData.nodes) node.pos = [draw(numbers, 5000), draw(numbers, 5000)];
  }
  model.tabs = mix(model.tabs);
  return model;
}

/** A workflow that somebody worked on: up to twenty things done to it. */
function mangled(model: Model, numbers: Numbers): Model {
  for (let done = draw(numbers, 20); done >= 0; done -= 1) {
    const tab = model.tabs[draw(numbers, model.tabs.length)];
    if (tab === undefined) break;
    const { nodes, links } = tab.graphData;
    const at = draw(numbers, nodes.length);
    const node = nodes[at];
    if (node === undefined) continue;
    const properties = propertiesOf(node);
    const deeds: (() => unknown)[] = [
      () => nodes.splice(at, 1),
      () => nodes.push({ ...structuredClone(node), id: 900_000 + done }),
      () => nodes.push(structuredClone(node)),
      () => nodes.unshift(...nodes.splice(at, 1)),
      () => links.splice(draw(numbers, links.length), 1),
      () => Object.assign(node, { title: `Other ${done}` }),
      () => Object.assign(node, { type: 'custom/Other' }),
      () =>
        Object.assign(properties, {
          text: `text ${done}`,
          model: done,
          _savedImages: [`https://a/${done}`],
        }),
      () =>
        Object.assign(properties, {
          dynamicRows: Array.from({ length: done }, (_, i) => `row ${i * done}`),
        }),
      () => Object.assign(properties, { approvedIndex: done, candidates: null }),
      () => Object.assign(tab, { name: `Tab of ${done}` }),
      () => model.tabs.push(...model.tabs.splice(0, 1)),
      () => model.tabs.push(structuredClone(tab)),
      () => model.tabs.length > 1 && model.tabs.splice(draw(numbers, model.tabs.length), 1),
    ];
    deeds[draw(numbers, deeds.length)]?.();
  }
  return model;
}

function propertiesOf(node: ModelNode): Record<string, unknown> {
  const properties = node.properties ?? {};
  node.properties = properties;
  return properties;
}

/** Of both sides a node and a tab are called as the later side has them: that is not mirrored. */
function mirrored(diff: WorkflowDiff): WorkflowDiff {
  const turn = <T extends { before: unknown; after: unknown }>(change: T): T => ({
    ...change,
    before: change.after,
    after: change.before,
  });
  const turned = { added: 'removed', removed: 'added', changed: 'changed' } as const;
  return {
    ...diff,
    totals: { ...diff.totals, added: diff.totals.removed, removed: diff.totals.added },
    tabs: { added: diff.tabs.removed, removed: diff.tabs.added },
    file: diff.file.map(turn),
    nodes: diff.nodes.map((node) => ({
      ...node,
      change: turned[node.change],
      prompts: node.prompts.map(turn),
      references: node.references.map(turn),
      settings: node.settings.map(turn),
      picks: node.picks.map(turn),
      wiring: node.wiring.map(turn),
      cache: node.cache && turn(node.cache),
    })),
  };
}

function comparable(diff: WorkflowDiff) {
  const sorted = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => [JSON.stringify(item), item] as const)
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
      .map(([, item]) => item);
  return {
    ...diff,
    tabs: { added: sorted(diff.tabs.added), removed: sorted(diff.tabs.removed) },
    file: sorted(diff.file.map(({ before, after }) => ({ before, after }))),
    nodes: sorted(
      diff.nodes.map((node) => ({
        ...node,
        ...(node.change === 'changed' ? { tabIndex: 0, tab: '', title: '', kind: '' } : {}),
        prompts: sorted(node.prompts),
        references: sorted(node.references),
        settings: sorted(node.settings),
        wiring: sorted(node.wiring),
      })),
    ),
  };
}
