import { fail } from '../../shared/failure.ts';
import { editJson, editJsonAt, type JsonEdit, type JsonPath, type JsonValue } from './json-edit.ts';
import { isArrayAt, isObjectAt, skipSpace, skipValue, topOf, walkArray, walkObject } from './json-text.ts';

export type { JsonValue } from './json-edit.ts';

/** What to change in one node. */
export interface NodeEdit {
  nodeId: number;
  /** Which tab, where an id is used twice; else the first node of that id. */
  tabIndex?: number;
  /** Values by property name; undefined removes the property. */
  properties?: Readonly<Record<string, JsonValue | undefined>>;
  /** Values inside a property, which else stays as it is: its name, then keys and places from 0. */
  inside?: readonly { path: JsonPath; value: JsonValue }[];
}

/**
 * Lossless write (behaviour.md §1): the bytes of the values that change are replaced, and no others. One
 * linear pass over the text, no tree of it. The text must be one that parseWorkflow takes.
 * Throws `not-found` when a node is not in it.
 */
export function editWorkflow(text: string, edits: readonly NodeEdit[]): string {
  const changes = edits.flatMap((edit) => [
    ...Object.entries(edit.properties ?? {}).map(([name, value]) => ({ edit, inNode: [name], value })),
    ...(edit.inside ?? []).map(({ path, value }) => ({ edit, inNode: path, value })),
  ]);
  if (changes.length === 0) return text;
  const first = new Map<number, NodePlace>();
  const inTab = new Map<string, NodePlace>();
  for (const place of nodePlaces(text)) {
    if (!first.has(place.id)) first.set(place.id, place);
    const key = `${place.tabIndex}:${place.id}`;
    if (!inTab.has(key)) inTab.set(key, place);
  }
  const places = new Map<number, { start: number; edits: JsonEdit[] }>();
  for (const { edit, inNode, value } of changes) {
    const { nodeId, tabIndex } = edit;
    const place = tabIndex === undefined ? first.get(nodeId) : inTab.get(`${tabIndex}:${nodeId}`);
    if (place === undefined) {
      throw fail('not-found', `Node ${nodeId} is not in the workflow.`, {
        cure: 'Read the workflow again: somebody may have changed it.',
      });
    }
    const { start } = place;
    const path = ['properties', ...inNode];
    const node = places.get(start) ?? { start, edits: [] };
    node.edits.push(value === undefined ? { path, remove: true } : { path, value });
    places.set(start, node);
  }
  return editJsonAt(text, places.values());
}

/** Sets the top-level `name`. */
export function setWorkflowName(text: string, name: string): string {
  return editJson(text, [{ path: ['name'], value: name }]);
}

interface NodePlace {
  id: number;
  tabIndex: number;
  /** Offset of its opening bracket. */
  start: number;
}

/** Where each node stands, in file order, by one pass over the text. */
function nodePlaces(text: string): NodePlace[] {
  let tabs: NodePlace[] = [];
  const member = (at: number, key: string, take: (start: number) => number): number => {
    if (!isObjectAt(text, at)) return skipValue(text, at);
    return walkObject(text, at, (m) => (m.key === key ? take(m.valueStart) : skipValue(text, m.valueStart)));
  };
  const elements = (at: number, take: (index: number, start: number) => number): number =>
    isArrayAt(text, at) ? walkArray(text, at, take) : skipValue(text, at);

  const nodeId = (at: number, take: (id: number) => void): number => {
    let id = Number.NaN;
    const end = member(at, 'id', (start) => {
      const behind = skipValue(text, start);
      id = Number(text.slice(start, behind));
      return behind;
    });
    take(id);
    return end;
  };

  // of a key that stands twice in an object the last counts: each level starts its list anew
  member(skipSpace(text, topOf(text)), 'tabs', (tabsAt) => {
    tabs = [];
    return elements(tabsAt, (tabIndex, tabAt) => {
      let ofTab: NodePlace[] = [];
      const end = member(tabAt, 'graphData', (graphAt) => {
        ofTab = [];
        return member(graphAt, 'nodes', (nodesAt) => {
          ofTab = [];
          return elements(nodesAt, (_, nodeAt) =>
            nodeId(nodeAt, (id) => ofTab.push({ id, tabIndex, start: nodeAt })),
          );
        });
      });
      for (const place of ofTab) tabs.push(place);
      return end;
    });
  });
  return tabs;
}
