import type { Finding } from '../../shared/domain.ts';
import { fileFinding, nodeFinding, nodeLabel } from './finding.ts';
import { cyclesOf, type TabGraph } from './graph.ts';
import { staleCopies } from './link-copies.ts';
import type { Link, Workflow, WorkflowNode } from './read.ts';

const SHOWN_IN_CYCLE = 12;

/** What is wrong with a tab's wiring: rules 8 and 9, and cycles. */
export function checkLinks(graph: TabGraph): Finding[] {
  return [
    ...graph.dangling.map((link) => danglingFinding(graph, link)),
    ...copyFindings(graph),
    ...cycles(graph),
  ];
}

/** Rule 10: one finding per id, at the second node that has it. */
export function checkIds(workflow: Workflow): Finding[] {
  const byId = new Map<number, WorkflowNode[]>();
  for (const tab of workflow.tabs) {
    for (const node of tab.nodes) {
      const same = byId.get(node.id);
      if (same) same.push(node);
      else byId.set(node.id, [node]);
    }
  }
  const findings: Finding[] = [];
  for (const [id, nodes] of byId) {
    const second = nodes[1];
    const tab = second && workflow.tabs[second.tabIndex];
    if (second === undefined || tab === undefined) continue;
    const places = nodes.slice(0, SHOWN_IN_CYCLE).map((node) => {
      const name = workflow.tabs[node.tabIndex]?.name ?? '';
      return `“${node.title}” in ${name}`;
    });
    const more = nodes.length > places.length ? ` and ${nodes.length - places.length} more` : '';
    findings.push(
      nodeFinding(tab, second, {
        code: 'duplicate-id',
        where: '.id',
        message: `Node id ${id} is used ${nodes.length} times: ${places.join(', ')}${more}.`,
        cure: 'Give every node an id of its own: tab N usually adds N times 100000.',
        fixable: true,
      }),
    );
  }
  return findings;
}

/** At the node it ends at; where that is missing, at the one it comes from. */
function danglingFinding(graph: TabGraph, link: Link): Finding {
  const origin = graph.byId.get(link.originId);
  const target = graph.byId.get(link.targetId);
  const missing =
    target === undefined
      ? `ends at node ${link.targetId}, which is not in this tab`
      : target.inputs[link.targetSlot] === undefined
        ? `ends at input slot ${link.targetSlot}, which the node does not have`
        : origin === undefined
          ? `comes from node ${link.originId}, which is not in this tab`
          : `comes from output slot ${link.originSlot} of ${nodeLabel(origin)}, which that node does not have`;
  const text = {
    code: 'dangling-link' as const,
    message: `Link ${link.id} ${missing}.`,
    cure: 'Remove the link, or wire it anew in the editor.',
    fixable: true,
  };
  const node = target ?? origin;
  if (node === undefined) return fileFinding(graph.tab, { ...text, where: link.where });
  return { ...nodeFinding(graph.tab, node, text), where: link.where };
}

function copyFindings(graph: TabGraph): Finding[] {
  return staleCopies(graph).map(({ node, inputs, outputs, crowded }) => {
    const slots = [
      ...[...inputs.keys()].map((slot) => `input ${quoted(node.inputs[slot]?.name, slot)}`),
      ...[...outputs.keys()].map((slot) => `output ${quoted(node.outputs[slot]?.name, slot)}`),
    ];
    const first = crowded[0];
    const message =
      slots.length > 0
        ? `What the node says of its own links disagrees with the table of links: ${slots.join(', ')}.`
        : `More than one link ends at input ${quoted(node.inputs[first ?? 0]?.name, first ?? 0)}.`;
    return nodeFinding(graph.tab, node, {
      code: 'stale-link-copies',
      message,
      cure:
        first === undefined
          ? "Rebuild the node's links from the table."
          : 'Remove all but one of these links.',
      fixable: slots.length > 0,
    });
  });
}

function cycles(graph: TabGraph): Finding[] {
  return cyclesOf(graph).flatMap((group) => {
    const shown = group.slice(0, SHOWN_IN_CYCLE).map(nodeLabel);
    const more = group.length > shown.length ? ` and ${group.length - shown.length} more` : '';
    const message =
      group.length === 1
        ? 'The node feeds itself.'
        : `These nodes wait for each other in a circle: ${shown.join(', ')}${more}.`;
    return group.map((node) =>
      nodeFinding(graph.tab, node, { code: 'cycle', message, cure: 'Remove one of the links between them.' }),
    );
  });
}

const quoted = (name: string | undefined, slot: number): string => (name ? `“${name}”` : `slot ${slot}`);
