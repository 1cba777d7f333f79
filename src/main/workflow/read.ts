import type { NodeKind } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type { ExtraFields } from './fields.ts';
import { deeperThan, findSyntaxProblem } from './json-syntax.ts';
import { fileName, placeOf } from './place.ts';
import { Shape } from './shape.ts';
import { firstBadByte, utf16Name } from './utf8.ts';

/** Limits of behaviour.md §1. */
export const MAX_BYTES = 100 * 1024 * 1024;
export const MAX_NODES = 20_000;
export const MAX_DEPTH = 500;

/** A workflow as it was read. `text` is the whole file; edits are edits of that text (edit.ts). */
export interface Workflow {
  file: string;
  name: string | null;
  /** Of the file, without folder and `.nbflow`. */
  baseName: string;
  text: string;
  tabs: Tab[];
  /** By id over all tabs; the first wins where an id is used twice. */
  nodes: Map<number, WorkflowNode>;
  /** More property names per concept (setting `workflow.fields`). */
  fields: ExtraFields;
}

export interface Tab {
  index: number;
  name: string;
  nodes: WorkflowNode[];
  links: Link[];
  /** LiteGraph's counters of ids given out, where the file has them. */
  lastNodeId: number | null;
  lastLinkId: number | null;
}

export interface WorkflowNode {
  id: number;
  tabIndex: number;
  nodeIndex: number;
  kind: NodeKind;
  type: string;
  title: string;
  pos: [number, number];
  inputs: InputSlot[];
  outputs: OutputSlot[];
  properties: Record<string, unknown>;
  /** LiteGraph's own, for comparisons: 0 works, others are muted or passed by. */
  mode: number;
  /** LiteGraph's `widgets_values` where the kind is unknown: of others the properties say the same. */
  widgets: unknown;
  /** JSON place: `tabs[0].graphData.nodes[3]`. */
  where: string;
}

export interface InputSlot {
  name: string;
  type: string;
  link: number | null;
}

export interface OutputSlot {
  name: string;
  type: string;
  links: number[] | null;
}

/** A row of `graphData.links`, the authority on what is wired. */
export interface Link {
  id: number;
  originId: number;
  originSlot: number;
  targetId: number;
  targetSlot: number;
  type: string;
  /** Place in the table, and how it is written there. */
  index: number;
  form: 'tuple' | 'object';
  where: string;
}

/**
 * The file as text. A byte order mark stays in it, so that a write gives it back.
 * Throws `workflow-unreadable` for an empty file, one over 100 MB, and what is not UTF-8.
 */
export function decodeWorkflow(bytes: Uint8Array, file: string): string {
  const refuse = (message: string, cure: string) =>
    fail('workflow-unreadable', `${fileName(file)} ${message}.`, { where: file, cure });
  const restore = 'Restore a backup of it.';
  if (bytes.length === 0) throw refuse('is empty', restore);
  if (bytes.length > MAX_BYTES) {
    const size = (bytes.length / 1024 / 1024).toFixed(1);
    throw refuse(`has ${size} MB; the limit is 100 MB`, 'Split it into several workflows.');
  }
  const utf16 = utf16Name(bytes);
  if (utf16 !== null) throw refuse(`is written in ${utf16}, not in UTF-8`, 'Save it as UTF-8.');
  if (bytes.every((byte) => byte === 0)) {
    throw refuse('holds nothing but zero bytes, as a power cut leaves them', restore);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const { line, column } = placeOf(new TextDecoder('latin1').decode(bytes), firstBadByte(bytes));
    throw fail('workflow-unreadable', `${fileName(file)} is not UTF-8 text.`, {
      where: `${file}:${line}:${column}`,
      cure: 'Save it as UTF-8, or restore a backup of it.',
      cause,
    });
  }
}

/** Throws `workflow-unreadable` with `file:line:column` for bad JSON and the JSON place for a wrong shape. */
export function parseWorkflow(text: string, file: string, fields: ExtraFields = {}): Workflow {
  const top = parseJson(text, file);
  const shape = new Shape(file);
  const root = shape.object(top, '', 'The file');
  const tabList = shape.array(root.tabs, 'tabs');
  const nodes = new Map<number, WorkflowNode>();
  let count = 0;

  const tabs = tabList.map((raw, index): Tab => {
    const where = `tabs[${index}]`;
    const tab = shape.object(raw, where);
    const graph = shape.object(tab.graphData, `${where}.graphData`);
    const rawNodes = shape.array(graph.nodes, `${where}.graphData.nodes`);
    count += rawNodes.length;
    if (count > MAX_NODES) {
      throw fail('workflow-unreadable', `${fileName(file)} has more than 20,000 nodes, the limit.`, {
        where: file,
        cure: 'Split it into several workflows.',
      });
    }
    const tabNodes = rawNodes.map((node, i) => readNode(shape, node, index, i));
    for (const node of tabNodes) if (!nodes.has(node.id)) nodes.set(node.id, node);
    const links = readLinks(shape, graph.links, `${where}.graphData.links`);
    const name = typeof tab.name === 'string' ? tab.name : `Tab ${index + 1}`;
    return {
      index,
      name,
      nodes: tabNodes,
      links,
      lastNodeId: finite(graph.last_node_id),
      lastLinkId: finite(graph.last_link_id),
    };
  });

  const name = typeof root.name === 'string' ? root.name : null;
  return { file, name, baseName: baseNameOf(file), text, tabs, nodes, fields };
}

