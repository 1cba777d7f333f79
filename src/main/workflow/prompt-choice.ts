import { fail } from '../../shared/failure.ts';
import type { PromptSource } from '../../shared/prompts.ts';
import { placeholdersOf } from './prompts.ts';

/**
 * Which of a node's texts a new prompt replaces, when nobody points at one: the only one that says something of its own.
 * A template that is nothing but a placeholder says nothing. Of several rows `row` tells which, counted from 1 as the
 * node's output counts them. Throws `usage`, naming the texts, where more than one could be meant.
 */
export function choosePrompt(
  sources: readonly PromptSource[],
  nodeId: number,
  row: number | undefined,
): PromptSource {
  const telling = sources.filter((source) => !isPassedThrough(source));
  const rows = telling.filter((source) => source.role === 'row');
  const nodes = new Set(telling.map((source) => source.nodeId));
  const [first] = telling;
  if (!first) throw fail('usage', `Node ${nodeId} has no prompt that could be edited.`, { cure: byHand });
  if (nodes.size > 1) {
    throw fail('usage', `The prompt of node ${nodeId} is made of several texts: ${inWords(telling)}.`, {
      cure: byHand,
    });
  }
  if (row === undefined) {
    if (telling.length === 1) return first;
    throw fail('usage', `The prompt of node ${nodeId} has ${rows.length} rows: say which one.`, {
      cure: `Add --row, from 1 to ${rows.length}.`,
    });
  }
  const chosen = rows.length > 0 ? rows[row - 1] : row === 1 ? first : undefined;
  if (chosen) return chosen;
  throw fail('usage', `The prompt of node ${nodeId} has no row ${row}.`, {
    cure: rows.length > 1 ? `It has rows 1 to ${rows.length}.` : 'It has one row: leave --row out.',
  });
}

const byHand = 'Edit the one you mean in the window or in the editor, then regenerate without --prompt.';

function isPassedThrough({ role, text }: PromptSource): boolean {
  if (role !== 'template') return false;
  const [name, more] = placeholdersOf(text);
  if (name === undefined || more !== undefined) return false;
  return text.replace(/[{}]/g, '').trim() === name;
}

function inWords(sources: readonly PromptSource[]): string {
  const byNode = Map.groupBy(sources, (source) => source.nodeId);
  return [...byNode.values()]
    .map(([first, ...more]) => {
      if (!first) return '';
      const what = {
        plain: 'the text',
        template: 'the template',
        row: more.length > 0 ? 'the rows' : 'the row',
      };
      const title = first.title.trim() === '' ? '' : `“${first.title}” `;
      return `${what[first.role]} of ${title}(node ${first.nodeId})`;
    })
    .join(', ');
}
