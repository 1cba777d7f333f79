import { fail } from '../../shared/failure.ts';
import { checkWorkflow } from '../workflow/check.ts';
import { generationNodes } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import { assertChecked } from './prepare.ts';

/**
 * Whether a workflow whose prompts were edited could be run: no error of the sanity check, and no node that lost the only
 * text it had. Throws `check-failed`. Nothing is written before this is known.
 */
export function assertEditedPrompts(before: Workflow, after: Workflow): void {
  assertChecked(before.file, checkWorkflow(after));
  const had = new Set(
    generationNodes(before).flatMap((node) => (node.prompts.length > 0 ? [node.nodeId] : [])),
  );
  for (const node of generationNodes(after)) {
    if (node.prompts.length > 0 || !had.has(node.nodeId)) continue;
    throw fail('check-failed', `${node.title} (node ${node.nodeId}) would have no prompt.`, {
      where: `${before.file}: ${node.where}`,
      cure: 'Leave at least one row with a text.',
    });
  }
}
