import type { NodeDiff } from '../../shared/workflow-diff.ts';
import type { Role, RoleOf } from './diff-roles.ts';
import { feedsOf, isFedAlike, shownAt, slotNames, type Wiring } from './diff-wiring.ts';
import { cacheConcept, fieldName, galleryUrls, readField, readText, savedUrls } from './fields.ts';
import { readPick } from './picks.ts';
import { rowText } from './prompts.ts';
import type { WorkflowNode } from './read.ts';
import { OUTPUT_COUNT } from './rules.ts';
import { sameJson } from './same-json.ts';

/** A node where it stands. */
export interface Placed {
  node: WorkflowNode;
  wiring: Wiring;
}

type Change = NodeDiff['prompts'][number];
type Lists = Pick<NodeDiff, 'prompts' | 'references' | 'settings' | 'picks' | 'cache' | 'wiring'>;

/** Characters of a setting that are told. */
const MOST_TOLD = 400;
/** Characters before the first difference that are told of one that is cut. */
const LEAD = 60;
/** Places a pick can point at where no gallery tells how many there are. */
const PLACES: readonly null[] = Array.from({ length: 10_000 }, () => null);

/**
 * What became of a node; of one that only one side has, all that it has. Null: nothing that counts. Pure.
 * A text is a prompt when the table of names (fields.ts) has its property as one.
 */
export function diffNode(before: Placed | null, after: Placed | null, roleOf: RoleOf): NodeDiff | null {
  const shown = after ?? before;
  if (shown === null || (before !== null && after !== null && isAlike(before, after))) return null;
  const lists: Lists = {
    prompts: [],
    references: [],
    settings: [],
    picks: [],
    cache: cacheChange(before, after),
    wiring: [],
  };
  diffProperties(before, after, roleOf, lists);
  diffPicks(before, after, lists);
  diffWiring(before, after, lists);
  const both = before !== null && after !== null;
  if (both) diffNature(before.node, after.node, lists.settings);
  if (both && !hasChanges(lists)) return null;
  const { node, wiring } = shown;
  return {
    nodeId: node.id,
    tabIndex: node.tabIndex,
    tab: wiring.graph.tab.name,
    title: node.title,
    kind: node.kind,
    change: both ? 'changed' : after === null ? 'removed' : 'added',
    ...lists,
  };
}

/** Nothing changed in most nodes: that is seen at a glance. */
function isAlike(before: Placed, after: Placed): boolean {
  const [old, now] = [before.node, after.node];
  return (
    old.title === now.title &&
    old.type === now.type &&
    old.mode === now.mode &&
    haveSameNames(old.inputs, now.inputs) &&
    haveSameNames(old.outputs, now.outputs) &&
    isFedAlike(before.wiring, old, after.wiring, now) &&
    sameJson(old.properties, now.properties) &&
    sameJson(old.widgets, now.widgets)
  );
}

function haveSameNames(old: readonly { name: string }[], now: readonly { name: string }[]): boolean {
  return old.length === now.length && old.every(({ name }, i) => name === now[i]?.name);
}

const hasChanges = ({ prompts, references, settings, picks, cache, wiring }: Lists): boolean =>
  cache !== null || [prompts, references, settings, picks, wiring].some((list) => list.length > 0);

function diffProperties(before: Placed | null, after: Placed | null, roleOf: RoleOf, lists: Lists): void {
  const old = before?.node.properties ?? {};
  const now = after?.node.properties ?? {};
  for (const name of namesOfBoth(old, now)) {
    const was = Object.hasOwn(old, name) ? old[name] : undefined;
    const is = Object.hasOwn(now, name) ? now[name] : undefined;
    if (sameJson(was, is)) continue;
    const role = roleOfBoth(before, after, name, roleOf);
    if (role === 'text' && isTextOrNone(was) && isTextOrNone(is)) addText(lists.prompts, name, was, is);
    else if (role === 'reference' && isTextOrNone(was) && isTextOrNone(is))
      addText(lists.references, name, was, is);
    else if (role === 'rows' && isListOrNone(was) && isListOrNone(is))
      diffRows(before, after, name, { was: was ?? [], is: is ?? [] }, lists);
    else if (role === 'pick' && (isPick(before, name) || isPick(after, name))) continue;
    else if (role !== 'nothing' && role !== 'cache') lists.settings.push(asJson(name, was, is));
  }
}

