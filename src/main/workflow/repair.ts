import type { Finding } from '../../shared/domain.ts';
import { checkWorkflow } from './check.ts';
import { type Concept, type ExtraFields, fieldName, readField, readText } from './fields.ts';
import { graphOf } from './graph.ts';
import { editJson, type JsonEdit, type JsonValue } from './json-edit.ts';
import { staleCopies } from './link-copies.ts';
import { promptMode, rowText } from './prompts.ts';
import { parseWorkflow, type Workflow, type WorkflowNode } from './read.ts';
import { linkPath, nodePath, renumberEdits } from './renumber.ts';
import { IMAGE_MODEL, OUTPUT_COUNT } from './rules.ts';
import { VIDEO_SLOTS } from './slots.ts';

export interface Repair {
  /** The same string when nothing was to be done. */
  text: string;
  /** What is no longer found. */
  fixed: Finding[];
}

/**
 * The safe repairs of behaviour.md §3 as edits of the text; everything else is a person's decision. Each step reads
 * what the one before has written: ids first, then what single nodes lack, then links to nothing, then the copies.
 */
export function repairWorkflow(workflow: Workflow, fields: ExtraFields = workflow.fields): Repair {
  const before = checkWorkflow(workflow, fields);
  if (!before.some((finding) => finding.fixable)) return { text: workflow.text, fixed: [] };
  let now = workflow;
  for (const step of [renumberEdits, nodeEdits, danglingEdits, copyEdits]) {
    const text = editJson(now.text, step(now, fields));
    if (text !== now.text) now = parseWorkflow(text, workflow.file, fields);
  }
  const left = new Set(checkWorkflow(now, fields).map(keyOf));
  return { text: now.text, fixed: before.filter((finding) => finding.fixable && !left.has(keyOf(finding))) };
}

const keyOf = (finding: Finding): string => JSON.stringify([finding.code, finding.tab, finding.nodeId]);

/** Model, output count, negative prompt, slots of a Veo node, rows that are objects. */
function nodeEdits(workflow: Workflow, fields: ExtraFields): JsonEdit[] {
  const edits: JsonEdit[] = [];
  for (const node of workflow.tabs.flatMap((tab) => tab.nodes)) {
    const set = (concept: Concept, value: JsonValue) => {
      edits.push({ path: [...nodePath(node), 'properties', fieldName(node, concept, fields)], value });
    };
    if (node.kind === 'prompt') edits.push(...rowEdits(node, fields));
    if (node.kind === 'image') set('model', IMAGE_MODEL);
    if (node.kind === 'image' || node.kind === 'video') set('outputCount', OUTPUT_COUNT);
    if (node.kind !== 'video') continue;
    if (typeof readField(node, 'negativePrompt', fields) !== 'string') set('negativePrompt', '');
    edits.push(...slotEdits(node));
  }
  return edits;
}

function slotEdits(node: WorkflowNode): JsonEdit[] {
  const lacking = VIDEO_SLOTS.length - node.inputs.length;
  if (lacking <= 0) return [];
  const names = node.inputs.map((input) => input.name);
  const free = VIDEO_SLOTS.filter((name) => !names.includes(name));
  const slots = free
    .slice(-lacking)
    .map((name) => ({ name, type: name === 'prompt' ? 'string' : '*', link: null }));
  const path = [...nodePath(node), 'inputs'];
  if (node.inputs.length === 0) return [{ path, value: slots }];
  return slots.map((value, i) => ({ path: [...path, node.inputs.length + i], value }));
}

function rowEdits(node: WorkflowNode, fields: ExtraFields): JsonEdit[] {
  const rows = readField(node, 'rows', fields);
  if (promptMode(node, fields) !== 'dynamic' || !Array.isArray(rows)) return [];
  const path = [...nodePath(node), 'properties', fieldName(node, 'rows', fields)];
  const name = readText(node, 'variableName', fields);
  return rows.flatMap((row: unknown, i): JsonEdit[] => {
    const text = rowText(row, name);
    return text === null || typeof row === 'string' ? [] : [{ path: [...path, i], value: text }];
  });
}

function danglingEdits(workflow: Workflow): JsonEdit[] {
  return workflow.tabs.flatMap((tab) =>
    graphOf(tab).dangling.map((link): JsonEdit => ({ path: linkPath(tab, link), remove: true })),
  );
}

function copyEdits(workflow: Workflow): JsonEdit[] {
  return workflow.tabs.flatMap((tab) =>
    staleCopies(graphOf(tab)).flatMap(({ node, inputs, outputs }) => [
      ...[...inputs].map(
        ([slot, value]): JsonEdit => ({ path: [...nodePath(node), 'inputs', slot, 'link'], value }),
      ),
      ...[...outputs].map(
        ([slot, value]): JsonEdit => ({ path: [...nodePath(node), 'outputs', slot, 'links'], value }),
      ),
    ]),
  );
}
