import { fail } from '../../shared/failure.ts';
import type { PromptEdit, PromptSource } from '../../shared/prompts.ts';
import type { NodeEdit } from './edit.ts';
import { fieldName, readField, readText } from './fields.ts';
import { nodeLabel } from './finding.ts';
import { graphOf, sourceOf, type TabGraph, targetsOf } from './graph.ts';
import type { JsonPath } from './json-edit.ts';
import { placeholdersOf, promptMode, promptSource, rowKey, rowText } from './prompts.ts';
import type { Workflow, WorkflowNode } from './read.ts';

/**
 * The texts that make up a generation node's prompt, by the rules of prompts.ts, the nearest first: of the prompt node
 * wired to it, then of those that fill its placeholders, and so on; the node's own text where nothing is wired. Blank
 * rows are left out: they make no prompt. Throws `not-found` for what is no generation node.
 */
export function promptSources(workflow: Workflow, nodeId: number): PromptSource[] {
  const node = workflow.nodes.get(nodeId);
  const tab = node && workflow.tabs[node.tabIndex];
  if (!node || !tab || !isGeneration(node)) {
    throw fail('not-found', `Node ${nodeId} is no image or video node of this workflow.`, {
      where: workflow.file,
      cure: 'Name one that "flowdeck plan" lists.',
    });
  }
  const graph = graphOf(tab);
  return textNodes(graph, node, workflow).flatMap((source) => {
    const alsoUsedBy = usersOf(graph, source, workflow).filter((id) => id !== nodeId);
    return textsOf(source, workflow).map((text) => ({
      nodeId: source.id,
      title: source.title,
      ...text,
      alsoUsedBy,
    }));
  });
}

/**
 * Edits that give prompts new texts; a text that is already as asked gives none. Only the text changes: an object row
 * keeps its other keys, other rows keep their bytes. Of two texts for one place the last counts. Throws `not-found`
 * where there is no such text. Whether the prompts still hold together is the check's to tell, afterwards.
 */
export function promptEdits(workflow: Workflow, edits: readonly PromptEdit[]): NodeEdit[] {
  return edits.flatMap((edit): NodeEdit[] => {
    const { node, path, text } = placeOfText(workflow, edit);
    if (text === edit.text) return [];
    return [{ nodeId: node.id, tabIndex: node.tabIndex, inside: [{ path, value: edit.text }] }];
  });
}

const isGeneration = (node: WorkflowNode): boolean => node.kind === 'image' || node.kind === 'video';

/** The nodes whose texts make up the prompt of a generation node, nearest first; itself where nothing is wired. */
function textNodes(graph: TabGraph, node: WorkflowNode, workflow: Workflow): WorkflowNode[] {
  const found = [promptSource(graph, node) ?? node];
  for (const source of found) {
    for (const feed of feedsOf(graph, source, workflow)) if (!found.includes(feed)) found.push(feed);
  }
  return found;
}

/** The Prompt nodes that fill a template's placeholders, in the order of its text. */
function feedsOf(graph: TabGraph, node: WorkflowNode, { fields }: Workflow): WorkflowNode[] {
  if (node.kind !== 'prompt' || promptMode(node, fields) !== 'template') return [];
  return placeholdersOf(readText(node, 'text', fields) ?? '').flatMap((name) => {
    const slot = node.inputs.findIndex((input) => input.name === name);
    const source = slot < 0 ? null : sourceOf(graph, node, slot);
    return source?.kind === 'prompt' ? [source] : [];
  });
}

/** Ids of the generation nodes a node's text goes into. */
function usersOf(graph: TabGraph, source: WorkflowNode, workflow: Workflow): number[] {
  if (isGeneration(source)) return [source.id];
  const users = new Set<number>();
  const carriers = [source];
  for (const carrier of carriers) {
    for (const target of targetsOf(graph, carrier)) {
      if (isGeneration(target)) {
        if (promptSource(graph, target) === carrier) users.add(target.id);
      } else if (!carriers.includes(target) && feedsOf(graph, target, workflow).includes(carrier)) {
        carriers.push(target);
      }
    }
  }
  return [...users];
}

/** The texts a node holds: its rows that are not blank, or its one text. */
function textsOf(node: WorkflowNode, { fields }: Workflow): Pick<PromptSource, 'role' | 'row' | 'text'>[] {
  const mode = node.kind === 'prompt' ? promptMode(node, fields) : 'plain';
  if (mode !== 'dynamic') return [{ role: mode, row: null, text: readText(node, 'text', fields) ?? '' }];
  const variableName = readText(node, 'variableName', fields);
  return rowsOf(node, fields).flatMap((row, i) => {
    const text = rowText(row, variableName);
    return text === null || text.trim() === '' ? [] : [{ role: 'row' as const, row: i + 1, text }];
  });
}

function rowsOf(node: WorkflowNode, fields: Workflow['fields']): unknown[] {
  const rows = readField(node, 'rows', fields);
  return Array.isArray(rows) ? rows : [];
}

interface TextPlace {
  node: WorkflowNode;
  /** Below the node's properties. */
  path: JsonPath;
  text: string;
}

function placeOfText(workflow: Workflow, { nodeId, row }: PromptEdit): TextPlace {
  const { fields } = workflow;
  const node = workflow.nodes.get(nodeId);
  if (!node) throw noText(workflow, `There is no node ${nodeId} in this workflow.`);
  const label = nodeLabel(node);
  const dynamic = node.kind === 'prompt' && promptMode(node, fields) === 'dynamic';
  if (row === null) {
    if (dynamic) throw noText(workflow, `${label} has rows: which one is meant?`);
    if (node.kind !== 'prompt' && !hasOwnPrompt(workflow, node))
      throw noText(workflow, `${label} has no prompt of its own.`);
    return { node, path: [fieldName(node, 'text', fields)], text: readText(node, 'text', fields) ?? '' };
  }
  const rows = dynamic ? rowsOf(node, fields) : [];
  if (row > rows.length) throw noText(workflow, `${label} has no row ${row}.`);
  const raw = rows[row - 1];
  const variableName = readText(node, 'variableName', fields);
  const text = rowText(raw, variableName);
  if (text === null) throw noText(workflow, `Row ${row} of ${label} is not a text.`);
  const path = [fieldName(node, 'rows', fields), row - 1];
  const key = typeof raw === 'object' && raw !== null ? rowKey(raw, variableName) : null;
  return { node, path: key === null ? path : [...path, key], text };
}

/** A generation node that no Prompt node feeds. */
function hasOwnPrompt(workflow: Workflow, node: WorkflowNode): boolean {
  const tab = workflow.tabs[node.tabIndex];
  return isGeneration(node) && tab !== undefined && promptSource(graphOf(tab), node) === null;
}

const noText = (workflow: Workflow, message: string) =>
  fail('not-found', message, {
    where: workflow.file,
    cure: 'Look at the prompt again: the file may have been changed since.',
  });