/** Those of the later side in its order, then those only the earlier one has. */
const namesOfBoth = (old: object, now: object): string[] => [
  ...Object.keys(now),
  ...Object.keys(old).filter((name) => !Object.hasOwn(now, name)),
];

/** A property of a node whose type changed is whatever it is on either side. */
function roleOfBoth(before: Placed | null, after: Placed | null, name: string, roleOf: RoleOf): Role {
  const roles = [before, after].flatMap((placed) => (placed === null ? [] : roleOf(placed.node.kind, name)));
  return roles.find((role) => role !== 'setting') ?? 'setting';
}

const isTextOrNone = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || typeof value === 'string';
const isListOrNone = (value: unknown): value is unknown[] | null | undefined =>
  value === undefined || value === null || Array.isArray(value);

/** Absent and null are both no text. */
function addText(
  changes: Change[],
  name: string,
  was: string | null | undefined,
  is: string | null | undefined,
): void {
  const before = was ?? null;
  const after = is ?? null;
  if (before !== after) changes.push({ name, before, after });
}

/**
 * Rows one by one, after those that both begin with and before those that both end with: a row put in between is one
 * row more, not a change of all behind it. The number in the name is its place from 0.
 */
function diffRows(
  before: Placed | null,
  after: Placed | null,
  name: string,
  { was, is }: { was: readonly unknown[]; is: readonly unknown[] },
  lists: Lists,
): void {
  const most = Math.min(was.length, is.length);
  let head = 0;
  while (head < most && sameJson(was[head], is[head])) head += 1;
  let tail = 0;
  while (tail < most - head && sameJson(was.at(-1 - tail), is.at(-1 - tail))) tail += 1;
  for (let row = head; row < Math.max(was.length, is.length) - tail; row += 1) {
    const [old, now] = [
      row < was.length - tail ? was[row] : undefined,
      row < is.length - tail ? is[row] : undefined,
    ];
    if (sameJson(old, now)) continue;
    const place = `${name}[${row}]`;
    const texts = { before: textOfRow(before, old), after: textOfRow(after, now) };
    if (texts.before !== texts.after && isRowText(texts.before, old) && isRowText(texts.after, now))
      lists.prompts.push({ name: place, ...texts });
    else lists.settings.push(asJson(place, old, now));
  }
}

/** Null: there is no such row, or it is not a text. */
const textOfRow = (placed: Placed | null, row: unknown): string | null =>
  placed === null || row === undefined
    ? null
    : rowText(row, readText(placed.node, 'variableName', placed.wiring.fields));
const isRowText = (text: string | null, row: unknown): boolean => text !== null || row === undefined;

/** Output that is kept in the node, or shown by the gate. */
function cacheChange(before: Placed | null, after: Placed | null): NodeDiff['cache'] {
  const was = before === null ? [] : cachedIn(before);
  const is = after === null ? [] : cachedIn(after);
  return sameJson(was, is) ? null : { before: was, after: is };
}

function cachedIn({ node, wiring: { fields } }: Placed): (string | null)[] {
  if (node.kind === 'gate') return galleryUrls(node, fields);
  if (node.kind === 'prompt' || node.kind === 'media') return [];
  const saved = savedUrls(node, fields);
  // An unknown kind may make clips as well as pictures.
  if (saved.length > 0 || node.kind !== 'other' || cacheConcept(node) === 'clips') return saved;
  return savedUrls({ ...node, kind: 'video' }, fields);
}

/** Whether this is the property a gate's pick is read from. */
const isPick = (placed: Placed | null, name: string): boolean =>
  placed?.node.kind === 'gate' && fieldName(placed.node, 'pick', placed.wiring.fields) === name;

