import type { NodeDiff } from '../../../../shared/workflow-diff.ts';

/** What a node and its texts are called. Pure. */

/** `Scene 3 prompt (12)`. */
export const changeName = ({ title, nodeId, kind }: Pick<NodeDiff, 'title' | 'nodeId' | 'kind'>): string =>
  `${title || `${kind} node`} (${nodeId})`;

const properties: Record<string, string> = { text: 'Prompt', negativePrompt: 'Negative prompt' };

/** A text by its property: rows count from 1 for people, from 0 in the file. */
export function promptName(property: string): string {
  const row = /^dynamicRows\[(\d+)\]$/.exec(property)?.[1];
  return row === undefined ? (properties[property] ?? property) : `Row ${Number(row) + 1}`;
}

/** A reference by its property or slot. */
export const referenceName = (name: string): string => (name === 'imageUrl' ? 'picture' : name);

/** A value's JSON without the quotes of a text, which people take for a part of it. */
export function valueWords(json: string): string {
  const text = /^"((?:[^"\\]|\\["\\/])*)"$/.exec(json)?.[1];
  return text === undefined || text.trim() === '' ? json : text.replaceAll(/\\(["\\/])/g, '$1');
}
