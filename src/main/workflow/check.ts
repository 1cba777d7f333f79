import type { Finding } from '../../shared/domain.ts';
import { checkIds, checkLinks } from './check-links.ts';
import { checkNodes } from './check-nodes.ts';
import { checkPrompts } from './check-prompts.ts';
import { checkSaved } from './check-saved.ts';
import type { ExtraFields } from './fields.ts';
import { fileFinding, worstFirst } from './finding.ts';
import { graphOf } from './graph.ts';
import type { Workflow } from './read.ts';

/**
 * The sanity check (behaviour.md §3): all findings at once, worst first. Never throws on a workflow that
 * parseWorkflow took. References that do not answer are found elsewhere: that needs the network.
 */
export function checkWorkflow(workflow: Workflow, fields: ExtraFields = workflow.fields): Finding[] {
  const findings = checkIds(workflow);
  for (const tab of workflow.tabs) {
    const graph = graphOf(tab);
    findings.push(
      ...checkLinks(graph),
      ...checkNodes(graph, fields),
      ...checkPrompts(graph, fields),
      ...checkSaved(graph, fields),
    );
  }
  if (!isNamedLike(workflow)) {
    findings.push(
      fileFinding(null, {
        code: 'name-mismatch',
        where: 'name',
        message:
          workflow.name === null
            ? `The workflow has no name; its file is called ${workflow.baseName}.`
            : `The workflow is named ${workflow.name}, its file ${workflow.baseName}.`,
        cure: 'Give the workflow and its file the same name.',
      }),
    );
  }
  return worstFirst(findings);
}

/** An export of a run keeps the name of its workflow; only its file says when it was made (behaviour.md §6). */
function isNamedLike({ name, baseName }: Workflow): boolean {
  return name === baseName || name === baseName.replace(/-generated-\d{8}-\d{6}(?:-\d+)?$/, '');
}
