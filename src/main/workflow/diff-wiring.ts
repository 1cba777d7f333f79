import { type ExtraFields, galleryUrls, readText, savedUrls } from './fields.ts';
import { graphOf, sourceOf, type TabGraph } from './graph.ts';
import type { Link, Tab, WorkflowNode } from './read.ts';

/** What ends at a slot. */
export interface Feed {
  /** Alike on both sides when the same output of the same node feeds it, whatever that node is called by then. */
  key: string;
  /** `Scene 3 prompt (12)`. */
  label: string;
  /** Of a media node its picture; null: it is none, or has none. */
  picture: string | null;
}

/** The wiring of one tab, ready to be compared. Build it once and ask often. */
export interface Wiring {
  graph: TabGraph;
  /** Links that lead nowhere, by the id of the node they end at. */
  loose: Map<number, Link[]>;
  fields: ExtraFields;
}

export function wiringOf(tab: Tab, fields: ExtraFields): Wiring {
  const graph = graphOf(tab);
  const loose = new Map<number, Link[]>();
  for (const link of graph.dangling) {
    const others = loose.get(link.targetId);
    if (others === undefined) loose.set(link.targetId, [link]);
    else others.push(link);
  }
  return { graph, loose, fields };
}

/** What feeds a node, by the name of its slot (the second of a name is `image #2`). Slots nothing feeds are left out. */
export function feedsOf({ graph, loose, fields }: Wiring, node: WorkflowNode): Map<string, Feed> {
  const feeds = new Map<string, Feed>();
  if (graph.byId.get(node.id) !== node) return feeds; // the second of an id: no link can mean it
  const slots = slotNames(node);
  const into = graph.into.get(node);
  for (const [index, slot] of slots.entries()) {
    const link = into?.get(index);
    const source = link && graph.byId.get(link.originId);
    if (link === undefined || source === undefined) continue;
    feeds.set(slot, {
      key: keyOf(link),
      label: labelOf(source, link.originSlot),
      picture: source.kind === 'media' ? readText(source, 'media', fields) : null,
    });
  }
  for (const link of loose.get(node.id) ?? []) {
    const slot = slots[link.targetSlot] ?? `input ${link.targetSlot + 1}`;
    if (feeds.has(slot)) continue;
    const source = graph.byId.get(link.originId);
    const label =
      source === undefined ? `node ${link.originId}, which is not there` : labelOf(source, link.originSlot);
    feeds.set(slot, { key: keyOf(link), label, picture: null });
  }
  return feeds;
}

/** Whether two nodes with slots of the same names are fed the same; quickly, and not for every pair that is. */
export function isFedAlike(before: Wiring, old: WorkflowNode, after: Wiring, now: WorkflowNode): boolean {
  if (before.loose.has(old.id) || after.loose.has(now.id)) return false;
  const was = before.graph.into.get(old);
  const is = after.graph.into.get(now);
  if (was === undefined || is === undefined) return was === is;
  if (was.size !== is.size) return false;
  for (const [slot, link] of was) {
    const other = is.get(slot);
    if (other?.originId !== link.originId || other.originSlot !== link.originSlot) return false;
  }
  return true;
}

/** The pictures a gate shows: its own, else the output of what feeds it. */
export function shownAt({ graph, fields }: Wiring, gate: WorkflowNode): (string | null)[] {
  const own = galleryUrls(gate, fields);
  if (own.length > 0) return own;
  const source = sourceOf(graph, gate, 0);
  return source === null ? [] : savedUrls(source, fields);
}

/** Names of the input slots, each unlike the others. */
export function slotNames(node: WorkflowNode): string[] {
  const seen = new Map<string, number>();
  return node.inputs.map(({ name }, index) => {
    if (name === '') return `input ${index + 1}`;
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return nth === 1 ? name : `${name} #${nth}`;
  });
}

const keyOf = ({ originId, originSlot }: Link): string => `${originId} ${originSlot}`;

function labelOf(source: WorkflowNode, slot: number): string {
  const title = source.title.trim();
  const node = title === '' ? `node ${source.id}` : `${title} (${source.id})`;
  if (source.outputs.length === 1 && slot === 0) return node;
  return `${node}, ${source.outputs[slot]?.name || `output ${slot + 1}`}`;
}
