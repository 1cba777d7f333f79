import type { Finding } from '../../shared/domain.ts';
import { type Concept, type ExtraFields, fieldName, readField, readText } from './fields.ts';
import { type FindingText, nodeFinding } from './finding.ts';
import type { TabGraph } from './graph.ts';
import { promptMode, promptSource, rowText } from './prompts.ts';
import type { WorkflowNode } from './read.ts';
import { IMAGE_MODEL, OUTPUT_COUNT } from './rules.ts';
import { VIDEO_SLOTS } from './slots.ts';

/** What can be said of a node by itself: rules 1, 2, 4, 5, 6, and `@` in a prompt. */
export function checkNodes(graph: TabGraph, fields: ExtraFields): Finding[] {
  return graph.tab.nodes.flatMap((node) =>
    nodeTexts(graph, node, fields).map((text) => nodeFinding(graph.tab, node, text)),
  );
}

function nodeTexts(graph: TabGraph, node: WorkflowNode, fields: ExtraFields): FindingText[] {
  if (node.kind === 'prompt') return promptTexts(node, fields);
  if (node.kind !== 'image' && node.kind !== 'video') return [];
  const texts: FindingText[] = [];
  const place = (concept: Concept) => `.properties.${fieldName(node, concept, fields)}`;

  const model = readField(node, 'model', fields);
  if (node.kind === 'image' && model !== IMAGE_MODEL) {
    texts.push({
      code: 'wrong-model',
      where: place('model'),
      message: `The model is ${shown(model)}; it must be ${IMAGE_MODEL}.`,
      cure: `Set the model to ${IMAGE_MODEL}. A run does so by itself.`,
      fixable: true,
    });
  }
  const count = readField(node, 'outputCount', fields);
  if (count !== OUTPUT_COUNT) {
    texts.push({
      code: 'wrong-output-count',
      where: place('outputCount'),
      message: `The output count is ${shown(count)}; it must be ${OUTPUT_COUNT}.`,
      cure: `Set outputCount to ${OUTPUT_COUNT}. A run does so by itself.`,
      fixable: true,
    });
  }
  if (node.kind === 'video') texts.push(...videoTexts(node, fields, place('negativePrompt')));
  const own = promptSource(graph, node) === null ? readText(node, 'text', fields) : null;
  if (own?.includes('@')) texts.push(atSign(place('text')));
  return texts;
}

function videoTexts(node: WorkflowNode, fields: ExtraFields, where: string): FindingText[] {
  const texts: FindingText[] = [];
  const negative = readField(node, 'negativePrompt', fields);
  if (typeof negative !== 'string') {
    texts.push({
      code: 'negative-prompt',
      where,
      message: `The negative prompt is ${shown(negative)}; it must be a text, which may be empty.`,
      cure: 'Set negativePrompt to "".',
      fixable: true,
    });
  }
  const slots = node.inputs.length;
  if (slots !== VIDEO_SLOTS.length) {
    texts.push({
      code: 'veo-slots',
      where: '.inputs',
      message: `The node has ${slots} input ${slots === 1 ? 'slot' : 'slots'}; it must have three: ${VIDEO_SLOTS.join(', ')}.`,
      cure:
        slots < VIDEO_SLOTS.length
          ? 'Add the missing slot.'
          : 'Take away the slots that do not belong there.',
      fixable: slots < VIDEO_SLOTS.length,
    });
  }
  return texts;
}

function promptTexts(node: WorkflowNode, fields: ExtraFields): FindingText[] {
  const texts: FindingText[] = [];
  const rows = readField(node, 'rows', fields);
  const where = `.properties.${fieldName(node, 'rows', fields)}`;
  if (promptMode(node, fields) === 'dynamic' && rows !== undefined && rows !== null) {
    const wrong = Array.isArray(rows) ? rows.filter((row: unknown) => typeof row !== 'string') : [rows];
    if (wrong.length > 0) {
      const name = readText(node, 'variableName', fields);
      const fixable = Array.isArray(rows) && wrong.every((row: unknown) => rowText(row, name) !== null);
      texts.push({
        code: 'object-rows',
        where,
        message: Array.isArray(rows)
          ? `${wrong.length} of ${rows.length} rows ${wrong.length === 1 ? 'is' : 'are'} not a plain text.`
          : 'The rows are not a list of texts.',
        cure: 'Write each row as a plain text.',
        fixable,
      });
    }
  }
  const text = readText(node, 'text', fields);
  const rowWithAt = Array.isArray(rows)
    ? rows.findIndex((row: unknown) =>
        (rowText(row, readText(node, 'variableName', fields)) ?? '').includes('@'),
      )
    : -1;
  if (text?.includes('@')) texts.push(atSign(`.properties.${fieldName(node, 'text', fields)}`));
  else if (rowWithAt >= 0) texts.push(atSign(`${where}[${rowWithAt}]`));
  return texts;
}

const atSign = (where: string): FindingText => ({
  code: 'at-sign',
  where,
  message: 'The prompt holds an @, which can bind a reference picture by accident.',
  cure: 'Write it without @.',
});

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'empty' : cut(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