/** A pick that stays as it is written is none that changed, whatever became of the gallery it points into. */
function diffPicks(before: Placed | null, after: Placed | null, lists: Lists): void {
  const was = pickOf(before);
  const is = pickOf(after);
  if (sameJson(was.written ?? null, is.written ?? null)) return;
  if (was.index === is.index) {
    // Not a pick that can be read, such as the address of a picture that is not shown.
    if (was.index === null)
      lists.settings.push(asJson(is.name ?? was.name ?? 'pick', was.written, is.written));
    return;
  }
  const rows = new Map<number, NodeDiff['picks'][number]>();
  const at = (row: number) => rows.get(row) ?? { row, before: null, after: null };
  const [from, to] = [placeOf(was.index), placeOf(is.index)];
  if (from !== null) rows.set(from.row, { ...at(from.row), before: from.candidate });
  if (to !== null) rows.set(to.row, { ...at(to.row), after: to.candidate });
  lists.picks.push(...[...rows.values()].sort((a, b) => a.row - b.row));
}

interface WrittenPick {
  /** The property; null: it is no gate. */
  name: string | null;
  written: unknown;
  /** Row-major, from 0. */
  index: number | null;
}

function pickOf(placed: Placed | null): WrittenPick {
  if (placed?.node.kind !== 'gate') return { name: null, written: undefined, index: null };
  const { node, wiring } = placed;
  const { fields } = wiring;
  const index = readPick(node, shownAt(wiring, node), fields) ?? readPick(node, PLACES, fields);
  return { name: fieldName(node, 'pick', fields), written: readField(node, 'pick', fields), index };
}

const placeOf = (index: number | null): { row: number; candidate: number } | null =>
  index === null
    ? null
    : { row: Math.floor(index / OUTPUT_COUNT) + 1, candidate: (index % OUTPUT_COUNT) + 1 };

/** What feeds each slot; and the picture, where an image or video node gets that of another media node. */
function diffWiring(before: Placed | null, after: Placed | null, lists: Lists): void {
  const old = before === null ? new Map() : feedsOf(before.wiring, before.node);
  const now = after === null ? new Map() : feedsOf(after.wiring, after.node);
  const makes = [before, after].some(
    (placed) => placed?.node.kind === 'image' || placed?.node.kind === 'video',
  );
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const was = old.get(name);
    const is = now.get(name);
    if (was?.key === is?.key) continue;
    lists.wiring.push({ name, before: was?.label ?? null, after: is?.label ?? null });
    if (makes) addText(lists.references, name, was?.picture, is?.picture);
  }
}

/** What a node is, apart from its properties. */
function diffNature(before: WorkflowNode, after: WorkflowNode, settings: Change[]): void {
  const parts: [name: string, of: (node: WorkflowNode) => unknown][] = [
    ['title', (node) => node.title],
    ['type', (node) => node.type],
    ['inputs', slotNames],
    ['outputs', (node) => node.outputs.map(({ name }) => name)],
    ['node mode', (node) => node.mode],
    ['widgets_values', (node) => node.widgets],
  ];
  for (const [name, of] of parts) {
    const [was, is] = [of(before), of(after)];
    if (!sameJson(was, is)) settings.push(asJson(name, was, is));
  }
}

/** Both as JSON; of long ones the part around the first difference. */
function asJson(name: string, was: unknown, is: unknown): Change {
  const before = was === undefined ? null : JSON.stringify(was);
  const after = is === undefined ? null : JSON.stringify(is);
  let same = 0;
  if (before !== null && after !== null) {
    while (same < before.length && before[same] === after[same]) same += 1;
  }
  return { name, before: excerpt(before, same), after: excerpt(after, same) };
}

function excerpt(text: string | null, difference: number): string | null {
  if (text === null || text.length <= MOST_TOLD) return text;
  const start = Math.max(0, difference - LEAD);
  const end = start + MOST_TOLD;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}