/** Of a path with either slash: `XYZG3-V0-1` for `…/XYZG3-V0-1.nbflow` and its backups. */
export function baseNameOf(file: string): string {
  return fileName(file).replace(/\.nbflow(\.bak-.*)?$/i, '');
}

/** Node types match by their last part, without case (behaviour.md §1). */
export function kindOf(type: string): NodeKind {
  const last = type
    .slice(type.lastIndexOf('/') + 1)
    .trim()
    .toLowerCase();
  if (last === 'prompt') return 'prompt';
  if (last === 'media') return 'media';
  if (last === 'nanobananaapi') return 'image';
  if (last === 'veo3') return 'video';
  if (last === 'approve' || last === 'approval') return 'gate';
  return 'other';
}

function parseJson(text: string, file: string): unknown {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const deep = deeperThan(json, MAX_DEPTH);
  if (deep !== null) {
    const { line, column } = placeOf(json, deep);
    throw fail(
      'workflow-unreadable',
      `${fileName(file)} is nested deeper than ${MAX_DEPTH} levels, the limit.`,
      {
        where: `${file}:${line}:${column}`,
        cure: 'Restore a backup of it, or export it anew from the editor.',
      },
    );
  }
  try {
    return JSON.parse(json);
  } catch (cause) {
    const { offset, problem } = findSyntaxProblem(json) ?? { offset: json.length, problem: String(cause) };
    const { line, column } = placeOf(json, offset);
    throw fail(
      'workflow-unreadable',
      `${fileName(file)} is not JSON: line ${line}, column ${column}: ${problem}.`,
      {
        where: `${file}:${line}:${column}`,
        cure: 'Restore a backup of it, or export it anew from the editor.',
        cause,
      },
    );
  }
}

function readNode(shape: Shape, raw: unknown, tabIndex: number, nodeIndex: number): WorkflowNode {
  const where = `tabs[${tabIndex}].graphData.nodes[${nodeIndex}]`;
  const node = shape.object(raw, where);
  const type = typeof node.type === 'string' ? node.type : '';
  const kind = kindOf(type);
  const properties = node.properties;
  return {
    id: shape.whole(node.id, `${where}.id`),
    tabIndex,
    nodeIndex,
    kind,
    type,
    title: typeof node.title === 'string' ? node.title : '',
    pos: readPair(node.pos),
    inputs: shape.listIfAny(node.inputs, `${where}.inputs`).map((slot, i) => {
      const input = shape.object(slot, `${where}.inputs[${i}]`);
      return { name: text(input.name), type: text(input.type), link: finite(input.link) };
    }),
    outputs: shape.listIfAny(node.outputs, `${where}.outputs`).map((slot, i) => {
      const output = shape.object(slot, `${where}.outputs[${i}]`);
      const links = output.links;
      return { name: text(output.name), type: text(output.type), links: readLinkIds(links) };
    }),
    properties:
      properties === undefined || properties === null ? {} : shape.object(properties, `${where}.properties`),
    mode: finite(node.mode) ?? 0,
    widgets: kind === 'other' ? node.widgets_values : undefined,
    where,
  };
}

function readLinks(shape: Shape, raw: unknown, where: string): Link[] {
  const links: Link[] = [];
  for (const [index, entry] of shape.listIfAny(raw, where).entries()) {
    if (entry === null) continue; // LiteGraph leaves holes where links were removed
    const at = `${where}[${index}]`;
    const tuple = Array.isArray(entry);
    const link = tuple ? entry : shape.object(entry, at);
    const get = (position: number, key: string): unknown =>
      Array.isArray(link) ? link[position] : link[key];
    const number = (position: number, key: string) =>
      shape.whole(get(position, key), tuple ? `${at}[${position}]` : `${at}.${key}`);
    links.push({
      id: number(0, 'id'),
      originId: number(1, 'origin_id'),
      originSlot: number(2, 'origin_slot'),
      targetId: number(3, 'target_id'),
      targetSlot: number(4, 'target_slot'),
      type: text(get(5, 'type')),
      index,
      form: tuple ? 'tuple' : 'object',
      where: at,
    });
  }
  return links;
}

function readPair(value: unknown): [number, number] {
  if (typeof value !== 'object' || value === null) return [0, 0];
  const pair = value as Record<string, unknown>;
  return [finite(pair['0']) ?? 0, finite(pair['1']) ?? 0];
}

function readLinkIds(value: unknown): number[] | null {
  if (!Array.isArray(value)) return null;
  return value.map((id: unknown) => finite(id) ?? Number.NaN);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
