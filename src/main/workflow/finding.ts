import type { Finding, FindingCode } from '../../shared/domain.ts';
import type { Tab, WorkflowNode } from './read.ts';

interface Rule {
  rule: number | null;
  severity: Finding['severity'];
}

/** The sanity check's codes (cli.md, pipeline.md §3), worst first: in this order findings are reported. */
const rules: Record<FindingCode, Rule> = {
  'duplicate-id': { rule: 10, severity: 'error' },
  cycle: { rule: null, severity: 'error' },
  'dangling-link': { rule: 8, severity: 'error' },
  'stale-link-copies': { rule: 9, severity: 'error' },
  'template-slots': { rule: 7, severity: 'error' },
  'variable-name': { rule: 3, severity: 'error' },
  'unresolved-placeholder': { rule: null, severity: 'error' },
  'length-mismatch': { rule: null, severity: 'error' },
  'object-rows': { rule: 6, severity: 'error' },
  'negative-prompt': { rule: 4, severity: 'error' },
  'veo-slots': { rule: 5, severity: 'error' },
  // every run patches these two (behaviour.md §3)
  'wrong-model': { rule: 1, severity: 'warning' },
  'wrong-output-count': { rule: 2, severity: 'warning' },
  'no-prompt': { rule: null, severity: 'warning' },
  'dead-reference': { rule: null, severity: 'warning' },
  'short-gallery': { rule: null, severity: 'warning' },
  'at-sign': { rule: null, severity: 'warning' },
  'name-mismatch': { rule: null, severity: 'warning' },
};

const order = new Map(Object.keys(rules).map((code, rank) => [code, rank]));

export interface FindingText {
  code: FindingCode;
  message: string;
  cure: string;
  fixable?: boolean;
  /** JSON place behind the node's own, e.g. `.properties.model`, or a whole one where there is no node. */
  where?: string;
}

export function nodeFinding(tab: Tab, node: WorkflowNode, text: FindingText): Finding {
  return {
    ...common(text),
    tab: tab.name,
    nodeId: node.id,
    title: node.title,
    where: node.where + (text.where ?? ''),
  };
}

/** About the file or a tab as a whole. */
export function fileFinding(tab: Tab | null, text: FindingText): Finding {
  return { ...common(text), tab: tab?.name ?? null, nodeId: null, title: null, where: text.where ?? '' };
}

/** Worst first; those of one code stay in the order they were found. */
export function worstFirst(findings: Finding[]): Finding[] {
  return findings.sort((a, b) => (order.get(a.code) ?? 0) - (order.get(b.code) ?? 0));
}

/** `“Scene 03 — image gen” (node 22)`, for messages. */
export function nodeLabel(node: WorkflowNode): string {
  return node.title.trim() === '' ? `node ${node.id}` : `“${node.title}” (node ${node.id})`;
}

function common({
  code,
  message,
  cure,
  fixable,
}: FindingText): Pick<Finding, 'code' | 'rule' | 'severity' | 'message' | 'cure' | 'fixable'> {
  return { code, ...rules[code], message, cure, fixable: fixable ?? false };
}
