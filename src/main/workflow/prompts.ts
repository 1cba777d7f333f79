import { type ExtraFields, readField, readText } from './fields.ts';
import { nodeLabel } from './finding.ts';
import { sourceOf, type TabGraph, topologicalOrder } from './graph.ts';
import type { WorkflowNode } from './read.ts';
import { slotRoles } from './slots.ts';

/** A prompt longer than this is a mistake of the graph (templates that multiply each other), not a prompt. */
export const MAX_PROMPT = 100_000;

/** Why a node has no usable prompt; a finding of the sanity check. */
export interface PromptProblem {
  code: 'length-mismatch' | 'unresolved-placeholder';
  message: string;
  cure: string;
}

export interface Prompts {
  /** One text per row, without placeholders. Empty when there is none, or when something is wrong. */
  rows: string[];
  /** What is wrong in this very node. */
  problems: PromptProblem[];
  /** Something is wrong here or in a node that feeds it. */
  broken: boolean;
}

export type PromptMode = 'plain' | 'template' | 'dynamic';

/** `{name}`, also `{ name }` and `{{name}}`. A JSON text in braces is not one. */
const PLACEHOLDER = /\{+[^\S\n]*([\p{L}_][\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.-]+)*)[^\S\n]*\}+/gu;

/** Names in braces, each once, in order. */
export function placeholdersOf(text: string): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(PLACEHOLDER)) if (match[1] !== undefined) found.add(match[1]);
  return [...found];
}

/** The mode a Prompt node names, else inferred: rows → dynamic, placeholders with slots → template, else plain. */
export function promptMode(node: WorkflowNode, fields: ExtraFields): PromptMode {
  const named = readText(node, 'mode', fields)?.trim().toLowerCase();
  if (named === 'plain' || named === 'template' || named === 'dynamic') return named;
  const rows = readField(node, 'rows', fields);
  if (Array.isArray(rows) && rows.length > 0) return 'dynamic';
  const text = readText(node, 'text', fields) ?? '';
  return node.inputs.length > 0 && placeholdersOf(text).length > 0 ? 'template' : 'plain';
}

/**
 * A row as text. Objects give the value named like the node's `variableName`, else their only text;
 * null when a person has to say what is meant.
 */
export function rowText(row: unknown, variableName: string | null): string | null {
  if (typeof row === 'string') return row;
  if (row === null) return '';
  if (typeof row === 'number' || typeof row === 'boolean') return String(row);
  if (typeof row !== 'object' || Array.isArray(row)) return null;
  const key = rowKey(row, variableName);
  const text: unknown = key === null ? null : Reflect.get(row, key);
  return typeof text === 'string' ? text : null;
}

/** Under which key an object row has its text; null when a person has to say what is meant. */
export function rowKey(row: object, variableName: string | null): string | null {
  const texts = Object.entries(row).flatMap(([key, value]) => (typeof value === 'string' ? [key] : []));
  const named = texts.find((key) => key === variableName);
  return named ?? (texts.length === 1 ? (texts[0] ?? null) : null);
}

/** What every Prompt node and every generation node of a tab resolves to (behaviour.md §2). */
export function resolvePrompts(graph: TabGraph, fields: ExtraFields): Map<WorkflowNode, Prompts> {
  const resolved = new Map<WorkflowNode, Prompts>();
  for (const node of topologicalOrder(graph)) {
    if (node.kind === 'prompt') resolved.set(node, resolvePromptNode(graph, node, resolved, fields));
  }
  for (const node of graph.tab.nodes) {
    if (node.kind === 'image' || node.kind === 'video') {
      resolved.set(node, resolveGenerationNode(graph, node, resolved, fields));
    }
  }
  return resolved;
}

/** The Prompt node that feeds a generation node; its own text counts only where there is none. */
export function promptSource(graph: TabGraph, node: WorkflowNode): WorkflowNode | null {
  const slot = slotRoles(node).prompt;
  const source = slot === null ? null : sourceOf(graph, node, slot);
  return source?.kind === 'prompt' ? source : null;
}

function resolveGenerationNode(
  graph: TabGraph,
  node: WorkflowNode,
  resolved: Map<WorkflowNode, Prompts>,
  fields: ExtraFields,
): Prompts {
  const source = promptSource(graph, node);
  if (source === null) return leaf([readText(node, 'text', fields) ?? '']);
  const prompts = resolved.get(source);
  if (prompts === undefined || prompts.broken) return { rows: [], problems: [], broken: true };
  return { rows: prompts.rows.filter(isText), problems: [], broken: false };
}

function resolvePromptNode(
  graph: TabGraph,
  node: WorkflowNode,
  resolved: Map<WorkflowNode, Prompts>,
  fields: ExtraFields,
): Prompts {
  const mode = promptMode(node, fields);
  const text = readText(node, 'text', fields) ?? '';
  if (mode === 'template') return resolveTemplate(graph, node, text, resolved);
  if (mode === 'plain') {
    const plain = leaf([text]);
    return plain.broken ? plain : { ...plain, rows: [text] };
  }
  const rows = readField(node, 'rows', fields);
  const variableName = readText(node, 'variableName', fields);
  if (!Array.isArray(rows)) return leaf([]);
  const texts = rows.map((row: unknown) => rowText(row, variableName));
  const known = texts.filter((text) => text !== null);
  // rows that are no texts are rule 6's to tell
  return known.length === texts.length ? leaf(known) : { rows: [], problems: [], broken: true };
}

/** Rows as they stand in a node; blank ones are skipped. Nothing fills a placeholder in them. */
function leaf(texts: string[]): Prompts {
  const rows = texts.filter(isText);
  const left = [...new Set(rows.flatMap(placeholdersOf))];
  if (left.length === 0) return { rows, problems: [], broken: false };
  return broken({
    code: 'unresolved-placeholder',
    message: `${braces(left)} would reach the model as it stands: only a template fills placeholders.`,
    cure: 'Write the text out, or make it a template and wire its placeholders.',
  });
}

interface Feed {
  name: string;
  source: WorkflowNode;
  rows: string[];
}

function resolveTemplate(
  graph: TabGraph,
  node: WorkflowNode,
  text: string,
  resolved: Map<WorkflowNode, Prompts>,
): Prompts {
  const feeds = new Map<string, Feed>();
  const problems: PromptProblem[] = [];
  let upstream = false;
  for (const name of placeholdersOf(text)) {
    const slot = node.inputs.findIndex((input) => input.name === name);
    const source = slot < 0 ? null : sourceOf(graph, node, slot);
    const prompts = source === null ? undefined : resolved.get(source);
    if (source?.kind === 'prompt' && (prompts === undefined || prompts.broken)) upstream = true;
    else if (source !== null && prompts !== undefined && prompts.rows.length > 0) {
      feeds.set(name, { name, source, rows: prompts.rows });
    } else problems.push(unresolved(name, slot, source));
  }
  const first = problems[0];
  if (first !== undefined) return { rows: [], problems, broken: true };
  if (upstream) return { rows: [], problems: [], broken: true };

  const several = [...feeds.values()].filter((feed) => feed.rows.length > 1);
  const count = Math.max(1, ...[...feeds.values()].map((feed) => feed.rows.length));
  if (several.some((feed) => feed.rows.length !== count)) return broken(unequal(several));
  const rows: string[] = [];
  for (let row = 0; row < count; row++) {
    const filled = fill(text, feeds, row);
    if (filled === null) return broken(tooLong());
    rows.push(filled);
  }
  return { rows, problems: [], broken: false };
}

/** All placeholders at once, so that braces in a value are never taken for one. Null: too long to be a prompt. */
function fill(text: string, feeds: Map<string, Feed>, row: number): string | null {
  let length = text.length;
  const filled = text.replace(PLACEHOLDER, (whole, name: string) => {
    const rows = feeds.get(name)?.rows ?? [];
    const value = rows[rows.length === 1 ? 0 : row] ?? '';
    length += value.length - whole.length;
    return length > MAX_PROMPT ? '' : value;
  });
  return length > MAX_PROMPT ? null : filled;
}

function unresolved(name: string, slot: number, source: WorkflowNode | null): PromptProblem {
  const why =
    slot < 0
      ? 'the template has no input slot of that name'
      : source === null
        ? 'nothing is wired to its slot'
        : source.kind === 'prompt'
          ? `${nodeLabel(source)} has no rows`
          : `${nodeLabel(source)} gives no text`;
  return {
    code: 'unresolved-placeholder',
    message: `{${name}} cannot be filled: ${why}.`,
    cure: `Wire a prompt to the slot ${name}, or take {${name}} out of the template.`,
  };
}

function unequal(feeds: Feed[]): PromptProblem {
  const list = feeds.map((feed) => `${nodeLabel(feed.source)} has ${feed.rows.length} rows`).join(', ');
  return {
    code: 'length-mismatch',
    message: `Rows go together one by one, but ${list}.`,
    cure: 'Give them the same number of rows, or a single row, which repeats.',
  };
}

function tooLong(): PromptProblem {
  return {
    code: 'unresolved-placeholder',
    message: `The prompt grows beyond ${MAX_PROMPT.toLocaleString('en')} characters when its placeholders are filled.`,
    cure: 'Look for templates that feed each other the same text again and again.',
  };
}

const broken = (problem: PromptProblem): Prompts => ({ rows: [], problems: [problem], broken: true });
const isText = (text: string): boolean => text.trim() !== '';
const braces = (names: string[]): string => names.map((name) => `{${name}}`).join(', ');
